import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from feed import new_hub
from starlette.websockets import WebSocket

from edge.messages.verdict import Cue
from edge.serve.access.principal import STATION
from edge.serve.control.command_router import CommandRouter
from edge.serve.live.client_registry import ClientRegistry
from edge.serve.live.heartbeat import MOST_UNANSWERED
from edge.serve.live.hub import Hub
from edge.serve.live.websocket import Host, serve_client
from edge.serve.wire.commands import Command, Done, SetMark


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


class Obedient:
    """A station that carries everything out at once, and remembers it."""

    def __init__(self) -> None:
        self.done: list[Command] = []

    def take(self, command: Command) -> "Future[Done]":
        self.done.append(command)
        future: Future[Done] = Future()
        future.set_result(Done())
        return future


def host(hub: Hub, steering: Obedient | None = None) -> Host:
    registry = ClientRegistry(64)
    router = CommandRouter(hub, registry, steering)
    return Host(hub=hub, router=router, registry=registry, send_limit_s=0.05)


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


# A link whose packets no longer arrive, though it is open.

Tell = Callable[[dict[str, Any]], None]
Story = Callable[[FakeConnection, Tell], Any]


def texts(connection: FakeConnection, kind: str) -> list[dict[str, Any]]:
    said = [json.loads(m["text"]) for m in connection.sent if "text" in m]
    return [message for message in said if message["type"] == kind]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0)


def play(story: Story, monkeypatch: pytest.MonkeyPatch) -> tuple[FakeConnection, Obedient]:
    """Serve a client that does as the story says, with a heartbeat every few milliseconds."""
    monkeypatch.setattr("edge.serve.live.websocket.EVERY_S", 0.002)
    connection, station = FakeConnection(), Obedient()

    def tell(message: dict[str, Any]) -> None:
        text = json.dumps(message)
        connection.incoming.put_nowait({"type": "websocket.receive", "text": text})

    async def main() -> None:
        served = serve_client(connection.websocket, host(new_hub(), station), STATION)
        serving = asyncio.create_task(served)
        await story(connection, tell)
        connection.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(serving, 20)

    asyncio.run(main())
    return connection, station


async def beats(connection: FakeConnection, count: int) -> int:
    """Wait until this many heartbeats were sent, and return the number of the last."""
    await until(lambda: len(texts(connection, "heartbeat")) >= count)
    return int(texts(connection, "heartbeat")[-1]["number"])


def test_a_client_that_stops_replying_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(connection: FakeConnection, tell: Tell) -> None:
        tell({"type": "heartbeat", "number": 0})
        tell({"type": "heartbeat", "number": await beats(connection, 1)})
        await until(lambda: bool(connection.closed()))

    connection, _ = play(story, monkeypatch)
    assert [m["code"] for m in connection.closed()] == [4408]
    assert len(texts(connection, "heartbeat")) <= MOST_UNANSWERED + 2


def test_a_client_that_replies_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    async def replies(connection: FakeConnection, tell: Tell) -> None:
        tell({"type": "heartbeat", "number": 0})
        for count in range(1, 4 * MOST_UNANSWERED):
            tell({"type": "heartbeat", "number": await beats(connection, count)})

    connection, _ = play(replies, monkeypatch)
    assert connection.closed() == []


def test_a_client_that_asks_for_no_heartbeats_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(connection: FakeConnection, tell: Tell) -> None:
        for number in range(30):
            tell({"type": "set_mark", "id": number, "kind": "pain_now"})
        await until(lambda: len(texts(connection, "answer")) == 30)

    connection, _ = play(story, monkeypatch)
    assert connection.closed() == texts(connection, "heartbeat") == []


def test_a_command_that_was_held_up_on_its_way_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(connection: FakeConnection, tell: Tell) -> None:
        tell({"type": "heartbeat", "number": 0})
        number = 0
        for count in range(1, 2 * MOST_UNANSWERED):
            number = await beats(connection, count)
            tell({"type": "heartbeat", "number": number})
        old = number - MOST_UNANSWERED - 1
        mark = {"type": "set_mark", "kind": "pain_now"}
        tell(mark | {"id": 1, "heartbeat": number})
        await until(lambda: len(texts(connection, "answer")) == 1)
        # Neither an old heartbeat nor one that was never sent.
        tell(mark | {"id": 2, "heartbeat": old})
        tell(mark | {"id": 3, "heartbeat": 10**9})
        # Programs may leave it out.
        tell(mark | {"id": 4})
        await until(lambda: len(texts(connection, "answer")) == 4)

    connection, station = play(story, monkeypatch)
    codes = {a["id"]: a["code"] for a in texts(connection, "answer")}
    assert codes == {1: "ok", 2: "too_late", 3: "too_late", 4: "ok"}
    assert [command.id for command in station.done] == [1, 4]


def test_what_became_of_a_command_is_told_and_then_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(connection: FakeConnection, tell: Tell) -> None:
        messages: list[dict[str, Any]] = [
            {"type": "set_mark", "id": 7, "kind": "pain_now"},
            {"type": "ask_outcome", "id": 8, "command": 7},
            {"type": "ask_outcome", "id": 9, "command": 10},
            # It arrives after all.
            {"type": "set_mark", "id": 10, "kind": "pain_now"},
        ]
        for count, message in enumerate(messages, 1):
            tell(message)
            await until(lambda count=count: len(texts(connection, "answer")) == count)  # type: ignore[misc]

    connection, station = play(story, monkeypatch)
    codes = {a["id"]: a["code"] for a in texts(connection, "answer")}
    assert codes == {7: "ok", 8: "ok", 9: "not_received", 10: "too_late"}
    assert station.done == [SetMark(id=7, kind="pain_now")]
