"""The web server inside the station's event loop."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from edge.serve.acceptor import Acceptor, ConnectionLimits
from edge.serve.binding import bind, url_of
from edge.serve.connections import GuardedProtocol
from edge.serve.file_limit import raised_file_limit
from edge.serve.websocket_connections import GuardedWebSocket
from edge.serve.wire.protocol import MAX_CLIENT_BYTES
from edge.settings.serve_settings import ServeSettings

GRACE_S: Final = 2
_MOST_UNREAD: Final = 8


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers, and with an event for when it listens."""

    def __init__(self, config: uvicorn.Config, limits: ConnectionLimits) -> None:
        super().__init__(config)
        self._limits = limits
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signal handling to the program."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, accept connections within the limits, and set ``listening``."""
        # Without sockets of its own, uvicorn starts only the application.
        await super().startup([])
        for listener in sockets or ():
            # Its type asks for an asyncio server, of which uvicorn uses what an acceptor has.
            self.servers.append(self._acceptor(listener))  # type: ignore[arg-type]
        self.listening.set()

    def _acceptor(self, listener: socket.socket) -> Acceptor:
        def new_protocol() -> GuardedProtocol:
            return GuardedProtocol(
                config=self.config,
                server_state=self.server_state,
                app_state=self.lifespan.state,
            )

        return Acceptor(listener, new_protocol, self._limits, self.config.ssl)


async def serve(
    app: FastAPI,
    settings: ServeSettings,
    *,
    started: Callable[[str], None],
    stop: asyncio.Event,
    listener: socket.socket | None = None,
    limits: ConnectionLimits | None = None,
) -> None:
    """Serve the application on the running loop until ``stop`` is set; installs no signal handlers.

    Parameters
    ----------
    app
        From ``create_app``.
    settings
        Where to listen.
    started
        Called once with the station's URL when the server accepts connections.
    stop
        Ends the server; open connections are closed with code 1012.
    listener
        A socket from ``bind``, if the program bound it earlier; closed at the end.
    limits
        The most connections; by default what the limit of open files allows.

    Raises
    ------
    ServeError
        If the address cannot be used.
    RuntimeError
        If the hub ends unexpectedly without an error; otherwise its error is raised.
    """
    listener = bind(settings) if listener is None else listener
    url = url_of(listener, secure=bool(settings.certificate))
    limits = ConnectionLimits().within(raised_file_limit()) if limits is None else limits
    server = _Server(_config(app, settings), limits)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await _first(serving, server.listening.wait())
        if not serving.done():
            started(url)
            await _first(serving, stop.wait(), app.state.hub_task)
    finally:
        # First the clients, then the server: it must not send while it closes.
        ended = await _end_hub(app)
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving
        listener.close()
    if ended:
        app.state.hub_task.result()
        raise RuntimeError("the hub ended by itself")


async def _end_hub(app: FastAPI) -> bool:
    """Stop the hub if it is running; return whether it had already ended."""
    task: asyncio.Task[None] | None = getattr(app.state, "hub_task", None)
    if task is None or task.done():
        return task is not None
    task.cancel()
    await asyncio.wait({task})
    return False


def _config(app: FastAPI, settings: ServeSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=GuardedProtocol,
        ws=GuardedWebSocket,
        ws_max_size=MAX_CLIENT_BYTES,
        # Memory for unread messages is at most this count times the size above.
        ws_max_queue=_MOST_UNREAD,
        # JPEG does not compress further; trying costs milliseconds per picture.
        ws_per_message_deflate=False,
        server_header=False,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=settings.certificate or None,
        ssl_keyfile=settings.key or None,
    )


async def _first(*waits: Any) -> None:
    """Wait for the first of several awaitables; cancel those that were wrapped here."""
    given = [w for w in waits if isinstance(w, asyncio.Task)]
    made = [asyncio.ensure_future(w) for w in waits if not isinstance(w, asyncio.Task)]
    try:
        await asyncio.wait([*given, *made], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in made:
            task.cancel()
