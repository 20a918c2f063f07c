"""Record to a disk that fills up, is freed, becomes read-only and writable again.

    python tests/full_disk.py DIR mounted      # DIR is a separate small tmpfs
    python tests/full_disk.py DIR limited      # if no file system may be mounted

Without a separate file system, the limit on file size simulates a full disk.
"""

import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from fakes import end, hand
from power_cut import NO_PICTURE, SECONDS, SETTINGS, check, new_recorder
from recordings import record
from stored import gait_rooms
from synthetic import Runner

from edge.i18n.notices import english_notice
from edge.messages.frame import Frame
from edge.messages.outcome import Outcome
from edge.messages.pose import Pose
from edge.pipeline import Pipeline
from edge.record.store import Store
from edge.sinks.recorder import Recorder

_LIMIT = 400_000


class Disk:
    """A disk that can be filled, freed and made read-only."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self._folder = folder
        self._mounted = mounted

    def fill(self) -> None:
        """Leave space for a few seconds of recording."""
        if not self._mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (_LIMIT, resource.RLIM_INFINITY))
            return
        room = 350_000
        free = shutil.disk_usage(self._folder).free
        (self._folder / "ballast").write_bytes(bytes(free - room))

    def empty(self) -> None:
        """Free the space."""
        if self._mounted:
            (self._folder / "ballast").unlink()
        else:
            resource.setrlimit(
                resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            )

    def forbid(self, way: str) -> None:
        """Make it read-only (``ro``) or writable again (``rw``)."""
        assert self._mounted
        command = ["mount", "-o", f"remount,{way}", str(self._folder)]
        subprocess.run(command, check=True, timeout=30)


def one(recorder: Recorder, rooms: Pipeline, pose: Pose) -> Outcome:
    """Process one frame in a pipeline that the recorder controls; return the outcome."""
    now = rooms.follow(pose)
    frame = Frame(index=pose.frame_index, time_s=pose.time_s, image=NO_PICTURE)
    hand(recorder, frame, now, 9.0)
    return now


def give(
    recorder: Recorder, rooms: Pipeline, poses: Iterator[Pose], until: Callable[[], bool]
) -> tuple[int, float]:
    """Process frames until a condition holds; return the strides and time reported before."""
    strides, time_s = 0, 0.0
    for pose in poses:
        now = one(recorder, rooms, pose)
        if until():
            return strides, time_s
        strides += sum(type(message).__name__ == "StrideMetrics" for message in now.messages)
        time_s = pose.time_s
    raise AssertionError("the poses ended first")


def main() -> None:
    """Run all steps."""
    folder, mounted = Path(sys.argv[1]), sys.argv[2] == "mounted"
    disk, data = Disk(folder, mounted=mounted), folder / "data"
    rooms = gait_rooms(SETTINGS)
    recorder = new_recorder(data, rooms)
    frames = iter(record(Runner(), SECONDS).poses)
    disk.fill()
    strides, time_s = give(recorder, rooms, frames, lambda: bool(recorder.notice))
    assert english_notice(recorder.notice).startswith("recording stopped: cannot record to "), (
        recorder.notice
    )
    print(f"full: {english_notice(recorder.notice)}; {strides} strides before")  # noqa: T201
    assert strides > 3

    def with_room() -> bool:
        return recorder.news().recording

    disk.empty()
    give(recorder, rooms, frames, with_room)
    assert not recorder.notice
    for _ in range(200):
        one(recorder, rooms, next(frames))
    end(recorder, rooms.finish())
    with Store(data) as store:
        first, second = store.sessions()[::-1]
        check(store, first, strides, time_s, again=True)
        check(store, second, 0, 0.0, again=True)
        assert second.frames > 200
        assert (first.end_reason, second.end_reason) == ("interrupted", "the station was stopped")
    print("2 sessions, nothing that was written is harmed")  # noqa: T201
    if mounted:
        read_only(disk, data, frames)


def read_only(disk: Disk, data: Path, frames: Iterator[Pose]) -> None:
    """Start on a read-only disk."""
    disk.forbid("ro")
    rooms = gait_rooms(SETTINGS)
    recorder = new_recorder(data, rooms)
    print(f"read-only: {english_notice(recorder.notice)}")  # noqa: T201
    assert english_notice(recorder.notice).startswith("recording stopped: cannot record to ")
    for _ in range(300):
        assert one(recorder, rooms, next(frames)).messages, "the station must run on"
    assert recorder.notice
    disk.forbid("rw")
    give(recorder, rooms, frames, lambda: recorder.news().recording)
    assert not recorder.notice
    end(recorder, rooms.finish())


if __name__ == "__main__":
    main()
