"""``toeline visit templates``: list, show, check."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.cli.main import app
from edge.visit.template_shelf import BUILT_IN, FOLDER

GOOD = 'title = "Ours"\n[[steps]]\nkind = "patient"\n[[steps]]\nkind = "result"\n'
BAD = '[[steps]]\nkind = "patient"\n[[steps]]\nkind = "walk"\nhue = 3\n[[steps]]\nkind = "cue"\n'


def run(*words: str) -> tuple[int, list[str], str]:
    result = CliRunner().invoke(app, ["visit", "templates", *words])
    return result.exit_code, result.stdout.splitlines(), result.stderr


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "ours.toml").write_text(GOOD)
    file = tmp_path / "toeline.toml"
    file.write_text(f'[visit]\ntemplates = "{tmp_path / "own"}"\n')
    return str(file)


def test_the_list_names_all_with_steps_and_minutes(config: str) -> None:
    code, lines, _ = run("list", "--config", config)
    assert code == 0
    assert [line.split()[0] for line in lines] == [*BUILT_IN, "ours"]
    assert lines[0].split()[1:] == ["15", "steps", "12.5", "min", "built", "in", "Full", "visit"]
    assert lines[-1].endswith("own       Ours")


def test_a_template_is_shown_as_its_file(config: str) -> None:
    code, lines, _ = run("show", "default")
    assert code == 0
    assert lines == (FOLDER / "default.toml").read_text().splitlines()
    assert run("show", "ours", "--config", config)[1] == GOOD.splitlines()
    code, _, err = run("show", "theirs")
    assert (code, "there is no template theirs" in err) == (1, True)


def test_a_bad_file_is_told_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(BAD)
    code, lines, err = run("check", str(file))
    assert (code, err) == (1, "toeline: 2 mistakes; see above\n")
    assert [line.split(": ")[0] for line in lines] == [f"{file}, line 4", f"{file}, line 7"]
    assert "kind must be one of" in lines[0]


def test_a_good_file_and_all_of_them_are_valid(config: str, tmp_path: Path) -> None:
    file = tmp_path / "own" / "ours.toml"
    assert run("check", str(file))[:2] == (0, [f"{file} is valid: 2 steps"])
    code, lines, _ = run("check", "--config", config)
    assert (code, len(lines)) == (0, 6)
    file.write_text(BAD)
    code, lines, _ = run("check", "--config", config)
    assert (code, len(lines)) == (1, 7)
    assert "has mistakes" in run("list", "--config", config)[1][-1]


def test_what_is_no_file_is_one_sentence(tmp_path: Path) -> None:
    code, lines, err = run("check", str(tmp_path / "gone.toml"))
    assert (code, lines, err.count("\n")) == (1, [], 1)
    assert "cannot read template" in err
