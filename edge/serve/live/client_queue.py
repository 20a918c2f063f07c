"""Send queue of one client: messages are kept, pictures are replaced by newer ones."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from typing import Final

from edge.numerics.timing import StageTimes
from edge.serve.live.page_clock import PageClock
from edge.serve.wire.binary import without_picture
from edge.serve.wire.protocol import WireError

MAX_WAITING: Final = 1000
MAX_UNACKED: Final = 2


TRY_AGAIN_LATER: Final = 1013
GOING_AWAY: Final = 1012


class ClientQueueClosedError(RuntimeError):
    """The queue is closed; ``code`` is the WebSocket close code for the client."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(slots=True, kw_only=True)
class _Sent:
    """A frame in flight: when it was captured, queued and sent."""

    seq: int
    arrived_s: float
    offered_s: float
    sent_s: float = nan


class ClientQueue:
    """The queue of one client; not thread-safe, used only on the event loop.

    Kept messages (strides, verdicts, cues, events, stills) are sent in order and never dropped:
    if too many are queued, the client is disconnected instead. Renewed ones (health, state,
    session) and the live frame have one slot each, where a newer one replaces an unsent older one.
    Backpressure: a frame is sent only while fewer than ``MAX_UNACKED`` are unacknowledged.

    Parameters
    ----------
    on_credit
        Called when an acknowledgement makes room for a frame.
    max_waiting
        Maximum number of queued kept messages.
    times
        Records the latencies of frames.
    clock
        Monotonic seconds, the same clock as the frames' arrival.
    """

    def __init__(
        self,
        on_credit: Callable[[], None],
        max_waiting: int = MAX_WAITING,
        times: StageTimes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_credit = on_credit
        self._max_waiting = max_waiting
        self._times = times or StageTimes()
        self._clock = clock
        self._page_clock = PageClock()
        self._kept: deque[str | bytes] = deque()
        self._renewed: dict[str, str] = {}
        self._frame: tuple[_Sent, bytes] | None = None
        self._unacked: deque[_Sent] = deque()
        self._going: _Sent | None = None
        self._offered_seq = 0
        self._sent_seq = 0
        self._closed: ClientQueueClosedError | None = None
        self._ready = asyncio.Event()

    def __len__(self) -> int:
        return len(self._kept) + len(self._renewed) + (self._frame is not None)

    def wants_frame(self, seq: int) -> bool:
        """Return whether frame ``seq`` is new to this client and may be sent now."""
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

    def withdraw(self, *kinds: str) -> None:
        """Remove unsent messages of these kinds: what they say is over."""
        for kind in kinds:
            self._renewed.pop(kind, None)

    def offer(self, seq: int, packet: bytes, arrived_s: float = nan) -> None:
        """Put a frame in the frame slot, unless it holds a newer one."""
        if seq > self._offered_seq:
            self._offered_seq = seq
            going = _Sent(seq=seq, arrived_s=arrived_s, offered_s=self._clock())
            self._frame = (going, packet)
            self._ready.set()

    def hide_pictures(self) -> None:
        """Take the pictures out of everything that is still to be sent."""
        self._kept = deque(_bare(packet) for packet in self._kept)
        if self._frame is not None:
            self._frame = (self._frame[0], without_picture(self._frame[1]))

    def sent(self) -> None:
        """Record that the last packet taken has been sent."""
        going, self._going = self._going, None
        if going is not None:
            going.sent_s = self._clock()
            self._times.add("capture_to_send", 1000 * (going.sent_s - going.arrived_s))
            self._times.add("send", 1000 * (going.sent_s - going.offered_s))

    def ack(
        self, seq: int, received_ms: float | None = None, painted_ms: float | None = None
    ) -> None:
        """Acknowledge every frame up to ``seq`` as painted by the client.

        Parameters
        ----------
        seq
            Number of the newest painted frame.
        received_ms, painted_ms
            When the client received and painted it, by the client's clock.

        Raises
        ------
        WireError
            If no such frame was sent.
        """
        if not 0 < seq <= self._sent_seq:
            raise WireError(f"ack of frame {seq}, the last one sent is {self._sent_seq}")
        while self._unacked and self._unacked[0].seq <= seq:
            frame = self._unacked.popleft()
            if frame.seq == seq and received_ms is not None and painted_ms is not None:
                self._painted(frame, received_ms, painted_ms)
        self._ready.set()
        self._on_credit()

    def close(self, code: int, reason: str) -> None:
        """Close the queue: the next ``take`` raises with this code and reason."""
        self._closed = ClientQueueClosedError(code, reason)
        self._kept.clear()
        self._ready.set()

    async def take(self) -> str | bytes:
        """Wait for the next message to send: kept ones first, then renewed ones, then the frame.

        Raises
        ------
        ClientQueueClosedError
            If the queue was closed: it overflowed, or the station is stopping.
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
            self._going, packet = self._frame
            self._frame = None
            self._unacked.append(self._going)
            self._sent_seq = self._going.seq
            return packet
        return None

    def _painted(self, frame: _Sent, received_ms: float, painted_ms: float) -> None:
        painted_s = self._page_clock.painted_s(
            frame.sent_s, received_ms / 1000, painted_ms / 1000, self._clock()
        )
        self._times.add("capture_to_paint", 1000 * (painted_s - frame.arrived_s))


def _bare(packet: str | bytes) -> str | bytes:
    return without_picture(packet) if isinstance(packet, bytes) else packet
