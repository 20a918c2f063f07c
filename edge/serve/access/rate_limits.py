"""How often something may happen: token buckets, one or many, bounded in memory."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Level:
    tokens: float
    at_s: float


class Bucket:
    """Lets ``rate_hz`` things a second through in the long run, and ``burst`` at once.

    Parameters
    ----------
    rate_hz, burst
        The two limits.
    clock
        Monotonic seconds.
    """

    def __init__(self, rate_hz: float, burst: float, clock: Callable[[], float]) -> None:
        self._rate_hz = rate_hz
        self._burst = burst
        self._clock = clock
        self._level = _Level(burst, clock())

    def take(self) -> bool:
        """Whether one more may happen now."""
        return _take(self._level, self._rate_hz, self._burst, self._clock())


class Buckets:
    """A bucket for each of many, such as addresses; the longest unused is forgotten.

    Parameters
    ----------
    rate_hz, burst, clock
        Those of each.
    most
        How many are remembered.
    """

    def __init__(
        self, rate_hz: float, burst: float, clock: Callable[[], float], most: int = 1024
    ) -> None:
        self._rate_hz = rate_hz
        self._burst = burst
        self._clock = clock
        self._most = most
        self._levels: OrderedDict[str, _Level] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: str) -> bool:
        """Whether one more may happen now for this one."""
        now_s = self._clock()
        level = self._levels.setdefault(key, _Level(self._burst, now_s))
        self._levels.move_to_end(key)
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return _take(level, self._rate_hz, self._burst, now_s)


def _take(level: _Level, rate_hz: float, burst: float, now_s: float) -> bool:
    level.tokens = min(burst, level.tokens + rate_hz * (now_s - level.at_s))
    level.at_s = now_s
    if level.tokens < 1:
        return False
    level.tokens -= 1
    return True
