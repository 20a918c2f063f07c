"""Which addresses mean this machine and nothing else."""

from ipaddress import ip_address


def is_loopback(address: str) -> bool:
    """Whether an address or name means this machine and nothing else."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
