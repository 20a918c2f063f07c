"""Floods of connections and of bytes, on real sockets: the station goes on, and serves others."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from errno import EMFILE
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import uvicorn
from feed import Station, new_hub
from paired_browser import NAME, Browser, paired
from uvicorn.server import ServerState
from websockets.exceptions import ConnectionClosed

from edge.messages.verdict import Cue
from edge.serve.acceptor import Acceptor, ConnectionLimits
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.connections import MOST_HEAD_BYTES, MOST_REQUEST_BYTES, GuardedProtocol
from edge.serve.event_loop import loop_factory
from edge.serve.websocket_connections import GuardedWebSocket

# More than the kernel takes in on both sides of a loopback connection.
ENDLESS_BYTES = 64 * 1024 * 1024
FEW = ConnectionLimits(local=20, remote=20, of_one_address=5)


@pytest.fixture
def rights(tmp_path: Path) -> Rights:
    return Rights(tmp_path)


@pytest.fixture
def station(rights: Rights) -> Iterator[Station]:
    with Station(new_hub(name=NAME), rights=rights, name=NAME, limits=FEW) as running:
        yield running


def taken(station: Station, head: bytes, endless: bytes) -> int:
    """Send a head and then the same bytes again and again; return how many were taken."""
    sent = 0
    with socket.create_connection(("127.0.0.1", station.port), 20) as client:
        client.sendall(head)
        with suppress(ConnectionError):
            while sent < ENDLESS_BYTES:
                sent += client.send(endless)
    return sent


LINE = b"GET / HTTP/1.1\r\nHost: station.clinic\r\n"
POST = b"POST /api/pair HTTP/1.1\r\nHost: station.clinic\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "endless"),
    [
        (LINE + b"X: ", b"a" * 65536),
        (b"GET /", b"a" * 65536),
        (LINE, b"x: y\r\n" * 10_000),
        (b"", b"\r\n" * 32_768),
        (POST + b"1;", b"e" * 65536),
        (POST + b"1\r\nx\r\n0\r\n", b"t: u\r\n" * 10_000),
        (POST + b"1\r\nx\r\n0\r\nT: ", b"u" * 65536),
    ],
    ids=["header", "target", "headers", "blank", "extension", "trailers", "trailer"],
)
def test_a_request_without_an_end_is_cut_off(station: Station, head: bytes, endless: bytes) -> None:
    assert taken(station, head, endless) < ENDLESS_BYTES
    assert Browser(station, "127.0.0.1").ask("GET", "/healthz")[0] == 200


class Wire(asyncio.Transport):
    """A transport that only remembers whether it was aborted."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


def test_no_more_than_the_limit_of_a_head_reaches_the_parser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: list[int] = []

    class Parser:
        def feed_data(self, data: bytes) -> None:
            parsed.append(len(data))

    async def main() -> None:
        protocol = new_protocol()
        wire = Wire()
        protocol.connection_made(wire)
        protocol.parser = Parser()  # type: ignore[assignment]
        # A stream of one byte at a time would do as well.
        for _ in range(100):
            if not wire.aborted:
                protocol.data_received(b"x" * 50_000)
        assert wire.aborted
        protocol._wait_no_more()

    asyncio.run(main())
    assert sum(parsed) <= MOST_HEAD_BYTES < MOST_REQUEST_BYTES


def new_protocol() -> GuardedProtocol:
    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    config = uvicorn.Config(app, http=GuardedProtocol, log_config=None)
    config.load()
    return GuardedProtocol(config=config, server_state=ServerState(), app_state={})


def test_a_request_of_ordinary_size_is_served(station: Station, rights: Rights) -> None:
    viewer = paired(station, rights, Role.VIEWER)
    assert viewer.ask("GET", "/api/me", X_Long="a" * 30_000)[0] == 200
    many = {f"X_{number}": "y" for number in range(80)}
    assert viewer.ask("GET", "/api/me", **many)[0] == 200


def test_silent_sockets_on_the_station_itself_keep_nobody_out(station: Station) -> None:
    local = Browser(station, "127.0.0.1")
    with ExitStack() as stack:
        for number in range(60):
            client = socket.create_connection(("127.0.0.1", station.port), 20)
            stack.enter_context(client)
            if number % 2:
                client.sendall(b"GET / HTTP/1.1\r\n")
            if number % 20 == 0:
                assert local.ask("GET", "/healthz")[0] == 200
        assert local.ask("GET", "/healthz")[0] == 200
        with local.live() as page:
            page.recv(timeout=20)


def test_a_live_link_is_not_given_up_for_a_silent_socket(station: Station) -> None:
    with Browser(station, "127.0.0.1").live() as page, ExitStack() as stack:
        page.recv(timeout=20)
        for _ in range(40):
            stack.enter_context(socket.create_connection(("127.0.0.1", station.port), 20))
        assert Browser(station, "127.0.0.1").ask("GET", "/healthz")[0] == 200
        station.hub.publish(Cue(kind="sit_back", wording="Sit back", issued_at_s=1.0))
        with suppress(TimeoutError):
            while "cue" not in str(page.recv(timeout=20)):
                pass


@pytest.mark.parametrize("factory", [asyncio.new_event_loop, loop_factory()])
@pytest.mark.parametrize(
    ("address", "most"),
    [("192.168.1.9", 5), ("2001:db8::7", 5), ("127.0.0.1", 20), ("::ffff:127.0.0.1", 20)],
)
def test_each_address_has_its_share(address: str, most: int, factory: Any) -> None:
    async def main() -> int:
        acceptor, kept = await filled(address, 60)
        there = sum(link.open for link in acceptor._links)
        await emptied(acceptor, kept)
        return there

    with asyncio.Runner(loop_factory=factory) as runner:
        assert runner.run(main()) == most


