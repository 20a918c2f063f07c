"""Replies to requests that fail, each one sentence, and what no cache may keep."""

import logging
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.messages.plain_text import plain_text

_MOST: Final = 200
# Everything about patients and pairings is under this path; pages and words are not.
_PRIVATE: Final = "/api/"

_log = logging.getLogger(__name__)


class Replies:
    """ASGI middleware: private replies are not cached, and a fault of ours is one sentence.

    Unlike Starlette's own handler of faults it lies inside the access middleware, so that its
    reply has the same headers as every other.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if scope["path"].startswith(_PRIVATE):
                    MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            if started:
                raise
            _log.exception("%s %s failed", scope["method"], plain_text(scope["path"], _MOST))
            sorry = JSONResponse({"detail": "this failed; the station's log says why"}, 500)
            await sorry(scope, receive, sending)


def add_replies(app: FastAPI) -> None:
    """Add the replies to an application; before the access middleware, which then wraps them."""
    app.add_middleware(Replies)
    app.add_exception_handler(RequestValidationError, _not_understood)


async def _not_understood(_: Request, error: Exception) -> JSONResponse:
    """Say what is wrong, without repeating what was sent: NaN and lone surrogates have no JSON."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    sentence = f"{where or 'the request'}: {first['msg']}"
    return JSONResponse({"detail": plain_text(sentence, _MOST)}, status_code=422)
