import re
from dataclasses import fields, replace
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

from edge.messages.errors import SettingsError
from edge.settings.changed_settings import with_gait
from edge.settings.gait_settings import GaitSettings
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings, settings_sha256
from edge.settings.settings_file import read_settings

ROOMS = [f.name for f in fields(Settings)]


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "toeline.toml"


def test_without_a_file_everything_has_its_default() -> None:
    assert read_settings(None) == Settings()


def test_an_empty_file_changes_nothing(toml: Path) -> None:
    toml.write_text("")
    assert read_settings(toml) == Settings()


def test_a_file_changes_what_it_names_and_nothing_else(toml: Path) -> None:
    toml.write_text('[gait]\nfacing = "left"\nbelt_speed_mps = 3\n[serve]\nport = 9000\n')
    settings = read_settings(toml)
    assert settings.gait == GaitSettings(facing="left", belt_speed_mps=3.0)
    assert settings.serve == ServeSettings(port=9000)
    assert settings.coaching == Settings().coaching
    assert type(settings.gait.belt_speed_mps) is float


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[gate]\nfacing = 'left'", "'gate'"),
        ("[gait]\nfacings = 'left'", "gait.facings"),
        ("gait = 3", "gait"),
        ("[[gait]]\nfacing = 'left'", "gait"),
        ("facing = 'left'", "'facing'"),
    ],
)
def test_an_unknown_room_or_key_is_named(toml: Path, text: str, named: str) -> None:
    toml.write_text(text)
    with pytest.raises(SettingsError, match=re.escape(named)):
        read_settings(toml)


def test_an_unknown_key_is_told_what_is_known(toml: Path) -> None:
    toml.write_text("[gait]\nspeed = 3.0")
    with pytest.raises(SettingsError, match="belt_speed_mps"):
        read_settings(toml)


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        ("gait.belt_speed_mps = 'fast'", "float"),
        ("gait.belt_speed_mps = true", "float"),
        ("gait.facing = 1", "str"),
        ("serve.port = 80.5", "int"),
        ("serve.port = true", "int"),
        ("serve.port = '80'", "int"),
        ("capture.fps = [30]", "float"),
        ("capture.fps = 2024-01-01", "float"),
    ],
)
def test_a_wrong_type_says_what_is_wanted(toml: Path, setting: str, kind: str) -> None:
    toml.write_text(setting)
    with pytest.raises(SettingsError, match=f"{setting.split(' ')[0]} must be {kind}"):
        read_settings(toml)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("capture.width", -1),
        ("capture.fps", 1001.0),
        ("capture.stall_s", 0.1),
        ("pose.threads", 65),
        ("pose.min_detection", 0.0),
        ("gait.belt_speed_mps", -0.1),
        ("gait.belt_speed_mps", nan),
        ("gait.belt_speed_mps", inf),
        ("gait.incline_pct", 41.0),
        ("gait.window_s", 0.0),
        ("serve.port", 0),
        ("serve.port", 65536),
        ("serve.jpeg_quality", 96),
    ],
)
def test_a_value_out_of_range_is_named(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings(None, [f"{name}={value}"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("capture.width", 0), ("serve.port", 1), ("serve.port", 65535), ("gait.incline_pct", -15.0)],
)
def test_the_ends_of_a_range_belong_to_it(name: str, value: Any) -> None:
    room, key = name.split(".")
    assert getattr(getattr(read_settings(None, [f"{name}={value}"]), room), key) == value


@pytest.mark.parametrize("override", ["pose.provider=huge", "gait.facing=up"])
def test_a_choice_lists_what_there_is(override: str) -> None:
    with pytest.raises(SettingsError, match=r"must be one of .*, got"):
        read_settings(None, [override])


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("gait.facing=left", "left"),
        ('gait.facing="left"', "left"),
        ("gait.facing = left ", "left"),
        (" gait.facing=right", "right"),
    ],
)
def test_words_need_no_quotes_in_an_override(override: str, value: str) -> None:
    assert read_settings(None, [override]).gait.facing == value


@pytest.mark.parametrize("text", ["2", "2.0", "2e0", "+2.0"])
def test_numbers_are_read_as_in_the_file(text: str) -> None:
    assert read_settings(None, [f"gait.belt_speed_mps={text}"]).gait.belt_speed_mps == 2.0


def test_overrides_win_over_the_file_and_the_last_over_the_first(toml: Path) -> None:
    toml.write_text("[gait]\nbelt_speed_mps = 2.0\nincline_pct = 1.0\n")
    settings = read_settings(toml, ["gait.belt_speed_mps=3", "gait.belt_speed_mps=4"])
    assert settings.gait.belt_speed_mps == 4.0
    assert settings.gait.incline_pct == 1.0


@pytest.mark.parametrize("override", ["gait", "gait.facing", "facing=left", "=left", "gait.=left"])
def test_an_override_of_another_form_is_refused(override: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(repr(override))):
        read_settings(None, [override])


@pytest.mark.parametrize("override", ["gate.facing=left", "gait.a.b=1", ".facing=left"])
def test_an_override_of_something_unknown_is_refused(override: str) -> None:
    with pytest.raises(SettingsError, match="unknown setting"):
        read_settings(None, [override])


def test_an_override_cannot_go_into_what_is_no_table(toml: Path) -> None:
    toml.write_text("gait = 3")
    with pytest.raises(SettingsError, match="gait must be a table"):
        read_settings(toml, ["gait.facing=left"])


def test_a_file_that_is_not_there_is_said_so(toml: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read settings"):
        read_settings(toml)


@pytest.mark.parametrize("content", [b"[gait", b"gait.facing = left", b"\xff\xfe\x00"])
def test_a_file_that_is_not_toml_is_said_so(toml: Path, content: bytes) -> None:
    toml.write_bytes(content)
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_settings(toml)


def test_gait_settings_are_checked_when_replaced() -> None:
    changed = with_gait(Settings(), belt_speed_mps=3.0)
    assert changed.gait.belt_speed_mps == 3.0
    assert changed.coaching == Settings().coaching
    with pytest.raises(SettingsError, match=r"gait\.facing"):
        with_gait(Settings(), facing="up")


def test_the_hash_is_the_same_for_equal_settings(toml: Path) -> None:
    toml.write_text("[serve]\nport = 9000\n[gait]\nbelt_speed_mps = 3\n")
    read = read_settings(toml)
    other = read_settings(None, ["gait.belt_speed_mps=3.0", "serve.port=9000"])
    assert settings_sha256(read) == settings_sha256(other)
    assert re.fullmatch("[0-9a-f]{64}", settings_sha256(read))


@pytest.mark.parametrize("room", ROOMS)
def test_the_hash_changes_with_every_setting(room: str) -> None:
    plain = Settings()
    hashes = {settings_sha256(plain)}
    values = getattr(plain, room)
    for field in fields(values):
        value = getattr(values, field.name)
        changed = f"{value}?" if isinstance(value, str) else value + 1
        hashes.add(
            settings_sha256(replace(plain, **{room: replace(values, **{field.name: changed})}))
        )
    assert len(hashes) == 1 + len(fields(values))
