"""Fakes that misbehave on purpose: a simulated clock, captures that stall, drop and end."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import nan
from queue import Queue
from threading import Condition, Semaphore
from typing import Any, Self

import cv2
import numpy as np
from skeletons import BLAZEPOSE33

from edge.capture.port import SourceInfo
from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.messages.health import Health
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.outcome import Outcome
from edge.messages.pose import Pose
from edge.messages.session import StationRun
from edge.sinks.base import Ended, Processed, Sink, SinkMessage

PATIENCE_S = 30.0
A_RUN = StationRun(toeline="0.1.0", source="fake", model="full", provider="cpu")


class FakeClock:
    """Host time that advances only during waits."""

    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s
        self.slept_s: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Advance time at once; an endless wait becomes an error."""
        assert seconds > 0, "a wait must let time pass"
        assert len(self.slept_s) < 100_000, "an endless wait"
        self.slept_s.append(seconds)
        self.now_s += seconds


def picture(number: int, size_px: tuple[int, int] = (64, 48)) -> Image:
    """Return a picture with its number in every pixel, modulo 211 and never black."""
    return np.full((size_px[1], size_px[0], 3), 40 + number % 211, dtype=np.uint8)


class FakeCapture:
    """A ``cv2.VideoCapture`` that follows a script, one word per grab.

    ``frame`` a picture after one interval; ``black``, ``none``, ``grey`` the same with a black, no
    or a one-channel picture; ``same`` the last picture with a new stamp; ``repeat`` the last buffer
    again; ``late`` a picture after 3 s;
    ``fail`` fails at once; ``stall`` fails after 1 s; ``raise`` raises. After its script it fails.
    """

    def __init__(
        self,
        script: Iterable[str],
        clock: FakeClock,
        *,
        stamp: Callable[[float], float] = lambda now_s: now_s - 0.004,
        interval_s: float = 1 / 60,
        size_px: tuple[int, int] = (64, 48),
        fps: float = 60.0,
    ) -> None:
        self._script = list(script)
        self._clock = clock
        self._stamp = stamp
        self._interval_s = interval_s
        self._size_px = size_px
        self._fps = fps
        self._word = ""
        self._position_ms = 0.0
        self._pictures = 0
        self.asked: list[tuple[int, float]] = []
        self.released = 0
        self.during_grab: Callable[[], None] = lambda: None

    def isOpened(self) -> bool:  # noqa: N802
        return self._word != "closed"

    def grab(self) -> bool:
        assert not self.released, "read after release"
        self.during_grab()
        self._word = self._script.pop(0) if self._script else "fail"
        if self._word == "raise":
            raise cv2.error("scripted")
        waits = {"stall": 1.0, "late": 3.0, "fail": 0.0}
        self._clock.now_s += waits.get(self._word, self._interval_s)
        if self._word in ("fail", "stall"):
            return False
        if self._word != "repeat":
            self._position_ms = 1000 * self._stamp(self._clock.now_s)
            self._pictures += self._word != "same"
        return True

    def retrieve(self) -> tuple[bool, Any]:
        image = picture(self._pictures, self._size_px)
        answers = {"black": np.zeros_like(image), "none": None, "grey": image[:, :, 0]}
        return True, answers.get(self._word, image)

    def get(self, prop: int, /) -> float:
        return {cv2.CAP_PROP_POS_MSEC: self._position_ms, cv2.CAP_PROP_FPS: self._fps}.get(prop, 0)

    def set(self, prop: int, value: float, /) -> bool:
        self.asked.append((prop, value))
        return True

    def release(self) -> None:
        self.released += 1


class AbsentCapture(FakeCapture):
    """A capture that cannot be opened."""

    def __init__(self) -> None:
        super().__init__((), FakeClock())
        self._word = "closed"


class FakePort:
    """A port of fake captures: each opening gives the next one, and then fails."""

    def __init__(self, *captures: FakeCapture) -> None:
        self.plugged = list(captures)
        self.opened: list[FakeCapture] = []
        self.calls: list[tuple[int | str, int, tuple[int, ...]]] = []

    def __call__(
        self, target: int | str, backend: int, parameters: Sequence[int] = ()
    ) -> FakeCapture:
        self.calls.append((target, backend, tuple(parameters)))
        capture = self.plugged.pop(0) if self.plugged else AbsentCapture()
        self.opened.append(capture)
        return capture


def still_frame(index: int, arrived_s: float = nan, *, breaks: bool = False) -> Frame:
    """Return a small frame of a camera with 60 frames per second."""
    return Frame(
        index=index,
        time_s=round(index / 60, 6),
        image=picture(index),
        arrived_s=arrived_s,
        breaks=breaks,
    )


