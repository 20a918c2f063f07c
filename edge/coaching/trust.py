"""Why a stride must not be judged, for reasons outside the stride."""

from dataclasses import dataclass
from typing import Final

from edge.messages.frame import LEAST_RATE_HZ
from edge.messages.legs import LegClarity, LegQuality, LegSource
from edge.messages.reason import Reason

# Beyond this the camera sees the leg from ahead or behind: 0.3 m at 0.8 m of leg.
_OFF_AXIS_LEGS: Final = 0.375
# On 29 rendered runners the two differed by 0.02 to 0.045, on a real walker by 0.04 to 0.07.
_DISAGREEMENT_LEGS: Final = 0.1
# The norms behind the limits are of a level belt.
_MOST_INCLINE_PCT: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Under what a stride was seen.

    Attributes
    ----------
    has_feet
        Whether the pose model gives points of the feet.
    rate_hz
        Frames a second; infinite while unknown.
    incline_pct
        Of the belt.
    legs
        Source and quality of the stride's points.
    disagreement_legs
        How far pose model and leg reader differ, in leg lengths; NaN while unknown.
    off_axis_legs
        How far the hips are from the middle of the picture, in leg lengths; NaN while unknown.
    """

    has_feet: bool
    rate_hz: float
    incline_pct: float
    legs: LegQuality
    disagreement_legs: float
    off_axis_legs: float


def distrust(conditions: Conditions) -> Reason:
    """Return the first reason not to judge a stride of the near leg; none if there is none."""
    if not conditions.has_feet:
        return Reason("no_feet")
    if conditions.rate_hz < LEAST_RATE_HZ:
        return frame_rate_low(conditions.rate_hz)
    if abs(conditions.incline_pct) > _MOST_INCLINE_PCT:
        return Reason("incline", most_pct=_MOST_INCLINE_PCT)
    if conditions.legs.clarity is LegClarity.NOT_CLEAR:
        return Reason("legs_not_clear")
    # Where the reader is not followed because it is worse, that it differs says nothing.
    followed = conditions.legs.source is LegSource.READER
    if followed and conditions.disagreement_legs > _DISAGREEMENT_LEGS:
        return Reason("legs_disagree")
    if conditions.off_axis_legs > _OFF_AXIS_LEGS:
        return Reason("off_centre")
    return Reason()


def frame_rate_low(rate_hz: float) -> Reason:
    """Return the reason that there are too few frames a second."""
    return Reason("frame_rate_low", rate_hz=round(rate_hz))
