"""A clock that nobody can set back: seconds since this boot, and which boot it is."""

import time
from pathlib import Path
from typing import Final, NamedTuple

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class BootTime(NamedTuple):
    """A moment: the boot's random name, and seconds since then, with those spent asleep."""

    boot: str
    s: float


def boot_time() -> BootTime:
    """Return this moment; the same for every program of this machine."""
    return BootTime(_BOOT_ID.read_text("ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))
