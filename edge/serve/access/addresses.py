"""Loopback addresses, and the names and addresses at which this machine can be reached."""

import socket
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
# From the documentation range (TEST-NET-1): nothing is sent, only the route is looked up.
_ELSEWHERE: Final = ("192.0.2.1", 9)


def plain(address: str) -> str:
    """Return an address as it is compared; a name unchanged.

    An IPv4 address that arrived on an IPv6 socket is the IPv4 address; the zone of a link-local
    address, which only this machine knows, is dropped.

    Examples
    --------
    >>> plain("::ffff:192.168.1.5"), plain("fe80::1%eth0"), plain("Station.local")
    ('192.168.1.5', 'fe80::1', 'Station.local')
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(found)


def client_key(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or an IPv6 network of one household.

    Anyone with IPv6 has 2^64 addresses in their network.

    Examples
    --------
    >>> client_key("2001:db8::1"), client_key("::ffff:10.0.0.9"), client_key("unknown")
    ('2001:db8::/64', '10.0.0.9', 'unknown')
    """
    try:
        found = ip_address(plain(address))
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def is_loopback(address: str) -> bool:
    """Return whether an address or name is a loopback one."""
    if address == "localhost":
        return True
    try:
        return ip_address(plain(address)).is_loopback
    except ValueError:
        return False


def host_of(host: str) -> str:
    """Return the name or address in a Host header, without the port; empty if invalid."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def own_names() -> frozenset[str]:
    """Return the names by which other machines may know this one."""
    name = socket.gethostname().lower()
    return frozenset({name, f"{name.partition('.')[0]}.local"})


def reachable_host(listen: str, name: str = "") -> str:
    """Return the host that a tablet connects to: the given name, else an address.

    If ``listen`` means all addresses, this is the address of the outgoing interface, or the
    machine's name if there is no network.
    """
    if name:
        return name
    if not _is_any(listen):
        return listen
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return f"{socket.gethostname().partition('.')[0]}.local"
        return str(probe.getsockname()[0])


def _is_any(address: str) -> bool:
    try:
        return ip_address(address).is_unspecified
    except ValueError:
        return False