class FakeSource:
    """A source that yields what a test puts in: frames, an error, or its end."""

    def __init__(self, *, live: bool = True, notices: tuple[Notice, ...] = ()) -> None:
        self.info = SourceInfo(
            name="fake",
            live=live,
            frame_rate_hz=60.0,
            size_px=(64, 48),
            frame_count=None,
            timestamps="made up",
            notices=notices,
        )
        self.ended_early = ""
        self.camera_lost = False
        self.trouble = Notice()
        self.answered_s = nan
        self.closings = 0
        self._items: Queue[Frame | Exception | None] = Queue()
        self.times_asked = 0
        self._changed = Condition()

    def give(self, *items: Frame | Exception) -> None:
        """Let the source yield frames, or raise."""
        for item in items:
            self._items.put(item)

    def end(self) -> None:
        """End the source after the given items."""
        self._items.put(None)

    def asked(self, times: int) -> bool:
        """Wait until ``count`` items have been requested, so that earlier ones were handed over."""
        with self._changed:
            return self._changed.wait_for(lambda: self.times_asked >= times, PATIENCE_S)

    def __iter__(self) -> Iterator[Frame]:
        while not self.closings:
            with self._changed:
                self.times_asked += 1
                self._changed.notify_all()
            item = self._items.get()
            if isinstance(item, Exception):
                raise item
            # Closing a real source discards the item that it was about to yield.
            if item is None or self.closings:
                return
            yield item

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.closings += 1
        self._items.put(None)


class FakeEstimator:
    """An estimator that finds nobody; ``held`` makes it wait for permission, and it can fail."""

    def __init__(self, *, held: bool = False, fails_at: int = -1) -> None:
        self.looking_at: Queue[int] = Queue()
        self._held = held
        self._let = Semaphore(0)
        self._fails_at = fails_at
        self.meanwhile: Callable[[], None] = lambda: None

    def let(self, frames: int = 1) -> None:
        """Allow ``count`` frames to pass."""
        self._let.release(frames)

    def update(self, frame: Frame) -> Pose:
        self.looking_at.put(frame.index)
        if self._held:
            assert self._let.acquire(timeout=PATIENCE_S), "nobody let the frame through"
        self.meanwhile()
        if frame.index == self._fails_at:
            raise ZeroDivisionError(f"frame {frame.index}")
        height, width = frame.image.shape[:2]
        return Pose(
            frame_index=frame.index,
            time_s=frame.time_s,
            size_px=(width, height),
            skeleton=BLAZEPOSE33,
            xy_px=np.full((BLAZEPOSE33.count, 2), nan),
            visibility=np.full(BLAZEPOSE33.count, nan),
            depth_px=np.full(BLAZEPOSE33.count, nan),
            presence=0.0,
            breaks=frame.breaks,
        )

    def reset(self) -> None:
        pass


def hand(sink: Sink, frame: Frame, outcome: Outcome, latency_ms: float) -> None:
    """Give one processed frame to a sink."""
    sink.write(Processed(frame=frame, outcome=outcome, latency_ms=latency_ms))


def end(sink: Sink, messages: Sequence[Message] = ()) -> None:
    """Close a sink as the station does."""
    sink.write(Ended(messages=list(messages)))
    sink.close()


class FakeSink(Sink):
    """A sink that stores what a station sends, and can raise where it is set to."""

    notice = Notice()
    storage_full = records_video = False

    def __init__(self, fails_in: str = "") -> None:
        self.frames: list[int] = []
        self.latencies_ms: list[float] = []
        self.messages: list[Message] = []
        self.healths: list[Health] = []
        self.calls: list[str] = []
        self._fails_in = fails_in
        self._changed = Condition()

    def open(self, session: StationRun) -> None:
        self.calls.append("open")
        self._perhaps_fail("open")

    def write(self, message: SinkMessage) -> None:
        with self._changed:
            match message:
                case Processed(frame=frame, outcome=outcome):
                    self.frames.append(frame.index)
                    self.latencies_ms.append(message.latency_ms)
                    self.messages += outcome.messages
                case Health():
                    self.healths.append(message)
                case Ended():
                    self.messages += message.messages
                    self.calls.append("end")
            self._changed.notify_all()
        self._perhaps_fail(type(message).__name__)

    def close(self) -> None:
        self.calls.append("close")
        self._perhaps_fail("close")

    def came(self, frames: int) -> bool:
        """Wait until ``count`` frames have arrived."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.frames) >= frames, PATIENCE_S)

    def told(self, healths: int) -> bool:
        """Wait until health has arrived ``count`` times."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.healths) >= healths, PATIENCE_S)

    def _perhaps_fail(self, where: str) -> None:
        if self._fails_in == where:
            raise OSError(f"no {where}")
