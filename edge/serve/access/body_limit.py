"""Limits on the size and transfer time of request bodies."""

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES: Final = 16 * 1024
WAIT_S: Final = 10.0


def limited(app: ASGIApp, most_bytes: int = MOST_BYTES, wait_s: float = WAIT_S) -> ASGIApp:
    """Return the application wrapped in a body reader that answers 413 and 408."""

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > most_bytes:
            await _reply(413, f"at most {most_bytes} bytes are taken")(scope, receive, send)
            return
        try:
            async with asyncio.timeout(wait_s):
                body = await _body(receive, most_bytes)
        except TimeoutError:
            await _reply(408, "the request did not come to its end")(scope, receive, send)
            return
        if body is None:
            await _reply(413, f"at most {most_bytes} bytes are taken")(scope, receive, send)
            return
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await app(scope, again, send)

    return behind


async def _body(receive: Receive, most_bytes: int) -> bytes | None:
    """Return the whole body; None if it is too long, empty if the client disconnected."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        body += bytes(message.get("body", b""))
        if len(body) > most_bytes:
            return None
        if not message.get("more_body", False):
            return body


def _reply(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"detail": sentence}, status_code=status, headers={"connection": "close"})
