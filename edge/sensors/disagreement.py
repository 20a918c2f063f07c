"""Detection of belt speeds that contradict each other, and of a wrong unit as the cause."""

from math import inf, log
from typing import Final

from edge.messages.reading import BeltNotice
from edge.numerics.speed_units import SpeedUnit, speed_mps

# The picture's estimate is accurate to 7 % (SD over runners, mostly their legs' length); these are
# four and three of its standard deviations.
_SEEN_SHARE: Final = 0.30
_UNIT_SHARE: Final = 0.20
# Both sources are precise: a treadmill shows tenths of km/h and holds its speed to a few percent.
_TREADMILL_SHARE: Final = 0.05
_TREADMILL_MPS: Final = 0.15
# A speed is asked for, so a pace must fit better than a speed in another unit.
_PACE_SHARE: Final = 0.10


def disagreement(
    entered_mps: float, treadmill_mps: float, seen_mps: float
) -> tuple[BeltNotice, str]:
    """Return which two speeds contradict each other, and the unit that would explain it.

    Parameters
    ----------
    entered_mps, treadmill_mps, seen_mps
        Speed by each source; NaN or 0 if it has none.

    Returns
    -------
    The worst contradiction, or ``BeltNotice.NONE``; and ``km/h``, ``mph`` or ``min/km`` if the
    entered number fits better in that unit, else empty.

    Examples
    --------
    >>> disagreement(10.8, float("nan"), 2.6)
    (<BeltNotice.UNIT: 'speed_unit_suspect'>, 'km/h')
    >>> disagreement(3.0, float("nan"), 2.6)
    (<BeltNotice.NONE: ''>, '')
    """
    if entered_mps > 0 and _contradicted(entered_mps, treadmill_mps, seen_mps):
        if unit := _likely_unit(entered_mps, treadmill_mps if treadmill_mps > 0 else seen_mps):
            return BeltNotice.UNIT, unit
        both = BeltNotice.ENTERED_TREADMILL if treadmill_mps > 0 else BeltNotice.ENTERED_SEEN
        return both, ""
    if treadmill_mps > 0 and seen_mps > 0 and _apart(treadmill_mps, seen_mps) > _SEEN_SHARE:
        return BeltNotice.TREADMILL_SEEN, ""
    return BeltNotice.NONE, ""


def _contradicted(entered_mps: float, treadmill_mps: float, seen_mps: float) -> bool:
    """Return whether the treadmill, or else the picture, contradicts the entered speed."""
    if treadmill_mps > 0:
        apart_mps = abs(entered_mps - treadmill_mps)
        return apart_mps > max(_TREADMILL_MPS, _TREADMILL_SHARE * treadmill_mps)
    return seen_mps > 0 and _apart(entered_mps, seen_mps) > _SEEN_SHARE


def _likely_unit(number: float, truth_mps: float) -> str:
    """Return the unit in which ``number`` is closest to a known speed; empty if none is close."""
    apart = {unit: _apart(speed_mps(number, unit), truth_mps) for unit in SpeedUnit}
    unit = min(apart, key=lambda unit: apart[unit] + _PACE_SHARE * (unit is SpeedUnit.PACE))
    return unit.value if apart[unit] < min(_UNIT_SHARE, _apart(number, truth_mps)) else ""


def _apart(one: float, other: float) -> float:
    """Return the symmetric relative difference of two speeds."""
    return abs(log(one / other)) if one > 0 and other > 0 else inf
