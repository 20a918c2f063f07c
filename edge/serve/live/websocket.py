"""The WebSocket connection of one client."""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from edge.serve.access.principal import Principal
from edge.serve.access.rate_limits import Bucket
from edge.serve.control.command_router import LATE, CommandRouter
from edge.serve.live.client_queue import TRY_AGAIN_LATER, ClientQueue, ClientQueueClosedError
from edge.serve.live.client_registry import ClientRegistry
from edge.serve.live.heartbeat import EVERY_S, Heartbeats
from edge.serve.live.hub import Hub
from edge.serve.wire.commands import Command, Done
from edge.serve.wire.protocol import (
    Ack,
    CommandError,
    FromClient,
    HeartbeatReply,
    WireError,
    decode_client,
    encode_text,
)
from edge.serve.wire.status_messages import Answer, You

SEND_LIMIT_S: Final = 2.0
NOT_UNDERSTOOD: Final = 1008
# A code of our own: the pages show it like any lost connection.
NO_REPLY: Final = 4408
# The protocol allows a close reason of 123 bytes.
_REASON_CHARACTERS: Final = 110
# A page sends at most one ack for each of 240 pictures a second.
_MESSAGES_HZ, _MESSAGES = 250.0, 500.0
_ORDERS_HZ, _ORDERS = 5.0, 20.0
_MOST_MISTAKES: Final = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The services behind a connection; ``send_limit_s`` is the timeout for sending one message."""

    hub: Hub
    router: CommandRouter
    registry: ClientRegistry
    send_limit_s: float = SEND_LIMIT_S


async def serve_client(websocket: WebSocket, host: Host, principal: Principal) -> None:
    """Accept a client and serve it until it disconnects, breaks the protocol or falls behind."""
    if not await host.registry.note_view(principal):
        await websocket.close(NOT_UNDERSTOOD, "views cannot be written down")
        return
    await websocket.accept()
    client_queue = _join(host, principal)
    if client_queue is None:
        await _close(websocket, TRY_AGAIN_LATER, "too many clients", host.send_limit_s)
        return
    heartbeats = Heartbeats()
    receiver = _Receiver(websocket, client_queue, host.router, principal, heartbeats)
    tasks = [
        asyncio.create_task(receiver.run()),
        asyncio.create_task(receiver.execute()),
        asyncio.create_task(_send(websocket, client_queue, host.send_limit_s)),
        asyncio.create_task(_beat(client_queue, heartbeats)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        host.hub.leave(client_queue)
        host.registry.leave(client_queue)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            await _end(websocket, task, host.send_limit_s)


def _join(host: Host, principal: Principal) -> ClientQueue | None:
    if not host.registry.has_room(principal):
        return None
    you = You(role=principal.role, local=principal.local, label=principal.label)
    client_queue = host.hub.join(you)
    if client_queue is not None:
        host.registry.enter(client_queue, principal)
        host.router.greet(client_queue, principal)
    return client_queue


async def _send(websocket: WebSocket, client_queue: ClientQueue, limit_s: float) -> None:
    while True:
        packet = await client_queue.take()
        # Not wait_for: it may swallow the cancellation that ends this task.
        async with asyncio.timeout(limit_s):
            if isinstance(packet, str):
                await websocket.send_text(packet)
            else:
                await websocket.send_bytes(packet)
        client_queue.sent()


async def _beat(client_queue: ClientQueue, heartbeats: Heartbeats) -> None:
    """Send heartbeats, once the client asks for them, until it stops replying."""
    await heartbeats.wanted.wait()
    while not heartbeats.silent:
        client_queue.renew("Heartbeat", encode_text(heartbeats.beat()))
        await asyncio.sleep(EVERY_S)
    raise ClientQueueClosedError(NO_REPLY, "no reply to heartbeats")


class _Receiver:
    """Receiver of one client's messages; executes commands one at a time, so in order."""

    def __init__(
        self,
        websocket: WebSocket,
        client_queue: ClientQueue,
        router: CommandRouter,
        principal: Principal,
        heartbeats: Heartbeats,
    ) -> None:
        self._websocket = websocket
        self._client_queue = client_queue
        self._router = router
        self._principal = principal
        self._heartbeats = heartbeats
        self._messages = Bucket(_MESSAGES_HZ, _MESSAGES, time.monotonic)
        self._orders = Bucket(_ORDERS_HZ, _ORDERS, time.monotonic)
        # Commands, and refusals in their turn; bounded by the rate limit and by the time that a
        # command may take.
        self._waiting: asyncio.Queue[Command | Answer] = asyncio.Queue()
        self._mistakes = 0

    async def run(self) -> None:
        """Receive messages until the client disconnects; then finish the commands it gave.

        Raises
        ------
        WireError
            If a message is invalid or there are too many.
        """
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                await self._waiting.join()
                return
            if not self._messages.take():
                raise WireError("too many messages")
            data = message.get("text")
            try:
                said = decode_client(message.get("bytes") or b"" if data is None else data)
            except CommandError as error:
                self._mistaken(error)
            else:
                self._hear(said)

    async def execute(self) -> None:
        """Execute commands as they come, so that a slow one delays no acknowledgement."""
        while True:
            item = await self._waiting.get()
            if not isinstance(item, Answer):
                item = await self._router.take(item, self._principal)
            self._client_queue.post(encode_text(item))
            self._waiting.task_done()

    def _hear(self, said: FromClient) -> None:
        if isinstance(said, Ack):
            self._client_queue.ack(said.seq, said.received_ms, said.painted_ms)
        elif isinstance(said, HeartbeatReply):
            self._heartbeats.answer(said.number)
        elif not self._orders.take():
            self._refuse(said.id, Done("too_fast", "Not so fast."))
        elif said.heartbeat is not UNSET and self._heartbeats.is_late(said.heartbeat):
            self._refuse(said.id, LATE)
        else:
            self._waiting.put_nowait(said)

    def _mistaken(self, error: CommandError) -> None:
        self._mistakes += 1
        if self._mistakes > _MOST_MISTAKES:
            raise error
        self._refuse(error.id, Done("not_understood", str(error)))

    def _refuse(self, number: int, why: Done) -> None:
        self._waiting.put_nowait(Answer(id=number, ok=False, code=why.code, text=why.text))


async def _end(websocket: WebSocket, task: asyncio.Task[None], limit_s: float) -> None:
    try:
        task.result()
    except WireError as error:
        await _close(websocket, NOT_UNDERSTOOD, str(error), limit_s)
    except ClientQueueClosedError as error:
        await _close(websocket, error.code, str(error), limit_s)
    except TimeoutError:
        await _close(websocket, TRY_AGAIN_LATER, "the client does not read", limit_s)
    except WebSocketDisconnect:
        _log.debug("a client disconnected while a message was being sent")


async def _close(websocket: WebSocket, code: int, reason: str, limit_s: float) -> None:
    _log.info("closing a client: %s", reason)
    if websocket.client_state is not WebSocketState.CONNECTED:
        return
    short = reason.encode("ascii", "replace").decode()[:_REASON_CHARACTERS]
    try:
        # A client that does not read may block even the close frame.
        async with asyncio.timeout(limit_s):
            await websocket.close(code, short)
    except (TimeoutError, WebSocketDisconnect):
        _log.debug("a client was gone before the close frame")
