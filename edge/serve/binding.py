"""Claims the address that the station will serve, before anything else is started or imported."""

import socket
from errno import EADDRINUSE
from typing import Final

from edge.serve.addresses import is_loopback
from edge.settings import ServeSettings

_BACKLOG: Final = 128


class ServeError(RuntimeError):
    """The server cannot be started; the text is one sentence for people."""


def bind(settings: ServeSettings) -> socket.socket:
    """Return a socket bound to the listen address, before anything else is started.

    Raises
    ------
    ServeError
        If the address is not a loopback one, or the port is in use or may not be had.
    """
    if not is_loopback(settings.listen):
        raise ServeError(
            f"cannot listen on {settings.listen}: only this machine (127.0.0.1) can be served "
            "until clients can be paired"
        )
    host = "127.0.0.1" if settings.listen == "localhost" else settings.listen
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, settings.port))
        # Bound is not yet taken: with SO_REUSEADDR only a listening socket keeps others out.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == EADDRINUSE:
            raise ServeError(
                f"port {settings.port} on {settings.listen} is already in use; "
                "choose another with --port"
            ) from error
        raise ServeError(
            f"cannot listen on {settings.listen} port {settings.port}: {error.strerror}"
        ) from error
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the address a browser opens."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
