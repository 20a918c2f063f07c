"""Belt speed in words."""

from math import isfinite

from edge.i18n.word_catalogue import DASH, Catalogue
from edge.numerics.speed_units import SpeedUnit


def speed_text(words: Catalogue, speed_mps: float, unit: SpeedUnit) -> str:
    """Return a belt speed in a unit, and in m/s behind it; a dash if unknown.

    Examples
    --------
    >>> from edge.i18n.word_catalogue import load
    >>> speed_text(load("de"), 3.0, SpeedUnit.KMH)
    '10,8 km/h (3,0 m/s)'
    >>> speed_text(load("en"), 3.0, SpeedUnit.PACE)
    '5:33 min/km (3.0 m/s)'
    """
    if not isfinite(speed_mps):
        return DASH
    return words.text("unit.speed", speed=words.in_unit(unit).speed(speed_mps), mps=speed_mps)
