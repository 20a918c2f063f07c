"""One client's connection: what the hub has for it goes out, its acknowledgements come in."""

import asyncio
import logging
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from edge.serve.hub import Hub
from edge.serve.outbox import TRY_AGAIN_LATER, Outbox, OutboxClosedError
from edge.serve.shown import Answer
from edge.serve.wire import Ack, OrderError, WireError, decode_client, encode_text

SEND_LIMIT_S: Final = 2.0
NOT_UNDERSTOOD: Final = 1008
# The protocol allows a close reason of 123 bytes.
_REASON_CHARACTERS: Final = 110

_log = logging.getLogger(__name__)


async def serve_client(
    websocket: WebSocket, hub: Hub, *, send_limit_s: float = SEND_LIMIT_S
) -> None:
    """Accept a client and serve it until it goes, misbehaves, or cannot keep up."""
    await websocket.accept()
    outbox = hub.join()
    if outbox is None:
        await _close(websocket, TRY_AGAIN_LATER, "too many clients", send_limit_s)
        return
    sending = asyncio.create_task(_send(websocket, outbox, send_limit_s))
    receiving = asyncio.create_task(_receive(websocket, outbox))
    try:
        await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.leave(outbox)
        sending.cancel()
        receiving.cancel()
        await asyncio.wait({sending, receiving})
    for task in (receiving, sending):
        if not task.cancelled():
            await _end(websocket, task, send_limit_s)


async def _send(websocket: WebSocket, outbox: Outbox, limit_s: float) -> None:
    while True:
        packet = await outbox.take()
        # Not wait_for: it may swallow the cancellation that ends this task.
        async with asyncio.timeout(limit_s):
            if isinstance(packet, str):
                await websocket.send_text(packet)
            else:
                await websocket.send_bytes(packet)
        outbox.sent()


async def _receive(websocket: WebSocket, outbox: Outbox) -> None:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        data = message.get("text")
        try:
            said = decode_client(message.get("bytes") or b"" if data is None else data)
        except OrderError as error:
            outbox.post(encode_text(_refusal(error.id, "not_understood", str(error))))
            continue
        if isinstance(said, Ack):
            outbox.ack(said.seq, said.received_ms, said.painted_ms)
        else:
            outbox.post(encode_text(_refusal(said.id, "no_orders", "this station takes no orders")))


def _refusal(id_: int, code: str, text: str) -> Answer:
    return Answer(id=id_, ok=False, code=code, text=text)


async def _end(websocket: WebSocket, task: asyncio.Task[None], limit_s: float) -> None:
    try:
        task.result()
    except WireError as error:
        await _close(websocket, NOT_UNDERSTOOD, str(error), limit_s)
    except OutboxClosedError as error:
        await _close(websocket, error.code, str(error), limit_s)
    except TimeoutError:
        await _close(websocket, TRY_AGAIN_LATER, "the client does not read", limit_s)
    except WebSocketDisconnect:
        _log.debug("a client went while it was being sent to")


async def _close(websocket: WebSocket, code: int, reason: str, limit_s: float) -> None:
    _log.info("closing a client: %s", reason)
    if websocket.client_state is not WebSocketState.CONNECTED:
        return
    short = reason.encode("ascii", "replace").decode()[:_REASON_CHARACTERS]
    try:
        # A client that does not read may block even the goodbye.
        async with asyncio.timeout(limit_s):
            await websocket.close(code, short)
    except (TimeoutError, WebSocketDisconnect):
        _log.debug("a client was gone before the goodbye")
