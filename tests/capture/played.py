"""Playing a file without a real clock."""

from pathlib import Path

from fakes import FakeClock

from edge.capture.port import FrameSource
from edge.capture.source import open_source
from edge.messages.frame import Frame
from edge.settings.capture_settings import CaptureSettings


def replay(
    path: Path, clock: FakeClock | None = None, *, own_pace: bool = False, loop: bool = False
) -> FrameSource:
    clock = clock or FakeClock()
    return open_source(
        str(path), CaptureSettings(), own_pace=own_pace, loop=loop, clock=clock, sleep=clock.sleep
    )


def read_all(path: Path) -> tuple[list[Frame], FrameSource]:
    with replay(path) as source:
        return list(source), source


def times_s(path: Path) -> list[float]:
    return [frame.time_s for frame in read_all(path)[0]]


def hollow(front: Path) -> bytes:
    """Return a clip whose index is whole and whose pictures are all zero."""
    data = front.read_bytes()
    start = data.index(b"mdat") + 4
    return data[:start] + bytes(len(data) - start)
