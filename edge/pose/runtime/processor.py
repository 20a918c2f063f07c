"""Identity of the processor: its name, and a key of all that a compiled network depends on."""

import platform
from hashlib import sha256
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
# x86 reports a model name and flags; ARM an implementer, a part and features.
_RELEVANT = ("model name", "flags", "Features", "CPU implementer", "CPU part")


def processor_name(cpuinfo: Path = _CPUINFO) -> str:
    """Return the processor name that Linux reports, or else the machine's architecture."""
    names = [value for key, value in _entries(cpuinfo) if key == "model name"]
    return names[0] if names else platform.machine()


def processor_key(cpuinfo: Path = _CPUINFO) -> str:
    """Return a hash that differs if code compiled for one processor may not suit another."""
    entries = sorted({f"{key}={value}" for key, value in _entries(cpuinfo)})
    return sha256("\n".join([platform.machine(), *entries]).encode()).hexdigest()


def _entries(cpuinfo: Path) -> list[tuple[str, str]]:
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    pairs = (line.partition(":") for line in lines)
    return [(k.strip(), v.strip()) for k, _, v in pairs if k.strip() in _RELEVANT]
