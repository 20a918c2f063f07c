"""Rate limits: token buckets, single or by key, bounded in memory."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Level:
    tokens: float
    at_s: float


class Bucket:
    """A token bucket: ``rate_hz`` a second on average, ``burst`` at once.

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
        """Take a token if there is one; return whether there was."""
        return _take(self._level, self._rate_hz, self._burst, self._clock())


class Buckets:
    """A bucket for each key, such as an address; the least recently used is evicted.

    Parameters
    ----------
    rate_hz, burst, clock
        Parameters of each bucket.
    most
        Maximum number of buckets.
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
        """Take a token of a key if there is one; return whether there was."""
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
