"""A full, broken or forbidden disk is one clear sentence, and what was written stays valid."""

import json
import os
import subprocess
import sys
from errno import ENOSPC
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from record_samples import a_pose, a_stride, an_event

from edge.messages.errors import RecordError
from edge.record import line_file
from edge.record.result_folder import ResultFolder


class SmallDisk(FileIO):
    """A file on a disk with room for few bytes more."""

    room = 10**9

    def write(self, data: Any) -> int:
        fits = bytes(data)[: SmallDisk.room]
        if not fits:
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        SmallDisk.room -= len(fits)
        return super().write(fits)


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> type[SmallDisk]:
    monkeypatch.setattr(line_file, "FileIO", SmallDisk)
    monkeypatch.setattr(SmallDisk, "room", 10**9)
    return SmallDisk


def whole_lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    assert not text or text.endswith("\n")
    return text.splitlines()


@pytest.mark.parametrize("room", [0, 1, 20, 48])
def test_a_full_disk_leaves_no_half_line(
    tmp_path: Path, small_disk: type[SmallDisk], room: int
) -> None:
    folder = ResultFolder(tmp_path)
    folder.write(an_event())
    before = whole_lines(tmp_path / "events.csv")
    small_disk.room = room
    with pytest.raises(RecordError) as caught:
        folder.write(an_event(time_s=2.0))
    assert str(caught.value) == f"cannot record to {tmp_path}: No space left on device"
    assert whole_lines(tmp_path / "events.csv") == before
    folder.close()
    assert whole_lines(tmp_path / "events.csv") == before


def test_after_a_failure_nothing_is_added_even_when_there_is_room_again(
    tmp_path: Path, small_disk: type[SmallDisk]
) -> None:
    folder = ResultFolder(tmp_path)
    folder.write(a_pose(0))
    folder.write(a_pose(1))
    small_disk.room = 0
    with pytest.raises(RecordError, match="No space left"):
        folder.write(an_event())
    small_disk.room = 10**9
    for again in (an_event(), a_stride(), a_pose(2)):
        with pytest.raises(RecordError, match="No space left"):
            folder.write(again)
    folder.close({"frames": 2})
    assert len(whole_lines(tmp_path / "events.csv")) == 1
    assert len(whole_lines(tmp_path / "poses.jsonl")) == 2
    assert json.loads((tmp_path / "session.json").read_text()) == {"frames": 2}


def test_the_poses_that_still_fit_are_kept(tmp_path: Path, small_disk: type[SmallDisk]) -> None:
    folder = ResultFolder(tmp_path)
    for index in range(20):
        folder.write(a_pose(index))
    small_disk.room = 4000
    with pytest.raises(RecordError, match="No space left"):
        folder.close()
    kept = [json.loads(line)["frame"] for line in whole_lines(tmp_path / "poses.jsonl")]
    assert kept == list(range(len(kept)))
    assert 3 <= len(kept) < 20


def test_a_device_that_takes_nothing_is_an_error_not_a_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deaf(FileIO):
        def write(self, data: Any) -> int:
            return 0

    monkeypatch.setattr(line_file, "FileIO", Deaf)
    with pytest.raises(RecordError, match="Input/output error"):
        ResultFolder(tmp_path)


def test_a_summary_that_does_not_fit_leaves_no_part_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ResultFolder(tmp_path)

    def full(self: Path, target: Path) -> None:
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RecordError, match="No space left"):
        folder.close({"frames": 2})
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("session")]


_FILLS = """
import json, resource, signal, sys
from pathlib import Path
sys.path[:0] = [sys.argv[2], str(Path(sys.argv[2]).parent)]
from record_samples import a_pose
from edge.messages.errors import RecordError
from edge.record.result_folder import ResultFolder
folder = ResultFolder(Path(sys.argv[1]))
# The limit of one file, set low: the kernel itself then refuses, in the middle of a line.
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    for index in range(10_000):
        folder.write(a_pose(index))
except RecordError as error:
    print(error)
folder.close({"frames": index})
"""


def test_a_file_that_the_system_will_not_let_grow_keeps_its_whole_lines(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FILLS, str(tmp_path), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert done.stdout == f"cannot record to {tmp_path}: File too large\n"
    kept = [json.loads(line)["frame"] for line in whole_lines(tmp_path / "poses.jsonl")]
    assert kept == list(range(len(kept)))
    size = (tmp_path / "poses.jsonl").stat().st_size
    assert 48_000 < size <= 50_000
    assert json.loads((tmp_path / "session.json").read_text())["frames"] > len(kept)


_KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [sys.argv[2], str(Path(sys.argv[2]).parent)]
from record_samples import a_pose, an_event
from edge.record.result_folder import ResultFolder
folder = ResultFolder(Path(sys.argv[1]))
for index in range(150):
    folder.write(a_pose(index))
    folder.write(an_event(time_s=float(index)))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_program_loses_at_most_a_second_of_poses(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path), str(Path(__file__).parent)],
        check=False,
        timeout=120,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert len(whole_lines(tmp_path / "events.csv")) == 151
    assert 150 - 60 <= len(whole_lines(tmp_path / "poses.jsonl")) <= 150


def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(RecordError) as caught:
        ResultFolder(tmp_path / "taken")
    assert str(caught.value) == f"cannot record to {tmp_path / 'taken'}: File exists"
    with pytest.raises(RecordError, match="Not a directory"):
        ResultFolder(tmp_path / "taken" / "deeper")
    assert (tmp_path / "taken").read_text() == "mine"


def test_no_permission_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anywhere, so the refusal is made by hand.
    def forbidden(self: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", forbidden)
    with pytest.raises(RecordError) as caught:
        ResultFolder(tmp_path / "new")
    assert str(caught.value) == f"cannot record to {tmp_path / 'new'}: Permission denied"


def test_a_folder_in_place_of_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "strides.csv").mkdir()
    with pytest.raises(RecordError, match=f"^cannot record to {tmp_path}: "):
        ResultFolder(tmp_path)
