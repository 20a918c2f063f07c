"""Counts of captured, processed and skipped frames, and the frame rate."""

from collections import deque
from collections.abc import Callable
from math import nan

from edge.messages.frame import Frame

# About two seconds of a fast camera.
_KEPT = 120


class FrameCounts:
    """Frame counts, written by the capture thread and the worker; readable from any thread.

    Parameters
    ----------
    clock
        Monotonic seconds.

    Attributes
    ----------
    captured, processed, left_out
        Frames since the start.
    arrived_s
        When the last frame arrived; before the first, the start.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times_s: deque[float] = deque(maxlen=_KEPT)
        self.captured = self.processed = self.left_out = 0
        self.arrived_s = clock()

    def begin(self) -> None:
        """Start waiting for the first frame."""
        self.arrived_s = self._clock()

    def capture(self) -> None:
        """Count a captured frame."""
        self.captured += 1
        self.arrived_s = self._clock()

    def process(self, frame: Frame) -> None:
        """Count a processed frame."""
        self.processed += 1
        if frame.breaks:
            self._times_s.clear()
        self._times_s.append(frame.time_s)

    @property
    def rate_hz(self) -> float:
        """Processed frames a second of capture time; NaN for fewer than two."""
        # Copied in one step: the worker keeps adding.
        times = list(self._times_s)
        span_s = times[-1] - times[0] if len(times) > 1 else 0.0
        return (len(times) - 1) / span_s if span_s > 0 else nan
