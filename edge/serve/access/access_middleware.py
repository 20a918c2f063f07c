"""Access middleware: checks host, origin and pairing of every connection."""

import logging
import time
from asyncio import sleep, to_thread
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.i18n.word_catalogue import languages
from edge.messages.errors import AccessError
from edge.serve.access.addresses import (
    LOOPBACK_NAMES,
    client_key,
    host_of,
    own_names,
    plain,
)
from edge.serve.access.body_limit import limited
from edge.serve.access.pairing_store import Device
from edge.serve.access.principal import (
    STATION,
    VISITOR,
    Principal,
    is_station,
    token_of,
    visitor_of,
)
from edge.serve.access.proxies import Proxies, Sender
from edge.serve.access.rate_limits import Buckets
from edge.settings.serve_settings import ServeSettings

REFUSED: Final = 1008
# Only what pairing itself needs; the pairing page also loads its words from the catalogue.
_OPEN: Final = frozenset(
    {"/pair", "/pair/pair.js", "/pair/pair.css", "/words.js", "/api/pair", "/icon.svg"}
)
_HEALTH: Final = "/healthz"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# A page with all its parts at once, then a replay or two; unpaired clients need less.
_PAIRED_HZ, _PAIRED_BURST = 50.0, 200.0
_STRANGER_HZ, _STRANGER_BURST = 5.0, 40.0
# Each new live link is sent the whole current state; pages that lost one try every few seconds.
_LINK_HZ, _LINK_BURST = 2.0, 40.0
_TOO_MANY: Final = 429
# An unpaired client that asks too often waits for its refusal; so many at a time at most.
_HOLD_S: Final = 0.2
_MOST_HELD: Final = 64
# A download may take minutes, and its reader may be shown out meanwhile.
_LOOK_AGAIN_S: Final = 1.0

_GUARDS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob:; font-src 'self'; media-src 'self'; manifest-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # For browsers older than frame-ancestors.
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # A station is updated in place; a stale page would speak an older wire format.
    "Cache-Control": "no-cache",
}

_log = logging.getLogger(__name__)


class _PairingEndedError(Exception):
    """A device's pairing ended while it was being answered."""


