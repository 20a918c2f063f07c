"""Where results go: folders that cannot be made, a full disk, going on where it was stopped."""

import json
from pathlib import Path

from analysing import ONE_THREAD, RESULTS, analyze, filtered, poses, session
from capture_media import repack
from command import sentence, toeline, toeline_process

from edge.cli.out_of_memory import NO_MEMORY
from edge.record.result_folder import EVENTS, SESSION


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, short_run: Path) -> None:
    in_the_way = tmp_path / "out"
    in_the_way.write_text("a file")
    result = analyze(short_run, out=in_the_way)
    assert result.returncode == 1
    assert sentence(result) == f"cannot record to {in_the_way / 'short'}: Not a directory"


def test_a_place_for_sessions_that_cannot_be_made_is_named(tmp_path: Path, short_run: Path) -> None:
    in_the_way = tmp_path / "data"
    in_the_way.write_text("a file")
    result = toeline(
        "run", "--headless", "--source", short_run, environment={"TOELINE_DATA": in_the_way}
    )
    # The station ran; that it kept nothing was said at once, and is its exit code.
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) > 1
    said = f"recording stopped: cannot record to {in_the_way}: "
    assert said in result.stderr.splitlines()[0]
    assert result.stderr.splitlines()[-1].startswith(f"toeline: {said}")


def test_an_analysis_goes_on_where_it_was_stopped(tmp_path: Path, short_run: Path) -> None:
    path = filtered(short_run, tmp_path / "brief.mp4", "null", "-frames:v", "20")
    assert analyze(path, out=tmp_path).returncode == 0
    folder = tmp_path / "brief"
    assert session(folder)["complete"] is True
    (folder / EVENTS).write_text("mine")
    again = analyze(path, out=tmp_path, options=("--resume",))
    assert again.returncode == 0
    assert again.stderr == f"toeline: {path} is already done\n"
    assert (folder / EVENTS).read_text() == "mine"
    # What was cut off, or done by other settings, is done anew.
    content = json.loads((folder / SESSION).read_text())
    (folder / SESSION).write_text(json.dumps(content | {"complete": False}))
    assert analyze(path, out=tmp_path, options=("--resume",)).returncode == 0
    assert session(folder)["complete"] is True


def test_two_files_for_one_result_folder_are_wrong_usage(tmp_path: Path, short_run: Path) -> None:
    twin = repack(short_run, tmp_path / "short.mov")
    result = analyze(short_run, twin, out=tmp_path / "out")
    assert result.returncode == 2
    assert sentence(result) == "two files would write to the same result folder short"
    assert not (tmp_path / "out").exists()


def test_a_full_disk_keeps_whole_lines_and_the_summary(tmp_path: Path, short_run: Path) -> None:
    # A limit on the size of each file is what an ordinary user can set.
    limited = ("sh", "-c", 'ulimit -f 200; exec "$@"', "sh")
    arguments = ("analyze", short_run, "--out", tmp_path / "out", *ONE_THREAD)
    result = toeline_process(*arguments, before=limited)
    folder = tmp_path / "out" / "short"
    assert result.returncode == 1
    assert sentence(result) == f"cannot record to {folder}: File too large"
    assert {path.name for path in folder.iterdir()} == RESULTS
    kept = [pose["frame"] for pose in poses(folder)]
    assert kept == list(range(len(kept)))
    assert 20 < len(kept) < 180
    assert json.loads((folder / SESSION).read_text())["frames"]["processed"] >= len(kept)


def test_no_memory_is_one_sentence() -> None:
    # Not enough for the libraries: with more, it shows now in one of them, now in another.
    result = toeline_process(
        "demo", "--no-browser", before=("sh", "-c", 'ulimit -v 200000; exec "$@"', "sh")
    )
    assert result.returncode == 1
    assert sentence(result) == NO_MEMORY
    assert result.stdout == ""
