"""Supervision of the web server: rebinds and restarts it if the address is lost."""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from errno import EMFILE, ENFILE

from fastapi import FastAPI

from edge.i18n.notices import english_notice
from edge.messages.errors import ServeError
from edge.messages.notice import Notice
from edge.serve.binding import bind
from edge.serve.server import serve
from edge.settings.serve_settings import ServeSettings

_log = logging.getLogger(__name__)

PROBE_EVERY_S = 1.0
PROBE_WITHIN_S = 2.0
LOST_AFTER = 2
BACKOFF_S = (0.25, 0.5, 1.0, 2.0)


async def keep_page(
    app: Callable[[], FastAPI],
    settings: ServeSettings,
    *,
    started: Callable[[str], None],
    stop: asyncio.Event,
    listener: socket.socket,
    hindered: Callable[[Notice], None],
) -> None:
    """Serve until ``stop`` is set; rebind if the address no longer answers.

    Parameters
    ----------
    app
        Creates the application; called for every start of the server.
    settings
        Where to listen.
    started
        Called with the URL when the server first accepts connections.
    stop
        Ends the server.
    listener
        A socket from ``bind``.
    hindered
        Called with a notice when the page is unreachable, and with an empty one when it is back.
    """
    tell = started
    while True:
        await _serve_until_lost(app(), settings, tell, stop, listener)
        if stop.is_set():
            return
        notice = Notice("page_lost")
        _log.error("%s", english_notice(notice))
        hindered(notice)
        found = await _claim(settings, stop)
        if found is None:
            return
        listener = found

        def tell(_url: str) -> None:
            _log.warning("the page is back")
            hindered(Notice())


async def _serve_until_lost(
    app: FastAPI,
    settings: ServeSettings,
    started: Callable[[str], None],
    stop: asyncio.Event,
    listener: socket.socket,
) -> None:
    over = asyncio.Event()
    address = listener.getsockname()[:2]

    async def watch() -> None:
        misses = 0
        while misses < LOST_AFTER:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PROBE_EVERY_S)
                break
            misses = 0 if await _answers(*address) else misses + 1
        over.set()

    watching = asyncio.create_task(watch())

    def tell(url: str) -> None:
        started(url)

    try:
        await serve(app, settings, started=tell, stop=over, listener=listener)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def _answers(host: str, port: int) -> bool:
    """Return whether the address accepts a connection."""
    # A server that listens on all addresses is reached through loopback.
    host = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}.get(host, host)
    try:
        async with asyncio.timeout(PROBE_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        # Without a free descriptor nothing can be said of the address.
        return getattr(error, "errno", None) in (EMFILE, ENFILE)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


async def _claim(settings: ServeSettings, stop: asyncio.Event) -> socket.socket | None:
    """Retry binding until it succeeds; None if ``stop`` is set first."""
    attempt = 0
    while not stop.is_set():
        try:
            return bind(settings)
        except ServeError as error:
            _log.debug("%s", error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)])
        attempt += 1
    return None
