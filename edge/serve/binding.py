"""Binding of the listen address, before anything else is started or imported."""

import socket
import ssl
from errno import EADDRINUSE
from ipaddress import ip_address
from typing import Final

from edge.messages.errors import ServeError
from edge.serve.access.addresses import plain
from edge.serve.access.proxies import Proxies
from edge.settings.serve_settings import ServeSettings

_BACKLOG: Final = 128


def bind(settings: ServeSettings) -> socket.socket:
    """Return a socket bound to the listen address, before anything else is started.

    Raises
    ------
    ServeError
        If the address or a trusted proxy is invalid, the port is in use or not permitted, or the
        certificate and its key cannot be used.
    """
    if not (settings.listen == "localhost" or _is_address(settings.listen)):
        raise ServeError(f"cannot listen on {settings.listen!r}: that is no address, as 0.0.0.0 is")
    check_certificate(settings)
    # Says at once what is wrong with them.
    Proxies(settings.trusted_proxies)
    host = "127.0.0.1" if settings.listen == "localhost" else settings.listen
    try:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ServeError(f"cannot listen on {settings.listen}: {error.strerror}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if ":" in host:
            # All addresses means IPv4, too, whatever the system's default is.
            only = int(not ip_address(host).is_unspecified)
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
        # Resolves the zone of a link-local address, as in fe80::1%eth0.
        numeric = socket.AI_NUMERICHOST
        listener.bind(socket.getaddrinfo(host, settings.port, flags=numeric)[0][4])
        # With SO_REUSEADDR, binding alone does not claim the port: only a listening socket does.
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


def url_of(listener: socket.socket, *, secure: bool = False) -> str:
    """Return the URL at which a browser on this machine opens the station."""
    host, port = listener.getsockname()[:2]
    # Listening on :: includes IPv4.
    shown = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}.get(host, host)
    return base_url(shown, port, secure=secure)


def base_url(host: str, port: int, *, secure: bool) -> str:
    """Return the base URL of the station's pages."""
    # Browsers take no zone.
    host = plain(host)
    shown = f"[{host}]" if ":" in host else host
    return f"http{'s' if secure else ''}://{shown}:{port}/"


def check_certificate(settings: ServeSettings) -> None:
    """Check the certificate at start-up rather than at the first connection.

    Raises
    ------
    ServeError
        If it cannot be used.
    """
    if not (settings.certificate or settings.key):
        return
    if not (settings.certificate and settings.key):
        raise ServeError("a certificate needs its key, and a key its certificate")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.certificate, settings.key)
    except OSError as error:
        raise ServeError(
            f"cannot use the certificate {settings.certificate} with the key {settings.key}: "
            f"{error.strerror or error}"
        ) from error


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
