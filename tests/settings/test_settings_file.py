"""Files as people write them, files of former versions, and where each value came from."""

from pathlib import Path

import pytest

from edge.messages.errors import SettingsError
from edge.settings import settings_table
from edge.settings.settings import Settings
from edge.settings.settings_file import examine_settings, read_settings
from edge.settings.settings_table import all_settings, stored_settings, value_of
from edge.settings.toml_lines import key_lines

OLD = Path(__file__).parents[1] / "record" / "stores" / "2026-11" / "toeline.toml"
# Everything at once: an inline table, dotted and quoted keys, values over several lines.
WRONG = """\
# A comment.
gait = { facing = "up", "belt_speed_mps" = 99 }
coaching.shank_red_deg = 20

[load]
"shed" = 1
late = [1,
  2]
[serve]
listen = \"\"\"
port = 1
\"\"\"
port = 0
[servers]
"""


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "toeline.toml"
    path.write_bytes(b"\xef\xbb\xbf[gait]\r\nbelt_speed_mps = 3.0\r\n")
    read = examine_settings(path)
    assert read.settings.gait.belt_speed_mps == 3.0
    assert read.origins["gait.belt_speed_mps"] == f"{path}, line 2"


def test_every_mistake_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "toeline.toml"
    path.write_text(WRONG)
    read = examine_settings(path)
    said = [read.sentence(mistake).removeprefix(f"{path}, ") for mistake in read.mistakes]
    assert [sentence.partition(", got")[0].partition(";")[0] for sentence in said] == [
        "line 2: setting gait.facing must be one of auto, left, right",
        "line 2: setting gait.belt_speed_mps must be 0 to 12 m/s",
        "line 3: setting coaching.shank_red_deg must be above coaching.shank_amber_deg (30)",
        "line 6: setting load.shed must be bool",
        "line 7: unknown setting load.late, perhaps late_ms",
        "line 13: setting serve.port must be 1 to 65535",
        "line 14: unknown setting 'servers', perhaps serve",
    ]


def test_what_is_wrong_alone_is_not_said_again_beside_another(tmp_path: Path) -> None:
    path = tmp_path / "toeline.toml"
    path.write_text("[coaching]\nshank_amber_deg = -1\nshank_red_deg = 20\n")
    assert [m.names for m in examine_settings(path).mistakes] == [("coaching.shank_amber_deg",)]


def test_the_first_mistake_is_raised_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "toeline.toml"
    path.write_text("[serve]\n\nport = 0\n")
    with pytest.raises(SettingsError, match=r"toeline\.toml, line 3: setting serve\.port"):
        read_settings(path)


def test_an_override_mends_the_file_and_has_its_own_origin(tmp_path: Path) -> None:
    path = tmp_path / "toeline.toml"
    path.write_text("[serve]\nport = 0\n")
    read = examine_settings(path, ["serve.port=80"])
    assert (read.mistakes, read.settings.serve.port) == ([], 80)
    assert read.origins["serve.port"] == "--set"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", {}),
        ("a = 1", {("a",): 1}),
        ("\n\n[a.b]\nc = 1\n", {("a",): 3, ("a", "b"): 3, ("a", "b", "c"): 4}),
        ('"a.b" = """\nc = 1\n"""\nd = 2', {("a.b",): 1, ("d",): 4}),
        ("a = 'line\u2028separator'\nb = 1", {("a",): 1, ("b",): 2}),
        ("a = [\n  # b = 1\n  1,\n]\nb = 1", {("a",): 1, ("b",): 5}),
    ],
)
def test_each_key_has_the_line_it_begins_on(text: str, lines: dict[tuple[str, ...], int]) -> None:
    assert key_lines(text) == lines


def test_the_old_settings_file_still_loads() -> None:
    read = examine_settings(OLD)
    gone = {name for name, new in settings_table.RENAMED.items() if not new}
    assert {m.sentence for m in read.mistakes} == {f"setting {name} was removed" for name in gone}
    given = {name for name in read.origins if "." in name} - gone
    assert given <= {name for name, *_ in all_settings()}
    default = Settings()
    assert not [n for n in given if value_of(read.settings, n) == value_of(default, n)]


def test_a_renamed_setting_is_answered_with_its_new_name(monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = {"gait.speed_mps": "gait.belt_speed_mps", "gait.mood": ""}
    monkeypatch.setattr(settings_table, "RENAMED", renamed)
    with pytest.raises(SettingsError, match=r"gait\.speed_mps is now gait\.belt_speed_mps$"):
        read_settings(None, ["gait.speed_mps=3"])
    with pytest.raises(SettingsError, match=r"setting gait\.mood was removed$"):
        read_settings(None, ["gait.mood=3"])


def test_new_names_exist_and_old_ones_do_not() -> None:
    names = {name for name, *_ in all_settings()}
    assert not names & set(settings_table.RENAMED)
    assert {new for new in settings_table.RENAMED.values() if new} <= names


def test_a_session_of_other_settings_keeps_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_table, "RENAMED", {"gait.speed_mps": "gait.belt_speed_mps"})
    stored = stored_settings(
        {
            "gait": {"speed_mps": 3.0, "mood": "good"},
            "coaching": {"shank_red_deg": 20.0, "share_beyond": 7.0},
        }
    )
    assert stored.gait.belt_speed_mps == 3.0
    # Refused today, and yet what the session was judged by.
    assert stored.coaching.shank_red_deg == 20.0
    assert stored.coaching.share_beyond == Settings().coaching.share_beyond


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_a_file_as_any_editor_saves_it_is_read(tmp_path: Path, mark: str, ends: str) -> None:
    lines = [
        "[gait]",
        "belt_speed_mps = 3.0",
        "facing = 'right'",
        "[load]",
        "late_ms = 9999999",
        "",
    ]
    path = tmp_path / "toeline.toml"
    path.write_bytes((mark + ends.join(lines)).encode())
    read = examine_settings(path)
    assert (read.settings.gait.belt_speed_mps, read.settings.gait.facing) == (3.0, "right")
    (wrong,) = read.mistakes
    assert read.sentence(wrong).startswith(f"{path}, line 5: setting load.late_ms must be ")


def test_the_file_that_was_not_read_is(shared_dir: Path) -> None:
    assert read_settings(shared_dir / "data" / "faults" / "bom.toml").gait.belt_speed_mps == 3.0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_by_name(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "toeline.toml"
    path.write_bytes("[gait]\r\n".encode(encoding))
    with pytest.raises(SettingsError) as caught:
        read_settings(path)
    said = f"{path} is not valid TOML: it is UTF-16 text; save it as UTF-8"
    assert str(caught.value) == said


def test_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "toeline.toml"
    path.write_bytes("[gait]\n# müde\n".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"line 2 is not UTF-8 text; save it as UTF-8$"):
        read_settings(path)
