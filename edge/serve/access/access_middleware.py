"""Who may come in: host, origin and pairing are checked before anything else is done."""

import logging
import time
from asyncio import to_thread
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.i18n.word_catalogue import languages
from edge.messages.errors import AccessError
from edge.serve.access.addresses import LOOPBACK_NAMES, host_of, own_names
from edge.serve.access.body_limit import limited
from edge.serve.access.pairing_store import Device
from edge.serve.access.principal import VISITOR, Principal, visitor_of
from edge.serve.access.rate_limits import Buckets
from edge.settings.serve_settings import ServeSettings

REFUSED: Final = 1008
# What one needs to be paired, and nothing else; the page for it has its words from the catalogue.
_OPEN: Final = frozenset(
    {"/pair", "/pair/pair.js", "/pair/pair.css", "/words.js", "/api/pair", "/icon.svg"}
)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# A page with all its parts at once, and then a replay or two; strangers need less.
_PAIRED_HZ, _PAIRED_BURST = 50.0, 200.0
_STRANGER_HZ, _STRANGER_BURST = 5.0, 40.0

_GUARDS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob:; font-src 'self'; media-src 'self'; manifest-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # A station is updated in place; a stale page would speak an older wire format.
    "Cache-Control": "no-cache",
}

_log = logging.getLogger(__name__)


class Door:
    """ASGI middleware that turns away foreign hosts and origins, and whoever is not paired.

    The host check keeps a foreign page from reaching the station under a name of its own; the
    origin check keeps it from opening a WebSocket, which no browser rule would stop otherwise.

    Parameters
    ----------
    app
        The application behind the door; finds its ``Principal`` in the scope.
    settings
        Where the server listens, and under which further name.
    device
        Says whose token one is; None where nothing can be paired.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ServeSettings,
        device: Callable[[str], Device | None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._device = device
        self._hosts = LOOPBACK_NAMES | {settings.listen}
        if device is not None:
            self._hosts |= own_names() | ({settings.name.lower()} if settings.name else set())
        self._open = _OPEN | {f"/i18n/{name}.json" for name in ("languages", *languages())}
        self._paired = Buckets(_PAIRED_HZ, _PAIRED_BURST, clock)
        self._strangers = Buckets(_STRANGER_HZ, _STRANGER_BURST, clock)

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
                headers = MutableHeaders(scope=message)
                for name, value in _GUARDS.items():
                    # What is handed out to be kept may bring stricter ones of its own.
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._foreign(scope) or await self._unwelcome(scope)
        if refusal is None:
            await limited(self._app)(scope, receive, guarded)
        else:
            await refusal(scope, receive, guarded)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal = None
        headers = Headers(scope=scope)
        if self._known_host(scope) and _ours(headers.get("origin"), headers.get("host", "")):
            principal = await self._principal(scope)
        # What is no browser sends no origin; then a cookie proves nothing, a token does.
        bare = "origin" not in headers and "authorization" not in headers
        if (
            principal is None
            or (bare and not principal.local)
            or not self._in_time(scope, principal)
        ):
            await send({"type": "websocket.close", "code": REFUSED, "reason": "not allowed"})
            return
        scope[VISITOR] = principal
        await self._app(scope, receive, send)

    def _foreign(self, scope: Scope) -> Response | None:
        """Return the refusal of a request that another site's page brought about."""
        headers = Headers(scope=scope)
        if not self._known_host(scope):
            return PlainTextResponse("this host name is not served here\n", status_code=400)
        site = headers.get("sec-fetch-site", "none")
        moves = headers.get("sec-fetch-mode", "navigate") == "navigate"
        ours = _ours(headers.get("origin"), headers.get("host", ""))
        if scope["method"] in _SAFE:
            # Following a link from elsewhere is fine; being a part of another page is not.
            ours = site in ("same-origin", "none") or moves
        elif site not in ("same-origin", "none"):
            ours = False
        return None if ours else _refusal(403, "this came from another site")

    async def _unwelcome(self, scope: Scope) -> Response | None:
        """Return the refusal of someone who is not paired, or in too much of a hurry."""
        principal = await self._principal(scope)
        if not self._in_time(scope, principal):
            return _refusal(429, "too many requests")
        if principal is not None:
            scope[VISITOR] = principal
            return None
        # Whole paths only: behind a prefix, /pair/../main.js would be open as well.
        if scope["path"] in self._open:
            return None
        if scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
            return RedirectResponse("/pair", status_code=303)
        return _refusal(401, "this browser is not paired")

    async def _principal(self, scope: Scope) -> Principal | None:
        try:
            # It may wait for a disk.
            return await to_thread(visitor_of, scope, self._device)
        except AccessError as error:
            _log.error("nobody from elsewhere can come in: %s", error)
            return None

    def _in_time(self, scope: Scope, principal: Principal | None) -> bool:
        if principal is None:
            client = scope.get("client")
            return self._strangers.take(client[0] if client else "")
        return principal.local or self._paired.take(principal.who)

    def _known_host(self, scope: Scope) -> bool:
        host = host_of(Headers(scope=scope).get("host", ""))
        server = scope.get("server")
        # An address cannot be pointed elsewhere, as a name can: the one that was called is ours.
        return host in self._hosts or (server is not None and host == server[0])


def _ours(origin: str | None, host: str) -> bool:
    return origin is None or origin in (f"http://{host}", f"https://{host}")


def _refusal(status: int, sentence: str) -> Response:
    return JSONResponse({"detail": sentence}, status_code=status)
