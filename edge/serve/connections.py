"""Connections that say nothing, or come in masses, are ended; those that ask are served."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from edge.serve.access.addresses import is_loopback

# Far below the 1024 files that a process may usually have open.
MOST: Final = 512
MOST_OF_ONE_ADDRESS: Final = 96
SILENT_S: Final = 10.0


class GuardedProtocol(HttpToolsProtocol):
    """Uvicorn's HTTP, with an end to what never becomes a request.

    Uvicorn ends a connection that is idle after a request, but waits for the first one, or for the
    rest of its head, for ever. A connection of the station itself always finds a place.
    """

    silent_s = SILENT_S

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, if there is room."""
        super().connection_made(transport)
        if self._has_room():
            self._wait()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of what may be the head of a further request."""
        if self._waiting is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Serve a request whose head is there."""
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
