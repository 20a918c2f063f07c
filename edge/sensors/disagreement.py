"""Whether two sources of belt speed contradict each other, and which unit would explain it."""

from collections.abc import Callable
from math import inf, log
from typing import Final

from edge.messages.reading import BeltNotice

# The picture's estimate scatters by 5 % between runners and is good to about 7 %; these are four
# and three of its standard deviations.
_SEEN_SHARE: Final = 0.30
_UNIT_SHARE: Final = 0.20
# Both are exact: a treadmill shows tenths of km/h, and its belt is driven to a few percent.
_TREADMILL_SHARE: Final = 0.05
_TREADMILL_MPS: Final = 0.15
_UNITS: Final[dict[str, Callable[[float], float]]] = {
    "km/h": lambda number: number / 3.6,
    "mph": lambda number: number * 0.44704,
    "min/km": lambda number: 1000 / (60 * number),
}


def disagreement(
    entered_mps: float, treadmill_mps: float, seen_mps: float
) -> tuple[BeltNotice, str]:
    """Return which two speeds contradict each other, and the unit that would explain it.

    Parameters
    ----------
    entered_mps, treadmill_mps, seen_mps
        What each source says; NaN or 0 where it says nothing.

    Returns
    -------
    The worst contradiction, ``BeltNotice.NONE`` if there is none; and ``km/h``, ``mph`` or
    ``min/km`` where the entered number fits better in that unit, else empty.

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
    """Whether the treadmill says another speed than was entered or, without one, the picture."""
    if treadmill_mps > 0:
        apart_mps = abs(entered_mps - treadmill_mps)
        return apart_mps > max(_TREADMILL_MPS, _TREADMILL_SHARE * treadmill_mps)
    return seen_mps > 0 and _apart(entered_mps, seen_mps) > _SEEN_SHARE


def _likely_unit(number: float, truth_mps: float) -> str:
    """Return the unit in which ``number`` is nearest to a known speed; empty if none is near."""
    apart = {unit: _apart(mps(number), truth_mps) for unit, mps in _UNITS.items()}
    unit = min(apart, key=lambda unit: apart[unit])
    return unit if apart[unit] < min(_UNIT_SHARE, _apart(number, truth_mps)) else ""


def _apart(one: float, other: float) -> float:
    """Return how far two speeds are apart as a share, the same both ways round."""
    return abs(log(one / other)) if one > 0 and other > 0 else inf
