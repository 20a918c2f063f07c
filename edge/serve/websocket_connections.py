"""The WebSocket protocol of one connection, with limits on frames and on a dead peer."""

import logging
import time
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from edge.serve.access.rate_limits import Bucket

POLICY: Final = 1008
# A browser answers a ping now and then; a message arrives in one frame.
_CONTROL_HZ, _CONTROL_BURST = 5.0, 50.0
# A frame takes the parser some 20 us: a slice of the smallest frames stops the loop for 4 ms.
_SLICE: Final = 1024
# What is parsed after the close frame was sent, to find the peer's own.
_MOST_LATE_SLICES: Final = 64
# The peer's time to receive the last words; a dead one would hold the connection for minutes.
_LINGER_S: Final = 3.0
_DROP_S: Final = 0.2

_log = logging.getLogger(__name__)


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket protocol, which parses no faster than the application takes messages.

    Uvicorn parses all that arrived at once, answers pings without end, and never gives up a
    connection whose peer no longer receives.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.close_timeout = _LINGER_S
        self._unread = bytearray()
        self._late_slices = 0
        # Pings, pongs and the parts of a message: none of them reaches the application's limits.
        self._control = Bucket(_CONTROL_HZ, _CONTROL_BURST, time.monotonic)

    def data_received(self, data: bytes) -> None:
        """Parse what was received in pieces, while the application takes the messages."""
        self._unread += data
        self._parse()

    async def receive(self) -> Any:
        """Return the next message, and go on parsing if it was the last one."""
        message = await super().receive()
        self._parse()
        return message

    async def send(self, message: Any) -> None:
        """Send a message; a handshake that was answered with a status is over."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            # Else uvicorn logs an error for each one that was refused.
            self.handshake_complete = True

    def handle_ping(self) -> None:
        """Answer a ping, unless there are too many."""
        if self._in_time():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Note a pong, unless there are too many."""
        if self._in_time():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """Note a part of a message, unless there are too many."""
        if self._in_time():
            super().handle_cont(event)

    async def run_asgi(self) -> None:
        """Run the application, and end the connection soon after it."""
        try:
            await super().run_asgi()
        finally:
            self._linger()

    def keepalive_timeout(self) -> None:
        """Close the connection of a peer that answers no ping."""
        super().keepalive_timeout()
        self._linger()

    def _parse(self) -> None:
        while self._unread and not self.read_paused and not self.transport.is_closing():
            if self.close_sent and not self._may_be_late():
                return
            piece = bytes(self._unread[:_SLICE])
            del self._unread[:_SLICE]
            super().data_received(piece)

    def _may_be_late(self) -> bool:
        """Return whether to parse on; else drop everything, and end the connection soon."""
        self._late_slices += 1
        if self._late_slices <= _MOST_LATE_SLICES:
            return True
        self._unread.clear()
        if self._late_slices == _MOST_LATE_SLICES + 1:
            self.loop.call_later(_DROP_S, self.transport.close)
        return False

    def _in_time(self) -> bool:
        if self.transport.is_closing():
            return False
        if self._control.take():
            return True
        _log.info("closing a client: too many control frames")
        self.conn.fail(POLICY, "too many control frames")
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
        self._linger()
        return False

    def _linger(self) -> None:
        self.loop.call_later(_LINGER_S, self._abort)

    def _abort(self) -> None:
        # Set by ``connection_lost``.
        if not self.disconnected:
            self.transport.abort()
