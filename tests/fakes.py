"""Stand-ins that misbehave on purpose: a clock without time, captures that stall, drop and end."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import cv2
import numpy as np

from edge.messages import Image


class FakeClock:
    """Host time that passes only when someone waits."""

    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s
        self.slept_s: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Let time pass at once; tests run on into an error rather than for ever."""
        assert seconds > 0, "a wait must let time pass"
        assert len(self.slept_s) < 100_000, "someone waits without end"
        self.slept_s.append(seconds)
        self.now_s += seconds


def picture(number: int, size_px: tuple[int, int] = (64, 48)) -> Image:
    """Return a picture that shows its number in every pixel, modulo 251."""
    return np.full((size_px[1], size_px[0], 3), number % 251, dtype=np.uint8)


class FakeCapture:
    """A ``cv2.VideoCapture`` that follows a script, one word for each grab.

    ``frame`` a picture after one interval; ``black``, ``none``, ``grey`` the same with a black, no
    or a one-channel picture; ``repeat`` the last buffer again; ``late`` a picture after 3 s;
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
            self._pictures += 1
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
    """Where captures are plugged in: each opening gives the next one, then none is there."""

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
