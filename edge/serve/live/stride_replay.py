"""The frames of the last seconds, as they went to the pages; in memory only, and bounded."""

from collections import deque
from dataclasses import dataclass
from typing import Final

KEEP_S: Final = 10.0
KEEP_COUNT: Final = 1250
KEEP_BYTES: Final = 64 * 1024 * 1024
# Frames come a little early or late: 60 a second must not become 30 where 60 are asked for.
_EARLY: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    time_s: float
    packet: bytes


class Replay:
    """Packets of live frames by capture time; all of it happens on the event loop.

    Parameters
    ----------
    keep_s, keep_count, keep_bytes
        What is too old, too many or too much is let go, the oldest first.
    """

    def __init__(
        self, keep_s: float = KEEP_S, keep_count: int = KEEP_COUNT, keep_bytes: int = KEEP_BYTES
    ) -> None:
        self._keep_s = keep_s
        self._keep_count = keep_count
        self._keep_bytes = keep_bytes
        self._kept: deque[_Kept] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._bytes

    def add(self, time_s: float, packet: bytes) -> None:
        """Keep a frame; one from before the last, as when a clip begins again, starts anew."""
        if self._kept and time_s <= self._kept[-1].time_s:
            self.clear()
        self._kept.append(_Kept(time_s=time_s, packet=packet))
        self._bytes += len(packet)
        while self._too_much(time_s):
            self._bytes -= len(self._kept.popleft().packet)

    def last(self, seconds: float, most_hz: float) -> list[bytes]:
        """Return the packets of so many seconds, the oldest first, at most so many a second."""
        if not self._kept:
            return []
        from_s = self._kept[-1].time_s - seconds
        chosen: list[bytes] = []
        due_s = from_s
        for kept in self._kept:
            if kept.time_s >= due_s:
                chosen.append(kept.packet)
                due_s = kept.time_s + _EARLY / most_hz
        return chosen

    def clear(self) -> None:
        """Forget everything, as when pictures may no longer be shown."""
        self._kept.clear()
        self._bytes = 0

    def _too_much(self, now_s: float) -> bool:
        return (
            len(self._kept) > self._keep_count
            or self._bytes > self._keep_bytes
            or now_s - self._kept[0].time_s > self._keep_s
        )
