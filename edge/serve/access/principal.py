"""The principal of a connection: a paired device or the station itself."""

from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from edge.serve.access.addresses import LOOPBACK_NAMES, host_of, is_loopback, plain
from edge.serve.access.pairing_store import Device
from edge.serve.access.proxies import Sender
from edge.serve.access.roles import Role

# The scope key under which the access middleware stores the principal.
VISITOR: Final = "toeline.principal"


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


def is_station(scope: Scope, sender: Sender) -> bool:
    """Return whether a request comes from a browser on the station itself, through no proxy."""
    host = plain(host_of(Headers(scope=scope).get("host", "")))
    return not sender.proxied and is_loopback(sender.address) and host in LOOPBACK_NAMES


def visitor_of(token: str, device: Callable[[str], Device | None]) -> Principal | None:
    """Return the principal with a token; None if it is not paired.

    Raises
    ------
    AccessError
        If the lookup fails.
    """
    known = device(token)
    if known is None:
        return None
    return Principal(role=known.role, label=known.label, device_id=known.id)


def token_of(scope: Scope) -> str:
    """Return the token that a request carries; empty if none."""
    headers = Headers(scope=scope)
    return _bearer(headers) or _cookie(headers, cookie_name(scope))


def cookie_name(scope: Scope) -> str:
    """Return the name of the token's cookie; under TLS with the ``__Host-`` prefix."""
    return "__Host-toeline" if is_secure(scope) else "toeline"


def is_secure(scope: Scope) -> bool:
    """Return whether the connection is encrypted."""
    return scope.get("scheme") in ("https", "wss")


def _bearer(headers: Headers) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _cookie(headers: Headers, name: str) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
