"""How many frames came, were processed and were left out, and when."""

from collections import deque
from collections.abc import Callable
from math import nan

from edge.messages.frame import Frame

# About two seconds of a quick camera.
_KEPT = 120


class FrameCounts:
    """Counted by the capture thread and the worker, each its own; read from any thread.

    Parameters
    ----------
    clock
        Monotonic seconds.

    Attributes
    ----------
    captured, processed, left_out
        Frames since the start.
    arrived_s
        When the last frame came; the start, before the first.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times_s: deque[float] = deque(maxlen=_KEPT)
        self.captured = self.processed = self.left_out = 0
        self.arrived_s = clock()

    def begin(self) -> None:
        """Count the wait for the first frame from now on."""
        self.arrived_s = self._clock()

    def capture(self) -> None:
        """Count a frame that has come."""
        self.captured += 1
        self.arrived_s = self._clock()

    def process(self, frame: Frame) -> None:
        """Count a frame that was processed."""
        self.processed += 1
        if frame.breaks:
            self._times_s.clear()
        self._times_s.append(frame.time_s)

    @property
    def rate_hz(self) -> float:
        """Processed frames a second of capture time; NaN of less than two."""
        # Copied at once: the worker goes on adding.
        times = list(self._times_s)
        span_s = times[-1] - times[0] if len(times) > 1 else 0.0
        return (len(times) - 1) / span_s if span_s > 0 else nan
