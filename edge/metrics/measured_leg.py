"""The leg of one stride as input to the metrics: points in the runner's axes, key instants."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats
from edge.messages.points_by_hand import PointsByHand
from edge.messages.seen import Stance
from edge.messages.side import Side
from edge.messages.skeleton import (
    ANKLE,
    HIP,
    KNEE,
    LEFT_HIP,
    LEFT_LEG,
    LEFT_SHOULDER,
    RIGHT_HIP,
    RIGHT_LEG,
    RIGHT_SHOULDER,
    TOE,
)
from edge.messages.stride import Stride
from edge.metrics.corrected_leg import corrected
from edge.metrics.model_offsets import ModelOffsets
from edge.metrics.planted_foot import Planted, planted
from edge.metrics.sampling import at_time
from edge.numerics.sagittal import knee_flexion_deg, runner_axes

# Shares of stance between which the toe is still on the belt.
_TOE_DOWN = (0.15, 0.75)
_LINE_TOLERANCE = 0.08
# A knee this much straighter at its peak than elsewhere in these shares of stance is a misreading.
_AROUND_PEAK = (0.2, 0.7)
_DIP_DEG = 6.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredLeg:
    """Input to the metrics of one stride; x forward, y up, pixels; NaN where missing.

    Attributes
    ----------
    stride, offsets, neutral
        The arguments of ``measure``.
    points
        Shape (n, 5, 2), the leg at the stride's times: hip, knee, ankle, heel, toe.
    shoulder, mid_hip
        Shape (n, 2): the shoulder of the leg's own side, the middle of both hips.
    shank_px, leg_px
        Length of the shank, and of thigh plus shank: medians over the stride.
    at_contact, at_peak, at_toe_off
        Shape (5, 2), the leg at the three instants; all NaN for a misread peak.
    toe_x, toe_error95_px
        Position of the toe at peak knee bend, from the line of the planted foot, and half the 95 %
        interval of its error from a slope that is not this stride's; 0 where it is.
    """

    stride: Stride
    offsets: ModelOffsets
    neutral: Stance | None
    points: Floats
    shoulder: Floats
    mid_hip: Floats
    shank_px: float
    leg_px: float
    at_contact: Floats
    at_peak: Floats
    at_toe_off: Floats
    toe_x: float
    toe_error95_px: float

    @property
    def times_s(self) -> Floats:
        """Shape (n,), frame times."""
        return self.stride.times_s


def measured_leg(
    stride: Stride,
    offsets: ModelOffsets,
    neutral: Stance | None,
    by_hand: PointsByHand | None = None,
) -> MeasuredLeg:
    """Return the input to the metrics of a stride; ``by_hand`` corrects its leg."""
    points = runner_axes(stride.xy_px, stride.facing)
    own = points[:, LEFT_LEG if stride.side is Side.LEFT else RIGHT_LEG]
    # The shoulder of the leg's own side; the far one is behind the trunk.
    shoulder = points[:, LEFT_SHOULDER if stride.side is Side.LEFT else RIGHT_SHOULDER]
    shank_px, thigh_px = _lengths_px(own)
    if by_hand is not None:
        own = corrected(own, by_hand.offsets_legs, shank_px + thigh_px)
        shank_px, thigh_px = _lengths_px(own)
    toe = _toe(own, stride, shank_px, stride.peak_knee_flexion_s)
    return MeasuredLeg(
        stride=stride,
        offsets=offsets,
        neutral=neutral,
        points=own,
        shoulder=shoulder,
        mid_hip=(points[:, LEFT_HIP] + points[:, RIGHT_HIP]) / 2,
        shank_px=shank_px,
        leg_px=shank_px + thigh_px,
        at_contact=at_time(stride.times_s, own, stride.start_s),
        at_peak=_believed_peak(own, stride),
        at_toe_off=at_time(stride.times_s, own, stride.toe_off_s),
        # Correct the toe, so that the drawing shows the same gap as the value.
        toe_x=toe.x - offsets.knee_toe_pct * shank_px / 100,
        toe_error95_px=toe.error95,
    )


def planted_toe_x(leg: MeasuredLeg, time_s: float) -> float:
    """Return the x of the planted toe at an instant of mid stance, without the model's offset."""
    return _toe(leg.points, leg.stride, leg.shank_px, time_s).x


def _lengths_px(leg: Floats) -> tuple[float, float]:
    """Return the lengths of shank and thigh."""
    shank, thigh = (np.hypot(*(leg[:, a] - leg[:, b]).T) for a, b in ((KNEE, ANKLE), (HIP, KNEE)))
    return middle(shank), middle(thigh)


def middle(values: Floats) -> float:
    """Return the median of the finite values; NaN without any."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def share_of_stance(stride: Stride, share: tuple[float, float]) -> NDArray[np.bool_]:
    """Return which frames are between two shares of stance, shape (n,)."""
    stance = stride.toe_off_s - stride.start_s
    start, end = (stride.start_s + s * stance for s in share)
    return np.asarray((stride.times_s >= start) & (stride.times_s <= end))


def flexion_deg(leg: Floats) -> float:
    """Return the knee flexion of one leg, shape (5, 2)."""
    return float(knee_flexion_deg(leg[HIP], leg[KNEE], leg[ANKLE]))


def _toe(leg: Floats, stride: Stride, shank_px: float, time_s: float) -> Planted:
    """Return the toe at an instant, from its line through mid stance."""
    inside = share_of_stance(stride, _TOE_DOWN)
    return planted(
        stride.times_s[inside],
        leg[inside, TOE, 0],
        _LINE_TOLERANCE * shank_px,
        time_s,
        stride.belt_speed_px_s,
    )


def _believed_peak(leg: Floats, stride: Stride) -> Floats:
    """Return the leg at peak knee bend, shape (5, 2); NaN if the knee is not most bent there.

    While the other leg passes, the model may place both legs on one. The knee then appears to
    straighten just when it is most bent, and the points there do not belong to this leg.
    """
    bent = at_time(stride.times_s, leg, stride.peak_knee_flexion_s)
    stance = leg[share_of_stance(stride, _AROUND_PEAK)]
    flexion = knee_flexion_deg(stance[:, HIP], stance[:, KNEE], stance[:, ANKLE])
    known = flexion[np.isfinite(flexion)]
    dips = known.size > 0 and flexion_deg(bent) < float(known.max()) - _DIP_DEG
    return np.full_like(bent, np.nan) if dips else bent
