"""Notifications to the service manager: ready, alive, stopping, status.

The protocol is systemd's ``sd_notify``: datagrams to the socket that it names. Source:
sd_notify(3), systemd 252. Differs: none. Without a service manager nothing is sent.
"""

import logging
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

_log = logging.getLogger(__name__)


class ServiceManager:
    """Sender to ``NOTIFY_SOCKET``; a context manager. Failures to send are ignored.

    Parameters
    ----------
    environment
        Holds the socket's address; by default ``os.environ``.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        told = os.environ if environment is None else environment
        self._address = _address(told.get("NOTIFY_SOCKET", ""))
        self._socket: socket.socket | None = None
        self._status = ""

    def __enter__(self) -> Self:
        """Open the socket."""
        if self._address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            # A blocked service manager must not block the station.
            self._socket.setblocking(False)
        return self

    def __exit__(self, *_: object) -> None:
        """Report that the program is stopping, and close the socket."""
        self._send("STOPPING=1")
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def ready(self) -> None:
        """Report that the station is ready."""
        self._send("READY=1")

    def alive(self) -> None:
        """Reset the watchdog."""
        self._send("WATCHDOG=1")

    def status(self, words: str) -> None:
        """Set the line that ``systemctl status`` shows; sent only on change."""
        line = " ".join(words.split())
        if line != self._status:
            self._status = line
            self._send(f"STATUS={line}")

    def _send(self, text: str) -> None:
        if self._socket is None:
            return
        with suppress(OSError):
            self._socket.sendto(text.encode(), self._address)


def _address(named: str) -> str:
    r"""Return the socket's address for Python; a leading ``@`` means an abstract socket.

    Examples
    --------
    >>> _address("/run/systemd/notify"), _address("@notify"), _address("vsock:2:1234")
    ('/run/systemd/notify', '\x00notify', '')
    """
    if named.startswith("@"):
        return "\0" + named[1:]
    if named and not named.startswith("/"):
        _log.warning("the service manager cannot be told anything: %s is no socket here", named)
        return ""
    return named
