"""Which machine this is: the processor by name, and by all that a compiled network depends on."""

import platform
from hashlib import sha256
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
# x86 tells a model name and flags; ARM an implementer, a part and features.
_TELLING = ("model name", "flags", "Features", "CPU implementer", "CPU part")


def processor_name(cpuinfo: Path = _CPUINFO) -> str:
    """Return the processor's name as Linux tells it, else the machine's architecture."""
    names = [value for key, value in _told(cpuinfo) if key == "model name"]
    return names[0] if names else platform.machine()


def processor_key(cpuinfo: Path = _CPUINFO) -> str:
    """Return a hash that differs where code made for one processor may not suit another."""
    told = sorted({f"{key}={value}" for key, value in _told(cpuinfo)})
    return sha256("\n".join([platform.machine(), *told]).encode()).hexdigest()


def _told(cpuinfo: Path) -> list[tuple[str, str]]:
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    pairs = (line.partition(":") for line in lines)
    return [(k.strip(), v.strip()) for k, _, v in pairs if k.strip() in _TELLING]
