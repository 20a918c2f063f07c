"""The HTTP protocol of one connection, with limits on what precedes and surrounds a request."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SILENT_S: Final = 10.0
# Browsers send a few kB. The parser joins what arrives, in quadratic time.
MOST_HEAD_BYTES: Final = 64 * 1024
MOST_HEADERS: Final = 100
# Head, body, and what surrounds a body in chunks; a body is limited further by ``body_limit``.
MOST_REQUEST_BYTES: Final = 2 * MOST_HEAD_BYTES
# What is parsed before the limits are looked at again.
_SLICE: Final = 8 * 1024


class GuardedProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol with limits on the time and the size of a request's head.

    Uvicorn closes a connection that is idle after a request, but waits forever for the first
    request or for the rest of its headers, and takes headers of any size.
    """

    silent_s = SILENT_S
    most_head_bytes = MOST_HEAD_BYTES
    most_request_bytes = MOST_REQUEST_BYTES

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: asyncio.TimerHandle | None = None
        self._in_head = True
        self._received = 0
        self._upgraded = False

    @property
    def idle(self) -> bool:
        """Whether nothing has been asked yet, or all was answered."""
        answered = self.cycle is None or self.cycle.response_complete
        return answered and not self._upgraded

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeout."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what was received in pieces, up to the limits."""
        # This may be the start of another request's headers.
        if self._waiting is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()
        for start in range(0, len(data), _SLICE):
            piece = data[start : start + _SLICE]
            self._received += len(piece)
            most = self.most_head_bytes if self._in_head else self.most_request_bytes
            if self._received > most:
                self.transport.abort()
                return
            super().data_received(piece)
            if self._upgraded or self.transport.is_closing():
                return

    def on_message_begin(self) -> None:
        """Count the bytes of a new request."""
        self._in_head = True
        self._received = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count the headers, and the trailers of a body, which are kept with them.

        Raises
        ------
        ValueError
            If there are too many; the parser turns it into an answer 400.
        """
        if len(self.headers) >= MOST_HEADERS:
            raise ValueError(f"more than {MOST_HEADERS} headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Cancel the timeout: the headers are complete."""
        self._in_head = False
        self._wait_no_more()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over to the WebSocket protocol."""
        self._upgraded = True
        super().handle_websocket_upgrade()

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.silent_s, self._give_up)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()