async def filled(address: str, count: int) -> tuple[Acceptor, list[socket.socket]]:
    """Offer an acceptor some connections, as if they came from one address."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    acceptor = Acceptor(listener, new_protocol, FEW)
    kept = [listener]
    for _ in range(count):
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        kept.append(theirs)
        acceptor._take(ours, address)
        # As many turns as setting up or ending a connection takes.
        for _ in range(4):
            await asyncio.sleep(0)
    return acceptor, kept


async def emptied(acceptor: Acceptor, kept: list[socket.socket]) -> None:
    """End an acceptor and all its connections."""
    acceptor.close()
    await acceptor.wait_closed()
    for one in kept:
        one.close()
    async with asyncio.timeout(20):
        while any(link.open for link in acceptor._links):
            for link in acceptor._links:
                link.end()
            await asyncio.sleep(0)


def test_an_address_connects_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.serve.acceptor._NEW_BURST", 3.0)
    monkeypatch.setattr("edge.serve.acceptor._NEW_HZ", 1e-9)

    async def main() -> list[int]:
        counts = []
        for address in ("10.0.0.9", "127.0.0.1"):
            acceptor, kept = await filled(address, 5)
            counts.append(sum(link.open for link in acceptor._links))
            await emptied(acceptor, kept)
        return counts

    assert asyncio.run(main()) == [3, 5]


def test_without_free_descriptors_it_waits_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("edge.serve.acceptor._PAUSE_S", 0.001)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        accept, failures = loop.sock_accept, 3

        async def scarce(listener: socket.socket) -> Any:
            nonlocal failures
            if failures:
                failures -= 1
                raise OSError(EMFILE, os.strerror(EMFILE))
            return await accept(listener)

        monkeypatch.setattr(loop, "sock_accept", scarce)
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        acceptor = Acceptor(listener, new_protocol, FEW)
        _, writer = await asyncio.open_connection(*listener.getsockname())
        async with asyncio.timeout(20):
            while not acceptor._links:
                await asyncio.sleep(0)
        await emptied(acceptor, [listener])
        writer.close()

    asyncio.run(main())
    assert [r.getMessage() for r in caplog.records if "cannot be accepted" in r.message] != []
    assert len([r for r in caplog.records if "cannot be accepted" in r.message]) == 1


def test_half_of_the_open_files_are_left_to_the_station() -> None:
    for files in (256, 1024, 4096):
        limits = ConnectionLimits().within(files)
        assert limits.local + limits.remote <= files / 2
        assert limits.of_one_address < limits.remote
    assert ConnectionLimits().within(4096) == ConnectionLimits()


# Frames that the application never sees.


@pytest.mark.parametrize("opcode", [0x9, 0xA, 0x0])
def test_a_flood_of_control_frames_ends_the_link_and_harms_no_other(
    station: Station, rights: Rights, opcode: int
) -> None:
    with paired(station, rights, Role.VIEWER).live() as viewer:
        viewer.recv(timeout=20)
        with Browser(station, "127.0.0.1").live() as page:
            page.recv(timeout=20)
            # Masked with zeros, and without content; a part of a message needs its beginning.
            frame = bytes([0x80 | opcode, 0x80, 0, 0, 0, 0])
            first = b"" if opcode else bytes([0x01, 0x80, 0, 0, 0, 0])
            part = frame if opcode else bytes([0x00, 0x80, 0, 0, 0, 0])
            with suppress(ConnectionError):
                viewer.socket.sendall(first + part * 100_000)
            with suppress(ConnectionClosed):
                while True:
                    viewer.recv(timeout=20)
            assert viewer.close_code in (1006, 1008)
            station.hub.publish(Cue(kind="sit_back", wording="Sit back", issued_at_s=1.0))
            while "cue" not in str(page.recv(timeout=20)):
                pass


def test_only_a_few_frames_are_parsed_before_others_have_their_turn() -> None:
    sizes: list[int] = []

    class Parsed(GuardedWebSocket):
        read_paused = False

        def __init__(self) -> None:
            self._unread = bytearray()
            self.close_sent = False
            self.transport = Wire()

    def note(self: Any, data: bytes) -> None:
        sizes.append(len(data))
        self.read_paused = True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GuardedWebSocket.__bases__[0], "data_received", note)
        protocol = Parsed()
        protocol.data_received(b"x" * 200_000)
        # Nothing more until the application has taken the messages.
        assert len(sizes) == 1
        assert sizes[0] <= 2048


def test_handshakes_are_limited(
    station: Station, rights: Rights, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = Browser(station)
    statuses = [handshake(stranger) for _ in range(40)]
    assert statuses[:30] == [403] * 30
    # Five a second are let through; a refusal takes as long as one of these.
    asked_s = monotonic()
    statuses = [handshake(stranger) for _ in range(10)]
    assert 429 in statuses
    assert monotonic() - asked_s > 0.15 * statuses.count(429)
    # Whoever is paired has a limit of their own, from the same address.
    code = rights.pairings.new_code(Role.VIEWER, "test").text
    token = rights.pairings.redeem(code, "tablet", "10.0.0.9")
    assert token is not None
    viewer = Browser(station)
    viewer.cookie = f"toeline={token[0]}"
    assert handshake(viewer) == 101
    assert 429 in [handshake(viewer) for _ in range(60)]
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []


def handshake(browser: Browser) -> int:
    """Return the status of an attempt to open the live link."""
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Key": key}
    return browser.ask("GET", "/ws/live", Sec_WebSocket_Version="13", **headers)[0]
