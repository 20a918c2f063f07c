"""Which addresses mean this machine and nothing else, and at which others it can be reached."""

import socket
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
# Of the range for documentation: nothing is sent, only the way there is looked up.
_ELSEWHERE: Final = ("192.0.2.1", 9)


def is_loopback(address: str) -> bool:
    """Whether an address or name means this machine and nothing else."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def host_of(host: str) -> str:
    """Return the name or address in a Host header, without its port; empty if it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def own_names() -> frozenset[str]:
    """Return the names by which other machines may know this one."""
    name = socket.gethostname().lower()
    return frozenset({name, f"{name.partition('.')[0]}.local"})


def reachable_host(listen: str, name: str = "") -> str:
    """Return what a tablet must type to come here: the given name, else an address.

    ``listen`` may stand for all addresses; then it is the one that leads out of this machine, and
    where there is no network the machine's own name.
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
