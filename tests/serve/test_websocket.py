import asyncio
from typing import Any

import pytest
from feed import new_hub
from starlette.websockets import WebSocket

from edge.messages.verdict import Cue
from edge.serve.access.principal import STATION
from edge.serve.control.command_router import CommandRouter
from edge.serve.live.client_registry import ClientRegistry
from edge.serve.live.hub import Hub
from edge.serve.live.websocket import Host, serve_client


class FakeConnection:
    """The server's end of a connection; its peer may stop reading, or go."""

    def __init__(self, reads: bool = True) -> None:
        self.sent: list[Any] = []
        self.incoming: asyncio.Queue[Any] = asyncio.Queue()
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.reading = asyncio.Event()
        if reads:
            self.reading.set()
        self.gone = False

    @property
    def websocket(self) -> WebSocket:
        return WebSocket({"type": "websocket"}, self.incoming.get, self._send)

    async def _send(self, message: Any) -> None:
        if message["type"] != "websocket.accept":
            await self.reading.wait()
        if self.gone:
            raise OSError("gone")
        self.sent.append(message)

    def closed(self) -> Any:
        return [m for m in self.sent if m["type"] == "websocket.close"]


def host(hub: Hub) -> Host:
    registry = ClientRegistry(64)
    return Host(hub=hub, router=CommandRouter(hub, registry), registry=registry, send_limit_s=0.05)


def serve(connection: FakeConnection, hub: Hub) -> None:
    asyncio.run(asyncio.wait_for(serve_client(connection.websocket, host(hub), STATION), 20))


def test_a_peer_that_never_reads_is_left_after_the_limit() -> None:
    hub = new_hub()
    connection = FakeConnection(reads=False)
    serve(connection, hub)
    assert hub.clients == 0
    assert [m["type"] for m in connection.sent] == ["websocket.accept"]


def test_a_peer_that_went_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    hub = new_hub()
    connection = FakeConnection()
    connection.gone = True
    connection._send = _accept_only(connection)  # type: ignore[method-assign]
    serve(connection, hub)
    assert hub.clients == 0
    assert not [r for r in caplog.records if r.exc_info]


def _accept_only(connection: FakeConnection) -> Any:
    async def send(message: Any) -> None:
        if message["type"] != "websocket.accept":
            raise OSError("gone")
        connection.sent.append(message)

    return send


def test_an_orderly_goodbye_ends_quietly() -> None:
    hub = new_hub()
    connection = FakeConnection()
    connection.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
    serve(connection, hub)
    assert hub.clients == 0
    assert connection.closed() == []


def test_a_peer_whose_words_overflow_is_closed_with_1013() -> None:
    hub = new_hub(max_waiting=3)
    connection = FakeConnection()
    for number in range(5):
        hub.publish(Cue(kind="x", wording=str(number), issued_at_s=float(number)))

    async def main() -> None:
        running = asyncio.create_task(hub.run())
        client = asyncio.create_task(serve_client(connection.websocket, host(hub), STATION))
        while not hub.clients:
            await asyncio.sleep(0)
        for number in range(5):
            hub.publish(Cue(kind="x", wording=str(number), issued_at_s=float(number)))
        await asyncio.wait_for(client, 20)
        running.cancel()

    asyncio.run(main())
    assert [m["code"] for m in connection.closed()] == [1013]
