"""Timing: laps of one frame, recent durations by stage, and a callback before long operations."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite, nan

from edge.messages.health import StageTime
from edge.numerics.quantiles import quantile

KEPT = 600
_SHARES = (0.50, 0.95, 0.99)


class Stopwatch:
    """Stopwatch for the stages of one frame, for use by one thread.

    Parameters
    ----------
    clock
        Monotonic seconds.

    Examples
    --------
    >>> times = iter([1.0, 1.25, 1.375])
    >>> watch = Stopwatch(lambda: next(times))
    >>> watch.start()
    >>> watch.lap("pose")
    >>> watch.lap("gait")
    >>> watch.laps_ms
    {'pose': 250.0, 'gait': 125.0}
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last_s = nan
        self._laps_ms: dict[str, float] = {}

    @property
    def laps_ms(self) -> Mapping[str, float]:
        """Milliseconds spent in each stage since ``start``; repeated stages are summed."""
        return self._laps_ms

    def start(self) -> None:
        """Start timing the next frame."""
        self._laps_ms = {}
        self._last_s = self._clock()

    def lap(self, stage: str) -> None:
        """Record the time since the previous stage ended under ``stage``."""
        now_s = self._clock()
        self.took(stage, now_s - self._last_s)
        self._last_s = now_s

    def took(self, stage: str, seconds: float) -> None:
        """Add time that was measured elsewhere to a stage."""
        self._laps_ms[stage] = self._laps_ms.get(stage, 0.0) + 1000 * seconds


class Callback:
    """Callback slot rung before a long operation that releases the GIL; it has one listener.

    Examples
    --------
    >>> callback = Callback()
    >>> callback.ring()
    >>> with callback.heard_by(lambda: print("now")):
    ...     callback.ring()
    now
    """

    def __init__(self) -> None:
        self._listener: Callable[[], None] | None = None

    def ring(self) -> None:
        """Call the listener, if any, in this thread."""
        if self._listener is not None:
            self._listener()

    @contextmanager
    def heard_by(self, listener: Callable[[], None]) -> Iterator[None]:
        """Attach a listener inside the ``with`` block."""
        self._listener = listener
        try:
            yield
        finally:
            self._listener = None


class Durations:
    """Recent durations of one stage, with count and sum of all; one thread adds, any reads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._last_ms: deque[float] = deque(maxlen=kept)
        self._count = 0
        self._total_ms = 0.0

    def add(self, ms: float) -> None:
        """Add one duration; NaN and infinities are ignored."""
        if isfinite(ms):
            self._last_ms.append(ms)
            self._count += 1
            self._total_ms += ms

    def summary(self, stage: str) -> StageTime:
        """Return quantiles of the recent durations for a stage; NaN without any."""
        # Copy in one step, because another thread keeps adding.
        ordered = sorted(list(self._last_ms))
        p50, p95, p99 = (quantile(ordered, share) for share in _SHARES)
        return StageTime(
            stage=stage,
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
            count=self._count,
            total_ms=self._total_ms,
        )


class StageTimes:
    """Durations of several stages, in order of first appearance."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._stages: dict[str, Durations] = {}

    def add(self, stage: str, ms: float) -> None:
        """Add one duration of a stage."""
        durations = self._stages.get(stage)
        if durations is None:
            durations = self._stages[stage] = Durations(self._kept)
        durations.add(ms)

    def summaries(self) -> tuple[StageTime, ...]:
        """Return one summary per stage."""
        return tuple(durations.summary(stage) for stage, durations in list(self._stages.items()))
