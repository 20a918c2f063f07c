"""Limits on connections: per address, in total, and on idle time before a request."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from edge.serve.access.addresses import is_loopback

# Far below the usual limit of 1024 open files per process.
MOST: Final = 512
MOST_OF_ONE_ADDRESS: Final = 96
SILENT_S: Final = 10.0


class GuardedProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP protocol with a timeout for request headers.

    Uvicorn closes a connection that is idle after a request, but waits forever for the first
    request or for the rest of its headers. Local connections are always accepted.
    """

    silent_s = SILENT_S

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection if there is room."""
        super().connection_made(transport)
        if self._has_room():
            self._wait()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeout."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Start the timeout if this may be the start of another request's headers."""
        if self._waiting is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Cancel the timeout: the headers are complete."""
        self._wait_no_more()
        super().on_headers_complete()

    def _has_room(self) -> bool:
        mine = self.client[0] if self.client else ""
        if is_loopback(mine):
            return True
        others = [getattr(c, "client", None) for c in self.connections]
        same = sum(client is not None and client[0] == mine for client in others)
        return len(others) <= MOST and same <= MOST_OF_ONE_ADDRESS

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.silent_s, self._give_up)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()
