"""Readings of the machine's clocks: the wall clock, and the time since boot beside it."""

import ctypes
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
# systemd makes this file when it has set the clock by a time server.
_SET_BY_SERVER: Final = Path("/run/systemd/timesync/synchronized")
# Of <sys/timex.h>: the clock is not synchronised.
_STA_UNSYNC: Final = 0x40
# The struct has 208 bytes; a kernel may know more.
_SPARE_BYTES: Final = 256


class _Timex(ctypes.Structure):
    """The beginning of ``struct timex``; see adjtimex(2)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * _SPARE_BYTES),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """Simultaneous readings of the clocks.

    Attributes
    ----------
    boot
        The kernel's random name of this boot; empty if it has none.
    boot_s
        Seconds since boot, with those asleep: nobody can set this clock.
    wall_s
        Seconds since 1970, as set by people and time servers.
    synchronised
        Whether a time server keeps the wall clock right.
    """

    boot: str
    boot_s: float
    wall_s: float
    synchronised: bool


def read_clock() -> ClockReading:
    """Return the current readings."""
    try:
        boot = _BOOT_ID.read_text("ascii").strip()
    except OSError:
        boot = ""
    return ClockReading(
        boot=boot,
        boot_s=time.clock_gettime(time.CLOCK_BOOTTIME),
        wall_s=time.time(),
        synchronised=_is_synchronised(),
    )


def _is_synchronised() -> bool:
    timex = _Timex()
    # With no modes it only reads. A sandboxed service may not call it.
    answer = ctypes.CDLL(None).adjtimex(ctypes.byref(timex))
    return _SET_BY_SERVER.exists() if answer < 0 else not timex.status & _STA_UNSYNC
