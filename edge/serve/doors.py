"""Who may come in: host and origin are checked before anything else, and replies carry guards."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.serve.addresses import is_loopback

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
REFUSED: Final = 1008

_GUARDS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A station is updated in place; a stale page would speak an older wire format.
    "Cache-Control": "no-cache",
}


class Door:
    """ASGI middleware that turns away foreign hosts (HTTP and WebSocket) and origins (WebSocket).

    The host check keeps a foreign page from reaching the station under a name of its own; the
    origin check keeps it from opening a WebSocket, which no browser rule would stop otherwise.

    Parameters
    ----------
    app
        The application behind the door.
    listen
        The address the server listens at; allowed as host beside the loopback names.
    """

    def __init__(self, app: ASGIApp, listen: str) -> None:
        self._app = app
        self._hosts = LOOPBACK_NAMES | {listen}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a connection in or turn it away."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_GUARDS)
            await send(message)

        if self._known_host(Headers(scope=scope).get("host", "")):
            await self._app(scope, receive, guarded)
        else:
            reply = PlainTextResponse("this host name is not served here\n", status_code=400)
            await reply(scope, receive, guarded)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        origin = headers.get("origin")
        if origin is None:
            client = scope.get("client")
            ours = client is not None and is_loopback(client[0])
        else:
            ours = origin in (f"http://{host}", f"https://{host}")
        if ours and self._known_host(host):
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": REFUSED, "reason": "foreign origin"})

    def _known_host(self, host: str) -> bool:
        try:
            return urlsplit(f"//{host}").hostname in self._hosts
        except ValueError:
            return False
