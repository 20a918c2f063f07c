"""How the board is: temperature, throttling, supply voltage, as Linux tells them in sysfs.

Read are: the thermal zones; the cooling devices that slow a processor down; on a Raspberry Pi the
firmware's word ``get_throttled`` (bits 0 to 3: under-voltage, frequency capped, throttled, soft
temperature limit; 16 to 19: the same since the start) and the voltage alarm of ``rpi_volt``. What a
machine does not have is not told. Source: Raspberry Pi documentation, vcgencmd, get_throttled;
Linux, Documentation/driver-api/thermal/sysfs-api.rst. Differs: none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import nan
from pathlib import Path

UNDER_VOLTAGE = "under_voltage"
CAPPED = "capped"
THROTTLED = "throttled"
SOFT_LIMIT = "soft_limit"

HOT_C = 80.0
"""A Raspberry Pi begins to throttle here, and most other boards soon after."""

CONDITIONS = (UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT)

_SINCE_START = 16
_FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"
# What stands in the way of computing; fans are cooling devices, too.
_SLOWS = ("cpufreq", "processor", "devfreq", "gpu")
_PLAUSIBLE_C = (-40.0, 150.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """How the board is at one moment.

    Attributes
    ----------
    temperature_c
        The hottest place that is measured; NaN if none is.
    conditions
        What slows the board down now: ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``.
    before
        The same, of those that have been since the start and are no longer.
    """

    temperature_c: float = nan
    conditions: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    @property
    def hot(self) -> bool:
        """Whether it is slowed down by heat, or about to be."""
        slowed = {CAPPED, THROTTLED, SOFT_LIMIT} & set(self.conditions)
        return bool(slowed) or self.temperature_c >= HOT_C

    @property
    def notice(self) -> str:
        """One sentence for people; empty if all is well.

        Examples
        --------
        >>> Board(temperature_c=84.4).notice
        'the board is 84 degrees hot: it needs air'
        >>> Board(conditions=("under_voltage",)).notice
        'under-voltage: the board needs a stronger power supply'
        """
        if UNDER_VOLTAGE in self.conditions:
            return "under-voltage: the board needs a stronger power supply"
        if not self.hot:
            return ""
        if self.temperature_c >= HOT_C:
            return f"the board is {self.temperature_c:.0f} degrees hot: it needs air"
        return "the board slows itself down: it needs air"


def read_board(root: Path = Path("/")) -> Board:
    """Return how the board is; what cannot be read counts as not there.

    Parameters
    ----------
    root
        Where ``sys`` lies.
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
        # A zone that sleeps answers with an error.
        return ""
