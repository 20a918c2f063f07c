"""Names of files may be anything; results stay where they belong, and other files are not taken."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from command import sentence, toeline, toeline_process
from typer.testing import CliRunner, Result

from edge.cli.main import app, main
from edge.offline.analyze import analyzed
from edge.offline.result_names import result_name, shared_names
from edge.pose.models.card import ModelCard
from edge.settings.settings import Settings

LATIN = os.fsdecode(b"caf\xe9.mp4")
NAMES = {
    "...mp4": "...mp4",
    "..mp4": "..mp4",
    " a.mp4": " a",
    "b .mp4 ": "b ",
    "a\nb.mp4": "a%0Ab",
    LATIN: "caf%E9",
    os.fsdecode(b"caf\xe8.mp4"): "caf%E8",
    "50 %.mp4": "50 %",
    "12:30.mp4": "12:30",
    "\u202eabc.mp4": "%E2%80%AEabc",
    "l" * 251 + ".mp4": "l" * 251,
}


def film(path: Path, grey: int = 90) -> Path:
    """Write half a second of a wall."""
    made = path.with_name("made.mp4")
    writer = cv2.VideoWriter(str(made), cv2.VideoWriter.fourcc(*"mp4v"), 30, (320, 240))
    for index in range(15):
        writer.write(np.full((240, 320, 3), grey + index, np.uint8))
    writer.release()
    return made.rename(path)


def analyze(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["analyze", *map(str, arguments)])


def session(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "session.json").read_text("utf-8")))


def test_every_name_gives_one_folder_in_the_output(tmp_path: Path, models_dir: Path) -> None:
    there = tmp_path / "in"
    there.mkdir()
    files = [film(there / name) for name in NAMES]
    out = tmp_path / "out" / "deeper"
    result = analyze(*files, "--out", out)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == sorted(NAMES.values())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["deeper"]
    for name, folder in NAMES.items():
        assert session(out / folder)["frames"]["processed"] == 15, name
    assert session(out / "caf%E9")["source"] == "caf%E9.mp4"
    # One line for each file, in words and on paper.
    assert result.stdout.splitlines() == [str(out / folder) for folder in NAMES.values()]
    told = analyze(files[5], "--out", out, "--json")
    assert json.loads(told.stdout)["source"] == "caf%E9.mp4"
    assert all(line.startswith("toeline: ") for line in told.stderr.splitlines())


def test_a_name_with_a_dash_is_told_how_to_be_written(
    tmp_path: Path,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    film(tmp_path / "-x.mp4")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["toeline", "analyze", "-x.mp4", "--out", "out"])
    with pytest.raises(SystemExit, match="2"):
        main()
    said = capsys.readouterr().err
    assert said.endswith("; for the file -x.mp4 write ./-x.mp4\n")
    assert said.count("\n") == 1
    assert analyze("./-x.mp4", "--out", "out").exit_code == 0
    assert (tmp_path / "out" / "-x" / "session.json").exists()


def test_links_that_lead_nowhere_are_said(tmp_path: Path) -> None:
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    (tmp_path / "dangling.mp4").symlink_to("gone.mp4")
    (tmp_path / "folder.mp4").symlink_to(tmp_path)
    wrong = {
        "loop.mp4": "cannot be read: Too many levels of symbolic links",
        "dangling.mp4": "does not exist",
        "folder.mp4": "is a folder, not a video file",
        "x" * 300: "cannot be read: File name too long",
        os.fsdecode(b"none\xff.mp4"): "does not exist",
    }
    result = analyze(*(tmp_path / name for name in wrong), "--out", tmp_path / "out")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert [line.endswith(said) for line, said in zip(lines, wrong.values(), strict=True)] == (
        [True] * 5
    ), lines


@pytest.mark.parametrize(
    "twins",
    [
        ("a/run.mp4", "b/run.mp4"),
        ("run.mp4", "run.mov"),
        ("Run.mp4", "rUN.mp4"),
        ("mu\u0308de.mp4", "m\u00fcde.mp4"),
    ],
)
def test_names_that_some_disk_takes_for_the_same_are_refused(twins: tuple[str, str]) -> None:
    assert len(shared_names(twins)) == 1
    assert analyze(*twins, "--out", "out").exit_code == 2


def test_a_name_is_never_a_way_out(tmp_path: Path) -> None:
    for name in (".", "..", "...", "....mp4", "...mp4", "..mp4", "a/...mp4", ".mp4"):
        assert "/" not in result_name(name)
        inside = (tmp_path / result_name(f"x/{name}" if name != "..." else name)).resolve()
        assert inside.parent == tmp_path or name in (".", "..")


@pytest.mark.parametrize("name", ["...mp4", " f3.mp4", LATIN])
def test_a_short_film_is_analysed_under_any_name(
    tmp_path: Path, models_dir: Path, shared_dir: Path, name: str
) -> None:
    there = tmp_path / "in"
    there.mkdir()
    path = there / name
    path.write_bytes((shared_dir / "data" / "faults" / "f3.mp4").read_bytes())
    out = tmp_path / "out"
    result = analyze(path, "--out", out)
    assert result.exit_code == 0, result.output
    assert session(out / NAMES.get(name, " f3"))["frames"]["processed"] == 3
    assert [folder.name for folder in tmp_path.iterdir() if folder.name != "in"] == ["out"]


# Going on with an analysis.


def test_another_file_of_the_same_name_is_not_done(tmp_path: Path, models_dir: Path) -> None:
    for folder in "ab":
        (tmp_path / folder).mkdir()
    first, other = film(tmp_path / "a" / "run.mp4"), film(tmp_path / "b" / "run.mp4", 120)
    out = tmp_path / "out"
    assert analyze(first, "--out", out).exit_code == 0
    identity = session(out / "run")["source_file"]
    assert identity["bytes"] == first.stat().st_size
    again = analyze(first, "--out", out, "--resume")
    assert again.stderr == f"toeline: {first} is already done\n"
    assert "is already done" not in analyze(other, "--out", out, "--resume").stderr
    assert session(out / "run")["source_file"] != identity


def test_of_two_films_of_one_name_the_second_is_analysed_too(
    tmp_path: Path, models_dir: Path, shared_dir: Path
) -> None:
    films = shared_dir / "data" / "faults"
    out = tmp_path / "out"
    for folder, film_of in (("a", "f3.mp4"), ("b", "short3.mp4")):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "run.mp4"
        path.write_bytes((films / film_of).read_bytes())
        result = analyze(path, "--out", out, "--resume")
        assert "is already done" not in result.stderr
        assert session(out / "run")["source_file"]["bytes"] == path.stat().st_size


def test_done_is_told_by_content_not_by_size_name_or_time(tmp_path: Path, models_dir: Path) -> None:
    path = film(tmp_path / "run.mp4")
    out = tmp_path / "out"
    analyze(path, "--out", out)
    content = path.read_bytes()
    os.utime(path, (0, 0))
    assert "is already done" in analyze(path, "--out", out, "--resume").stderr
    # The same size, another picture.
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "is already done" not in analyze(path, "--out", out, "--resume").stderr


def test_what_another_model_did_is_not_done(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / "run.mp4")
    analyze(path, "--out", tmp_path / "out")
    # A model of the same name, such as one of one's own that was trained anew.
    monkeypatch.setattr(ModelCard, "sha256", lambda _self: "0" * 64)
    assert "is already done" not in analyze(path, "--out", tmp_path / "out", "--resume").stderr


@pytest.mark.parametrize("session_json", ["[]", "{}", '{"complete": true}', "\xff", "{"])
def test_a_result_of_an_older_version_is_not_done(tmp_path: Path, session_json: str) -> None:
    (tmp_path / "session.json").write_bytes(session_json.encode("latin-1"))
    assert not analyzed(str(tmp_path / "run.mp4"), tmp_path, Settings(), version="0")


# Home folders.


def test_a_home_folder_that_nobody_has_is_one_sentence(tmp_path: Path) -> None:
    ended = toeline("sessions", "list", environment={"TOELINE_DATA": "~nouser/data"})
    assert ended.returncode == 1
    assert sentence(ended) == "~nouser/data begins with a home folder that is not known"
    out = analyze(tmp_path / "run.mp4", "--out", "~nouser/out")
    assert out.exit_code == 1
    assert "~nouser/out begins with a home folder that is not known" in out.stderr
    assert not Path("~nouser").exists()


def test_the_default_encoding_does_not_matter(tmp_path: Path, models_dir: Path) -> None:
    path = film(tmp_path / LATIN)
    done = toeline_process("analyze", path, "--out", tmp_path / "out", environment={"LC_ALL": "C"})
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'out' / 'caf%E9'}\n"
    assert sys.getfilesystemencoding() == "utf-8"
