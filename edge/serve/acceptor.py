"""Acceptance of connections: how many there may be, of whom, and which give way when it is full."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from errno import EBADF, EINVAL, ENOTSOCK
from typing import Final

from edge.serve.access.addresses import client_key, is_loopback
from edge.serve.access.rate_limits import Buckets
from edge.serve.connections import GuardedProtocol

# A listener that was closed or shut down; whatever else goes wrong passes.
_GONE: Final = frozenset({EBADF, EINVAL, ENOTSOCK})
_PAUSE_S: Final = 0.25
# A browser opens six connections for a page, and keeps them.
_NEW_HZ, _NEW_BURST = 10.0, 100.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """The most connections at a time; ``handshake_s`` limits the TLS handshake.

    The two classes, of this machine and of others, do not take each other's places.
    """

    local: int = 256
    remote: int = 384
    of_one_address: int = 96
    handshake_s: float = 5.0

    def within(self, files: int) -> "ConnectionLimits":
        """Return limits that leave half of the process's open files to everything else."""
        share = min(1.0, files / 2 / (self.local + self.remote))
        return ConnectionLimits(
            local=max(1, int(self.local * share)),
            remote=max(1, int(self.remote * share)),
            of_one_address=max(1, int(self.of_one_address * share)),
            handshake_s=self.handshake_s,
        )


@dataclass(slots=True, eq=False)
class _Link:
    """An accepted connection and its protocol, which is None while it is being set up."""

    sock: socket.socket
    network: str
    local: bool
    protocol: GuardedProtocol | None = None

    @property
    def open(self) -> bool:
        return self.sock.fileno() >= 0

    @property
    def idle(self) -> bool:
        """Whether nothing has been asked on it, or all was answered."""
        return self.protocol is None or self.protocol.idle

    def end(self) -> None:
        if self.protocol is not None and self.protocol.transport is not None:
            self.protocol.transport.abort()
        else:
            # During a TLS handshake, whose task sees the end; the peer may have ended it before.
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class Acceptor:
    """Accepts connections on a listening socket; has the two methods uvicorn needs of a server.

    When the places of a class or of an address are taken, the oldest idle connection gives way: a
    flood of silent sockets keeps nobody out. If all are busy, the new one is refused.

    Parameters
    ----------
    listener
        A listening, non-blocking socket.
    new_protocol
        Makes the protocol of a connection.
    limits
        How many there may be.
    tls
        The context of TLS, if any.
    """

    def __init__(
        self,
        listener: socket.socket,
        new_protocol: Callable[[], GuardedProtocol],
        limits: ConnectionLimits,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._listener = listener
        self._new_protocol = new_protocol
        self._limits = limits
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._new = Buckets(_NEW_HZ, _NEW_BURST, self._loop.time)
        self._links: list[_Link] = []
        self._set_up: set[asyncio.Task[None]] = set()
        self._task = self._loop.create_task(self._run())

    def close(self) -> None:
        """Accept no more connections."""
        self._task.cancel()
        for task in self._set_up:
            task.cancel()

    async def wait_closed(self) -> None:
        """Wait until nothing is accepted any more."""
        await asyncio.wait({self._task, *self._set_up})

    async def _run(self) -> None:
        failed = False
        while True:
            try:
                sock, peer = await self._loop.sock_accept(self._listener)
            except OSError as error:
                if error.errno in _GONE:
                    _log.error("no connections are accepted any more: %s", error)
                    return
                if not failed:
                    _log.error("a connection cannot be accepted: %s", error)
                failed = True
                await asyncio.sleep(_PAUSE_S)
                continue
            failed = False
            self._take(sock, peer[0])

    def _take(self, sock: socket.socket, address: str) -> None:
        link = _Link(sock, client_key(address), is_loopback(address))
        if not self._has_room(link):
            sock.close()
            return
        self._links.append(link)
        task = self._loop.create_task(self._connect(link))
        self._set_up.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._set_up.discard(task)
            if task.cancelled():
                sock.close()

        task.add_done_callback(done)

    def _has_room(self, link: _Link) -> bool:
        if not (link.local or self._new.take(link.network)):
            return False
        self._links = [one for one in self._links if one.open]
        mine = [one for one in self._links if one.local == link.local]
        if not link.local:
            same = [one for one in mine if one.network == link.network]
            if len(same) >= self._limits.of_one_address and not _give_way(same):
                return False
            # One of them may have gone.
            mine = [one for one in mine if one.open]
        most = self._limits.local if link.local else self._limits.remote
        return len(mine) < most or _give_way(mine)

    async def _connect(self, link: _Link) -> None:
        def made() -> GuardedProtocol:
            link.protocol = self._new_protocol()
            return link.protocol

        handshake_s = None if self._tls is None else self._limits.handshake_s
        try:
            await self._loop.connect_accepted_socket(
                made, link.sock, ssl=self._tls, ssl_handshake_timeout=handshake_s
            )
        except OSError as error:
            _log.debug("a connection failed before a request: %s", error)
            link.sock.close()


def _give_way(links: list[_Link]) -> bool:
    """End the oldest idle connection; return whether there was one."""
    for link in links:
        if link.idle:
            link.end()
            return True
    return False
