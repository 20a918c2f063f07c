"""Reverse proxies in front of the station: which are trusted, and for whom they speak."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from edge.messages.errors import ServeError
from edge.serve.access.addresses import plain

# Browsers send none of these; proxies, tunnels and content networks add at least one.
_SIGNS: Final = frozenset(
    {
        "fastly-client-ip",
        "forwarded",
        "proxy-connection",
        "true-client-ip",
        "via",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-original-host",
        "x-original-url",
        "x-real-ip",
    }
)
_SIGN_PREFIXES: Final = ("cf-", "x-envoy-", "x-forwarded")

_Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sent a request: ``address`` of the client, and whether it came through a proxy.

    ``secure`` is whether the client's own connection is encrypted.
    """

    address: str
    proxied: bool
    secure: bool


class Proxies:
    """The trusted proxies.

    Parameters
    ----------
    trusted
        Addresses and networks, separated by commas; empty for none.

    Raises
    ------
    ServeError
        If one of them is no address or network.
    """

    def __init__(self, trusted: str = "") -> None:
        self._networks = [_network(one) for one in trusted.split(",") if one.strip()]

    def sender_of(self, scope: Scope) -> Sender:
        """Return who sent a request.

        Only a trusted proxy is believed what it says of its client. Any other sign of a proxy
        means that the client is somewhere else, wherever the connection comes from.
        """
        headers = Headers(scope=scope)
        client = scope.get("client")
        peer = plain(client[0]) if client else ""
        secure = scope.get("scheme") in ("https", "wss")
        if not _has_signs(scope, headers):
            return Sender(address=peer, proxied=False, secure=secure)
        if not self._trusts(peer):
            return Sender(address=peer, proxied=True, secure=secure)
        protocol = _values(headers, "x-forwarded-proto")[-1:]
        return Sender(
            address=self._client(headers, peer),
            proxied=True,
            secure=secure or protocol in (["https"], ["wss"]),
        )

    def _client(self, headers: Headers, peer: str) -> str:
        """Return the address next to the trusted proxies; what stands before it may be invented."""
        found = peer
        for value in reversed(_values(headers, "x-forwarded-for")):
            if not _is_address(value):
                return found
            found = plain(value)
            if not self._trusts(found):
                return found
        return found

    def _trusts(self, address: str) -> bool:
        if not (self._networks and _is_address(address)):
            return False
        found = ip_address(address)
        return any(found in network for network in self._networks)


def _has_signs(scope: Scope, headers: Headers) -> bool:
    # No browser speaks HTTP/1.0; nginx does to the station, unless told otherwise.
    return scope.get("http_version") == "1.0" or any(
        name in _SIGNS or name.startswith(_SIGN_PREFIXES) for name in headers
    )


def _values(headers: Headers, name: str) -> list[str]:
    """Return the values of a list header, of which there may be several lines."""
    joined = ",".join(headers.getlist(name))
    return [value.strip() for value in joined.split(",") if value.strip()]


def _is_address(text: str) -> bool:
    try:
        ip_address(plain(text))
    except ValueError:
        return False
    return True


def _network(text: str) -> _Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise ServeError(
            f"setting serve.trusted_proxies: {text.strip()!r} is no address or network, "
            "as 127.0.0.1 or 10.0.0.0/8 is"
        ) from error
