"""``toeline config``, run in this process."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from edge.cli.main import app
from edge.settings.settings_table import all_settings


def config(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["config", *map(str, arguments)])


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "toeline.toml"
    path.write_text("[gait]\nbelt_speed_mps = 3\n\n[serve]\nport = 9000\n")
    return path


def test_every_setting_is_shown_with_unit_range_and_origin(toml: Path) -> None:
    lines = config("show", "--config", toml, "--set", "gait.incline_pct=1").stdout.splitlines()
    shown = {line.split()[0]: " ".join(line.split()[1:]) for line in lines}
    assert {name for name, *_ in all_settings()} <= set(shown)
    assert shown["gait.belt_speed_mps"] == f"3.0 m/s 0 to 12 {toml}, line 2"
    assert shown["gait.incline_pct"] == "1.0 % -15 to 40 --set"
    assert shown["serve.port"] == f"9000 1 to 65535 {toml}, line 5"
    assert shown["pose.model"] == "full lite, full, heavy or a model card (.toml) default"


def test_the_folders_say_whether_the_environment_chose_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOELINE_DATA", str(tmp_path))
    monkeypatch.delenv("TOELINE_MODELS", raising=False)
    recordings, models = config("show").stdout.splitlines()[-2:]
    assert recordings.split()[1:] == [str(tmp_path), "folder", "TOELINE_DATA"]
    assert models.split()[-1] == "default"


def test_wrong_settings_are_not_shown(toml: Path) -> None:
    result = config("show", "--config", toml, "--set", "serve.port=0")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "toeline: setting serve.port must be 1 to 65535, got 0\n"


def test_a_file_without_mistakes_is_right_in_one_line(toml: Path) -> None:
    result = config("check", toml)
    assert result.exit_code == 0
    assert result.stdout == f"{toml} is valid: it sets 2 settings\n"


def test_every_mistake_is_said_with_its_line(toml: Path) -> None:
    toml.write_text("[serve]\nport = 0\njpeg_quality = 'high'\n\n[gate]\n")
    result = config("check", "--config", toml)
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        f"{toml}, line {n}" for n in (2, 3, 5)
    ]
    assert result.stderr == f"toeline: {toml} has 3 mistakes; see above\n"


@pytest.mark.parametrize("content", ["[serve\n", None])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "toeline.toml"
    if content is not None:
        path.write_text(content)
    result = config("check", path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert str(path) in result.stderr


@pytest.mark.parametrize("arguments", [(), ("a.toml", "--config", "b.toml")])
def test_check_wants_one_file(arguments: tuple[str, ...]) -> None:
    assert config("check", *arguments).exit_code == 2
