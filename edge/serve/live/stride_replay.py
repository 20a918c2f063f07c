"""Replay buffer: the frames of the last seconds as sent to the pages, in memory and bounded."""

from collections import deque
from dataclasses import dataclass
from typing import Final

KEEP_S: Final = 10.0
KEEP_COUNT: Final = 1250
KEEP_BYTES: Final = 64 * 1024 * 1024
# Tolerance for jitter: a request for 60 Hz must not turn 60 Hz into 30.
_EARLY: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    time_s: float
    packet: bytes


class Replay:
    """Packets of live frames by capture time; used only on the event loop.

    Parameters
    ----------
    keep_s, keep_count, keep_bytes
        Limits on age, count and size; the oldest are dropped first.
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
        """Add a frame; clear the buffer first if time went back, as when a clip restarts."""
        if self._kept and time_s <= self._kept[-1].time_s:
            self.clear()
        self._kept.append(_Kept(time_s=time_s, packet=packet))
        self._bytes += len(packet)
        while self._too_much(time_s):
            self._bytes -= len(self._kept.popleft().packet)

    def last(self, seconds: float, most_hz: float) -> list[bytes]:
        """Return packets of the last ``seconds``, oldest first, at most ``most_hz`` a second."""
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
        """Drop everything, for example when pictures may no longer be shown."""
        self._kept.clear()
        self._bytes = 0

    def _too_much(self, now_s: float) -> bool:
        return (
            len(self._kept) > self._keep_count
            or self._bytes > self._keep_bytes
            or now_s - self._kept[0].time_s > self._keep_s
        )
