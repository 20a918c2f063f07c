"""The principal of a connection: a paired device or the station itself."""

from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from edge.serve.access.addresses import LOOPBACK_NAMES, host_of, is_loopback
from edge.serve.access.pairing_store import Device
from edge.serve.access.roles import Role

# The scope key under which the access middleware stores the principal.
VISITOR: Final = "toeline.principal"
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """An authenticated client; ``device_id`` is None on the station itself."""

    role: Role
    label: str
    device_id: int | None = None

    @property
    def local(self) -> bool:
        """Whether the client runs on the station itself, which needs no pairing."""
        return self.device_id is None

    @property
    def who(self) -> str:
        """The name in the audit."""
        return self.label if self.local else f"device {self.device_id}"


STATION: Final = Principal(role=Role.OPERATOR, label="the station itself")


def visitor_of(scope: Scope, device: Callable[[str], Device | None] | None) -> Principal | None:
    """Return the principal of a connection; None if it is not paired.

    Parameters
    ----------
    scope
        ASGI scope of an HTTP request or a WebSocket.
    device
        Looks up the device of a token; None where pairing is not available.

    Raises
    ------
    AccessError
        If the lookup fails.
    """
    headers = Headers(scope=scope)
    if _is_local(scope, headers):
        return STATION
    token = _bearer(headers) or _cookie(headers, cookie_name(scope))
    if device is None or not token:
        return None
    known = device(token)
    if known is None:
        return None
    return Principal(role=known.role, label=known.label, device_id=known.id)


def cookie_name(scope: Scope) -> str:
    """Return the name of the token's cookie; under TLS with the ``__Host-`` prefix."""
    return "__Host-toeline" if is_secure(scope) else "toeline"


def is_secure(scope: Scope) -> bool:
    """Return whether the connection is encrypted."""
    return scope.get("scheme") in ("https", "wss")


def _is_local(scope: Scope, headers: Headers) -> bool:
    client = scope.get("client")
    if client is None or not is_loopback(client[0]):
        return False
    # A proxy on this machine forwards remote clients.
    proxied = any(name in headers for name in _FORWARDED)
    return not proxied and host_of(headers.get("host", "")) in LOOPBACK_NAMES


def _bearer(headers: Headers) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _cookie(headers: Headers, name: str) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
