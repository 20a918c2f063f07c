"""Belt speed in the units that treadmills show."""

from enum import StrEnum
from math import isfinite, nan
from typing import Final

_KMH: Final = 3.6
_MPH_MPS: Final = 0.44704
_M_PER_KM: Final = 1000.0
_S_PER_MIN: Final = 60.0


class SpeedUnit(StrEnum):
    """A unit of belt speed; ``min/km`` is a pace, of which less is faster."""

    KMH = "km/h"
    MPH = "mph"
    PACE = "min/km"


def speed_in(speed_mps: float, unit: SpeedUnit) -> float:
    """Return a speed in a unit; NaN for the pace of a belt that stands.

    Examples
    --------
    >>> [round(speed_in(3.0, unit), 2) for unit in SpeedUnit]
    [10.8, 6.71, 5.56]
    """
    if unit is SpeedUnit.PACE:
        return _M_PER_KM / (_S_PER_MIN * speed_mps) if speed_mps > 0 else nan
    return speed_mps * _KMH if unit is SpeedUnit.KMH else speed_mps / _MPH_MPS


def speed_mps(number: float, unit: SpeedUnit) -> float:
    """Return the speed of a number in a unit, m/s; the inverse of `speed_in`.

    Examples
    --------
    >>> [round(speed_mps(10.0, unit), 3) for unit in SpeedUnit]
    [2.778, 4.47, 1.667]
    """
    if unit is SpeedUnit.PACE:
        return _M_PER_KM / (_S_PER_MIN * number) if number > 0 else nan
    return number / _KMH if unit is SpeedUnit.KMH else number * _MPH_MPS


def pace(speed_mps: float) -> tuple[int, int]:
    """Return the minutes and seconds that a kilometre takes; the speed must be positive.

    Examples
    --------
    >>> pace(3.0), pace(2.7780)
    ((5, 33), (6, 0))
    """
    minutes = speed_in(speed_mps, SpeedUnit.PACE)
    if not isfinite(minutes):
        raise ValueError(f"there is no pace of {speed_mps} m/s")
    whole, seconds = divmod(round(_S_PER_MIN * minutes), 60)
    return whole, seconds
