"""Hip, knee and ankle curves of one stride, for visual comparison."""

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, LEFT_LEG, RIGHT_LEG, TOE
from edge.messages.stride import CURVE_POINTS, Stride, StrideCurves
from edge.numerics.sagittal import foot_angle_deg, knee_flexion_deg, runner_axes, shank_angle_deg
from edge.numerics.sagittal import thigh_angle_deg as thigh_deg

# Shares of stance between which the foot is flat on the belt.
_FLAT = (0.15, 0.62)


def stride_curves(stride: Stride) -> StrideCurves | None:
    """Return a stride's joint angles at equal steps from contact to contact.

    Parameters
    ----------
    stride
        A valid stride.

    Returns
    -------
    The curves, NaN where keypoints are missing; None if no angle is known at all.

    Notes
    -----
    Hip is the thigh against the vertical, positive forward; the pelvis is not visible, so it is not
    the hip joint angle. Knee is flexion. Ankle is dorsiflexion relative to the flat foot of this
    stride's mid stance under a vertical shank. The pose model's offsets apply to single instants
    and are not corrected here.
    """
    points = runner_axes(stride.xy_px, stride.facing)
    leg = points[:, LEFT_LEG if stride.side is Side.LEFT else RIGHT_LEG]
    foot = foot_angle_deg(leg[:, HEEL], leg[:, TOE])
    stance_s = stride.toe_off_s - stride.start_s
    flat = (stride.times_s >= stride.start_s + _FLAT[0] * stance_s) & (
        stride.times_s <= stride.start_s + _FLAT[1] * stance_s
    )
    known = foot[flat & np.isfinite(foot)]
    neutral = float(np.median(known)) if known.size else np.nan
    ankle = shank_angle_deg(leg[:, KNEE], leg[:, ANKLE]) + foot - neutral
    at_s = np.linspace(stride.start_s, stride.end_s, CURVE_POINTS)
    hip, knee, ankle = (
        _at(at_s, stride.times_s, angle)
        for angle in (
            thigh_deg(leg[:, HIP], leg[:, KNEE]),
            knee_flexion_deg(leg[:, HIP], leg[:, KNEE], leg[:, ANKLE]),
            ankle,
        )
    )
    if not np.isfinite([hip, knee, ankle]).any():
        return None
    return StrideCurves(
        side=stride.side,
        near=stride.near,
        start_s=stride.start_s,
        hip_deg=hip,
        knee_deg=knee,
        ankle_deg=ankle,
    )


def _at(at_s: Floats, times_s: Floats, values: Floats) -> Floats:
    """Interpolate linearly; NaN outside the samples and next to a NaN sample."""
    return np.interp(at_s, times_s, values, left=np.nan, right=np.nan)
