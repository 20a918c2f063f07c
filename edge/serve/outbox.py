"""What waits to be sent to one client: words are kept, pictures are replaced by newer ones."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from edge.serve.wire import WireError

MAX_WAITING: Final = 1000
MAX_UNACKED: Final = 2


TRY_AGAIN_LATER: Final = 1013
GOING_AWAY: Final = 1012


class OutboxClosedError(RuntimeError):
    """Nothing more goes to this client; ``code`` is the WebSocket close code that says why."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Outbox:
    """The queue of one client; everything here happens on the event loop.

    Kept messages (strides, verdicts, cues, events, stills) leave in order and are never dropped:
    when too many wait, the client is given up instead. Renewed ones (health, state, session) and
    the live frame have one place each, where a newer one replaces an unsent older one. A frame is
    only taken while fewer than ``MAX_UNACKED`` are unacknowledged.

    Parameters
    ----------
    on_credit
        Called when an acknowledgement makes room for a frame.
    max_waiting
        Kept messages that may wait.
    """

    def __init__(self, on_credit: Callable[[], None], max_waiting: int = MAX_WAITING) -> None:
        self._on_credit = on_credit
        self._max_waiting = max_waiting
        self._kept: deque[str | bytes] = deque()
        self._renewed: dict[str, str] = {}
        self._frame: tuple[int, bytes] | None = None
        self._unacked: deque[int] = deque()
        self._offered_seq = 0
        self._sent_seq = 0
        self._closed: OutboxClosedError | None = None
        self._ready = asyncio.Event()

    def __len__(self) -> int:
        return len(self._kept) + len(self._renewed) + (self._frame is not None)

    def wants_frame(self, seq: int) -> bool:
        """Whether the frame ``seq`` is newer than what this client has, and may be sent to it."""
        return len(self._unacked) < MAX_UNACKED and self._offered_seq < seq

    def post(self, packet: str | bytes) -> None:
        """Queue a message that must not be lost."""
        if len(self._kept) >= self._max_waiting:
            self.close(TRY_AGAIN_LATER, "the client reads too slowly")
            return
        self._kept.append(packet)
        self._ready.set()

    def renew(self, kind: str, text: str) -> None:
        """Queue the latest message of its kind in place of an unsent older one."""
        self._renewed[kind] = text
        self._ready.set()

    def offer(self, seq: int, packet: bytes) -> None:
        """Put a frame in the one place for frames, unless a newer one lies there."""
        if seq > self._offered_seq:
            self._offered_seq = seq
            self._frame = (seq, packet)
            self._ready.set()

    def ack(self, seq: int) -> None:
        """Take note that the client has painted every frame up to ``seq``.

        Raises
        ------
        WireError
            If no such frame was sent.
        """
        if not 0 < seq <= self._sent_seq:
            raise WireError(f"ack of frame {seq}, the last one sent is {self._sent_seq}")
        while self._unacked and self._unacked[0] <= seq:
            self._unacked.popleft()
        self._ready.set()
        self._on_credit()

    def close(self, code: int, reason: str) -> None:
        """Make the next ``take`` say that this client is to be closed, and why."""
        self._closed = OutboxClosedError(code, reason)
        self._kept.clear()
        self._ready.set()

    async def take(self) -> str | bytes:
        """Wait for the next message to send: kept ones first, then renewed ones, then the frame.

        Raises
        ------
        OutboxClosedError
            If a kept message could not be queued, or the station stops.
        """
        while True:
            if self._closed is not None:
                raise self._closed
            packet = self._next()
            if packet is not None:
                return packet
            self._ready.clear()
            await self._ready.wait()

    def _next(self) -> str | bytes | None:
        if self._kept:
            return self._kept.popleft()
        if self._renewed:
            return self._renewed.pop(next(iter(self._renewed)))
        if self._frame is not None and len(self._unacked) < MAX_UNACKED:
            seq, packet = self._frame
            self._frame = None
            self._unacked.append(seq)
            self._sent_seq = seq
            return packet
        return None
