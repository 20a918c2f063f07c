"""Board condition from Linux sysfs: temperature, throttling, supply voltage.

It reads the thermal zones, the cooling devices that throttle a processor and, on a Raspberry Pi,
the firmware word ``get_throttled`` (bits 0 to 3: under-voltage, frequency capped, throttled, soft
temperature limit; 16 to 19: the same since boot) and the voltage alarm of ``rpi_volt``. What a
machine lacks is not reported. Source: Raspberry Pi documentation, vcgencmd, get_throttled;
Linux, Documentation/driver-api/thermal/sysfs-api.rst. Differs: none.
"""

from collections.abc import Iterator
from math import nan
from pathlib import Path

from edge.messages.board import CONDITIONS, THROTTLED, UNDER_VOLTAGE, Board

_SINCE_START = 16
_FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"
# Cooling devices that throttle computing; fans are cooling devices too.
_SLOWS = ("cpufreq", "processor", "devfreq", "gpu")
_PLAUSIBLE_C = (-40.0, 150.0)


def read_board(root: Path = Path("/")) -> Board:
    """Return the condition of the board; what cannot be read counts as absent.

    Parameters
    ----------
    root
        The folder that contains ``sys``.
    """
    temperatures = [t for t in _temperatures_c(root) if _PLAUSIBLE_C[0] < t < _PLAUSIBLE_C[1]]
    bits = _number(root / _FIRMWARE, base=16) or 0
    now = [name for bit, name in enumerate(CONDITIONS) if bits >> bit & 1]
    before = [
        name
        for bit, name in enumerate(CONDITIONS)
        if bits >> bit + _SINCE_START & 1 and name not in now
    ]
    if UNDER_VOLTAGE not in now and any(_voltage_alarms(root)):
        now.insert(0, UNDER_VOLTAGE)
    if THROTTLED not in now and any(_slowed_down(root)):
        now.append(THROTTLED)
    return Board(
        temperature_c=max(temperatures, default=nan), conditions=tuple(now), before=tuple(before)
    )


def _temperatures_c(root: Path) -> Iterator[float]:
    for path in sorted((root / "sys/class/thermal").glob("thermal_zone*/temp")):
        millidegrees = _number(path)
        if millidegrees is not None:
            yield millidegrees / 1000


def _voltage_alarms(root: Path) -> Iterator[bool]:
    for path in sorted((root / "sys/class/hwmon").glob("hwmon*/in0_lcrit_alarm")):
        yield _text(path.parent / "name") == "rpi_volt" and _number(path) == 1


def _slowed_down(root: Path) -> Iterator[bool]:
    for path in sorted((root / "sys/class/thermal").glob("cooling_device*/cur_state")):
        kind = _text(path.parent / "type").lower()
        yield any(word in kind for word in _SLOWS) and (_number(path) or 0) > 0


def _number(path: Path, base: int = 10) -> int | None:
    try:
        return int(_text(path), base)
    except ValueError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        # A suspended zone returns an error.
        return ""
