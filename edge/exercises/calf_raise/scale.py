"""Centimetres in the picture, from the person's stature."""

from dataclasses import dataclass
from math import hypot, isnan
from typing import Final

from edge.exercises.calf_raise.one_leg_standing import OneLegStance

# Heel to shoe tip, of stature (docs/gait-metrics.md has 0.175). 0.171 makes the mean height of five
# rendered sets right, as the leg reader sees heels and shoe tips. A rise over the foot's length is
# the sine of the foot's turn, whatever the distance to the camera.
_FOOT_OF_STATURE: Final = 0.171
# Thigh plus shank, of stature (Winter 2009): for models without a shoe tip, whose foot is short.
_LEG_OF_STATURE: Final = 0.49
# How far people differ from either, 95 %: shoes and proportions.
_SHARE_ERROR95_PCT: Final = 8.0
# Adults of both sexes: 1.70 m, SD 0.09 m.
_USUAL_STATURE_M: Final = 1.70
_STATURE_ERROR95_PCT: Final = 10.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Centimetres of a leg length, and how far that may be off, 95 %, in percent."""

    cm_per_leg: float
    error95_pct: float


def scale_of(stance: OneLegStance, stature_m: float) -> Scale:
    """Return the scale for a stature; NaN takes an adult's usual one, with a wider error."""
    known = not isnan(stature_m)
    stature_cm = 100 * (stature_m if known else _USUAL_STATURE_M)
    foot_cm_per_leg = _FOOT_OF_STATURE * stature_cm * stance.leg_px / stance.foot_px
    return Scale(
        cm_per_leg=foot_cm_per_leg if stance.read else _LEG_OF_STATURE * stature_cm,
        error95_pct=hypot(_SHARE_ERROR95_PCT, 0.0 if known else _STATURE_ERROR95_PCT),
    )