class AccessMiddleware:
    """ASGI middleware that rejects foreign hosts, foreign origins and unpaired clients.

    The host check stops DNS rebinding; the origin check stops foreign pages from opening a
    WebSocket, which the same-origin policy does not cover.

    Parameters
    ----------
    app
        The wrapped application; it finds its ``Principal`` in the scope.
    settings
        The listen address and an additional host name.
    device
        Looks up the device of a token; None where pairing is not available.
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
        self._proxies = Proxies(settings.trusted_proxies)
        self._pair_local = settings.pair_local
        self._hosts = LOOPBACK_NAMES | {plain(settings.listen)}
        if device is not None:
            self._hosts |= own_names() | ({settings.name.lower()} if settings.name else set())
        self._open = _OPEN | {f"/i18n/{name}.json" for name in ("languages", *languages())}
        self._paired = Buckets(_PAIRED_HZ, _PAIRED_BURST, clock)
        self._strangers = Buckets(_STRANGER_HZ, _STRANGER_BURST, clock)
        self._links = Buckets(_LINK_HZ, _LINK_BURST, clock)
        self._clock = clock
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on or reject it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        sender = self._proxies.sender_of(scope)
        # From here on the client is whoever a trusted proxy speaks for.
        scope = {**scope, "client": (sender.address, 0), "scheme": _scheme(scope, sender)}
        if scope["type"] == "http":
            await self._http(scope, receive, send, sender)
        else:
            await self._websocket(scope, receive, send, sender)

    async def _http(self, scope: Scope, receive: Receive, send: Send, sender: Sender) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _GUARDS.items():
                    # Downloads may set stricter headers.
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._foreign(scope) or await self._unwelcome(scope, sender)
        if refusal is None:
            with suppress(_PairingEndedError):
                watched = self._while_paired(scope, sender, guarded)
                await limited(self._app)(scope, receive, watched)
        else:
            await refusal(scope, receive, guarded)

    def _while_paired(self, scope: Scope, sender: Sender, send: Send) -> Send:
        """Return a ``send`` that ends the answer once the device's pairing has ended.

        The connection then closes, and the file stays incomplete.
        """
        principal = scope.get(VISITOR)
        if principal is None or principal.local:
            return send
        looked_s = self._clock()

        async def watched(message: Message) -> None:
            nonlocal looked_s
            if self._clock() - looked_s >= _LOOK_AGAIN_S:
                looked_s = self._clock()
                if await self._principal(scope, sender) is None:
                    raise _PairingEndedError
            await send(message)

        return watched

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, sender: Sender) -> None:
        principal = None
        headers = Headers(scope=scope)
        if self._known_host(scope) and _ours(headers.get("origin"), headers.get("host", "")):
            principal = await self._principal(scope, sender)
        # Programs other than browsers send no origin; they need a token, a cookie is not enough.
        bare = "origin" not in headers and "authorization" not in headers
        if principal is not None and bare and not principal.local:
            principal = None
        if not self._may_link(sender, principal):
            await self._hold(principal)
            await _refuse_link(scope, send)
        elif principal is None:
            await send({"type": "websocket.close", "code": REFUSED, "reason": "not allowed"})
        else:
            scope[VISITOR] = principal
            await self._app(scope, receive, send)

    def _foreign(self, scope: Scope) -> Response | None:
        """Return the refusal of a request made by another site's page, or None."""
        headers = Headers(scope=scope)
        if not self._known_host(scope):
            return PlainTextResponse("this host name is not served here\n", status_code=400)
        site = headers.get("sec-fetch-site", "none")
        moves = headers.get("sec-fetch-mode", "navigate") == "navigate"
        ours = _ours(headers.get("origin"), headers.get("host", ""))
        if scope["method"] in _SAFE:
            # Following a link from another site is fine; being embedded in it is not.
            ours = site in ("same-origin", "none") or moves
        elif site not in ("same-origin", "none"):
            ours = False
        return None if ours else _refusal(403, "this came from another site")

    async def _unwelcome(self, scope: Scope, sender: Sender) -> Response | None:
        """Return the refusal of an unpaired client or of too many requests, or None."""
        principal = await self._principal(scope, sender)
        if not self._in_time(sender, principal):
            await self._hold(principal)
            refusal = _refusal(_TOO_MANY, "too many requests")
            # The next one must first get a connection again.
            refusal.headers["connection"] = "close"
            return refusal
        if principal is not None:
            scope[VISITOR] = principal
            return None
        # Whole paths only: a prefix match would also open /pair/../main.js.
        if scope["path"] in self._open:
            return None
        # For the service manager; it says nothing of a runner.
        if scope["path"] == _HEALTH and is_station(scope, sender):
            return None
        if scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
            return RedirectResponse("/pair", status_code=303)
        return _refusal(401, "this browser is not paired")

    async def _principal(self, scope: Scope, sender: Sender) -> Principal | None:
        if not self._pair_local and is_station(scope, sender):
            return STATION
        token = token_of(scope)
        if self._device is None or not token:
            return None
        try:
            # The lookup may block on disk access.
            return await to_thread(visitor_of, token, self._device)
        except AccessError as error:
            _log.error("paired devices cannot connect: %s", error)
            return None

    def _in_time(self, sender: Sender, principal: Principal | None) -> bool:
        if principal is None:
            return self._strangers.take(client_key(sender.address))
        return principal.local or self._paired.take(principal.who)

    async def _hold(self, principal: Principal | None) -> None:
        """Slow an unpaired client down that asks again as soon as it is refused."""
        if principal is None and self._held < _MOST_HELD:
            self._held += 1
            try:
                await sleep(_HOLD_S)
            finally:
                self._held -= 1

    def _may_link(self, sender: Sender, principal: Principal | None) -> bool:
        if principal is None or principal.local:
            return self._in_time(sender, principal)
        return self._links.take(principal.who)

    def _known_host(self, scope: Scope) -> bool:
        hosts = Headers(scope=scope).getlist("host")
        # Of two, a proxy may have looked at the other.
        if len(hosts) > 1:
            return False
        host = plain(host_of("".join(hosts)))
        server = scope.get("server")
        # Unlike a name, an address cannot be rebound: the one that was connected to is ours.
        return host in self._hosts or (server is not None and host == plain(server[0]))


def _scheme(scope: Scope, sender: Sender) -> str:
    kind = "http" if scope["type"] == "http" else "ws"
    return f"{kind}s" if sender.secure else kind


async def _refuse_link(scope: Scope, send: Send) -> None:
    """Refuse a handshake with status 429, where the server can give one."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": REFUSED, "reason": "too many links"})
        return
    start = {"type": "websocket.http.response.start", "status": _TOO_MANY, "headers": []}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": b""})


def _ours(origin: str | None, host: str) -> bool:
    return origin is None or origin in (f"http://{host}", f"https://{host}")


def _refusal(status: int, sentence: str) -> Response:
    return JSONResponse({"detail": sentence}, status_code=status)
