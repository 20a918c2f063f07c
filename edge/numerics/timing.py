"""How long things take: laps of one frame, the last durations of each kind, and what begins."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite, nan

from edge.messages.health import StageTime
from edge.numerics.quantiles import quantile

KEPT = 600
_SHARES = (0.50, 0.95, 0.99)


class Stopwatch:
    """Where the time of one frame goes, for one thread.

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
        """Milliseconds of each stage since ``start``; of a stage that came twice, their sum."""
        return self._laps_ms

    def start(self) -> None:
        """Begin with the next frame."""
        self._laps_ms = {}
        self._last_s = self._clock()

    def lap(self, stage: str) -> None:
        """Say that a stage is over, which began when the one before it ended."""
        now_s = self._clock()
        self.took(stage, now_s - self._last_s)
        self._last_s = now_s

    def took(self, stage: str, seconds: float) -> None:
        """Add a part of a stage that was timed elsewhere."""
        self._laps_ms[stage] = self._laps_ms.get(stage, 0.0) + 1000 * seconds


class Bell:
    """Rung when something long begins that leaves the interpreter to others; one may listen.

    Examples
    --------
    >>> bell = Bell()
    >>> bell.ring()
    >>> with bell.heard_by(lambda: print("now")):
    ...     bell.ring()
    now
    """

    def __init__(self) -> None:
        self._listener: Callable[[], None] | None = None

    def ring(self) -> None:
        """Tell who listens, in this thread."""
        if self._listener is not None:
            self._listener()

    @contextmanager
    def heard_by(self, listener: Callable[[], None]) -> Iterator[None]:
        """Let one listen for a while."""
        self._listener = listener
        try:
            yield
        finally:
            self._listener = None


class Durations:
    """The last durations of one kind, and count and sum of all; one thread adds, any may ask."""

    def __init__(self, kept: int = KEPT) -> None:
        self._last_ms: deque[float] = deque(maxlen=kept)
        self._count = 0
        self._total_ms = 0.0

    def add(self, ms: float) -> None:
        """Take in one duration; NaN and infinities are left out."""
        if isfinite(ms):
            self._last_ms.append(ms)
            self._count += 1
            self._total_ms += ms

    def summary(self, stage: str) -> StageTime:
        """Return quantiles of the last durations under a name; NaN without any."""
        # Copied at once: another thread goes on adding.
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
    """The durations of several stages, in the order in which they first came."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._stages: dict[str, Durations] = {}

    def add(self, stage: str, ms: float) -> None:
        """Take in one duration of a stage."""
        durations = self._stages.get(stage)
        if durations is None:
            durations = self._stages[stage] = Durations(self._kept)
        durations.add(ms)

    def summaries(self) -> tuple[StageTime, ...]:
        """Return one summary a stage."""
        return tuple(durations.summary(stage) for stage, durations in list(self._stages.items()))
