"""Centimetres in the picture, from the person's stature."""

from dataclasses import dataclass
from math import hypot, isnan
from typing import Final

# Thigh plus shank, of an adult's stature (Winter 2009), and how far people differ from it, 95 %.
# The leg rather than the foot (0.175 of stature): four times as long, so a point's error matters
# less, and shoes do not lengthen it.
LEG_OF_STATURE: Final = 0.49
_LEG_ERROR95_PCT: Final = 5.0
# Adults of both sexes: 1.70 m, SD 0.09 m.
_USUAL_STATURE_M: Final = 1.70
_STATURE_ERROR95_PCT: Final = 10.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Centimetres of a leg length, and how far that may be off, 95 %, in percent."""

    cm_per_leg: float
    error95_pct: float


def scale_of(stature_m: float) -> Scale:
    """Return the scale for a stature; NaN takes an adult's usual one, with a wider error.

    Examples
    --------
    >>> round(scale_of(1.80).cm_per_leg, 1), scale_of(1.80).error95_pct
    (88.2, 5.0)
    >>> scale_of(float("nan")).error95_pct > 11
    True
    """
    if isnan(stature_m):
        error_pct = hypot(_LEG_ERROR95_PCT, _STATURE_ERROR95_PCT)
        return Scale(cm_per_leg=100 * LEG_OF_STATURE * _USUAL_STATURE_M, error95_pct=error_pct)
    return Scale(cm_per_leg=100 * LEG_OF_STATURE * stature_m, error95_pct=_LEG_ERROR95_PCT)
