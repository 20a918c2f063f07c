"""All numbers of one stride, and the two poses a clinician would freeze."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.seen import Stance
from edge.messages.side import Side
from edge.messages.skeleton import (
    ANKLE,
    HEEL,
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
from edge.messages.stride import KeyPose, Stride, StrideMetrics
from edge.metrics.model_offsets import ModelOffsets
from edge.metrics.planted_foot import planted_x
from edge.metrics.sampling import at_time, within
from edge.numerics.sagittal import (
    distance_to_line,
    foot_angle_deg,
    image_axes,
    knee_flexion_deg,
    runner_axes,
    shank_angle_deg,
    thigh_angle_deg,
    trunk_lean_deg,
)

# Parts of stance, as shares of it, in which the heel and the toe stand still on the belt.
_HEEL_DOWN = (0.15, 0.62)
_TOE_DOWN = (0.15, 0.75)
_LINE_TOLERANCE = 0.08
# A knee this much straighter at its peak than elsewhere in this part of stance was misread.
_AROUND_PEAK = (0.2, 0.7)
_DIP_DEG = 6.0
_PUSH_OFF_AFTER_S = 0.06


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Leg:
    """One stride's leg in the runner's axes: points (n, 5, 2), shoulder and hips (n, 2)."""

    times_s: Floats
    points: Floats
    shoulder: Floats
    mid_hip: Floats
    shank: float
    length: float


def measure(
    stride: Stride, offsets: ModelOffsets, neutral: Stance | None = None
) -> tuple[StrideMetrics, list[KeyPose]]:
    """Measure one stride.

    Parameters
    ----------
    stride
        A closed stride; an invalid one is measured as far as its events allow.
    offsets
        Systematic offsets of the pose model to take out.
    neutral
        The runner's quiet standing: the zero of plantarflexion, if it is of this leg.

    Returns
    -------
    The metrics, NaN where an event or a point is missing, and the key poses that exist.

    Notes
    -----
    Definitions: docs/gait-metrics.md, "Angles" and "Metrics". The toe at peak knee bend is
    read from the line
    of the planted foot through mid stance.
    """
    leg = _leg(stride)
    peak, toe_off = stride.peak_knee_flexion_s, stride.toe_off_s
    # The correction is made to the toe, so that the drawing shows the same gap as the number.
    toe_x = _toe_x(leg, stride) - offsets.knee_toe_pct * leg.shank / 100
    bent = _believed_peak(leg, stride)
    pushed = at_time(leg.times_s, leg.points, toe_off)
    landed = at_time(leg.times_s, leg.points, stride.start_s)
    knee_toe = 100 * (bent[KNEE, 0] - toe_x) / leg.shank
    metrics = StrideMetrics(
        side=stride.side,
        near=stride.near,
        start_s=stride.start_s,
        peak_knee_flexion_s=peak,
        toe_off_s=toe_off,
        end_s=stride.end_s,
        valid=stride.valid,
        reason=stride.reason,
        decided_at_s=stride.decided_at_s,
        knee_toe_offset_pct=float(knee_toe),
        shank_angle_deg=float(shank_angle_deg(bent[KNEE], bent[ANKLE])) + offsets.shank_angle_deg,
        hip_ankle_offset_pct=float(100 * (bent[HIP, 0] - bent[ANKLE, 0]) / leg.length)
        + offsets.hip_ankle_pct,
        knee_flexion_peak_deg=_flexion(bent) + offsets.knee_flexion_peak_deg,
        knee_flexion_contact_deg=_flexion(landed),
        knee_flexion_push_off_deg=_least_flexion(leg, peak, toe_off)
        + offsets.knee_flexion_push_off_deg,
        thigh_extension_deg=-float(thigh_angle_deg(pushed[HIP], pushed[KNEE]))
        + offsets.thigh_extension_deg,
        plantarflexion_deg=_plantarflexion(leg, stride, pushed, offsets, neutral),
        line_straightness_pct=_straightness(leg, toe_off),
        trunk_lean_deg=_mean_trunk_lean(leg, stride) + offsets.trunk_lean_deg,
        overstride_pct=_overstride(leg, stride.start_s) + offsets.overstride_pct,
        **_temporal(stride),
        vertical_oscillation_pct=_oscillation(leg, stride),
    )
    return metrics, _key_poses(stride, toe_x, metrics)


def _leg(stride: Stride) -> _Leg:
    points = runner_axes(stride.xy_px, stride.facing, stride.roll_deg)
    own = points[:, LEFT_LEG if stride.side is Side.LEFT else RIGHT_LEG]
    # The shoulder of the leg's own side; the far one is behind the trunk.
    shoulder = points[:, LEFT_SHOULDER if stride.side is Side.LEFT else RIGHT_SHOULDER]
    shank = np.hypot(*(own[:, KNEE] - own[:, ANKLE]).T)
    thigh = np.hypot(*(own[:, HIP] - own[:, KNEE]).T)
    shank_px, thigh_px = _middle(shank), _middle(thigh)
    return _Leg(
        times_s=stride.times_s,
        points=own,
        shoulder=shoulder,
        mid_hip=(points[:, LEFT_HIP] + points[:, RIGHT_HIP]) / 2,
        shank=shank_px,
        length=shank_px + thigh_px,
    )


def _middle(lengths: Floats) -> float:
    known = lengths[np.isfinite(lengths)]
    return float(np.median(known)) if known.size else float("nan")


def _toe_x(leg: _Leg, stride: Stride) -> float:
    """Return the toe's x at peak knee bend, from its line through mid stance."""
    inside = _share_of_stance(leg.times_s, stride, _TOE_DOWN)
    return planted_x(
        leg.times_s[inside],
        leg.points[inside, TOE, 0],
        _LINE_TOLERANCE * leg.shank,
        stride.peak_knee_flexion_s,
    )


def _share_of_stance(
    times_s: Floats, stride: Stride, share: tuple[float, float]
) -> NDArray[np.bool_]:
    stance = stride.toe_off_s - stride.start_s
    start, end = (stride.start_s + s * stance for s in share)
    return np.asarray((times_s >= start) & (times_s <= end))


def _flexion(points: Floats) -> float:
    return float(knee_flexion_deg(points[HIP], points[KNEE], points[ANKLE]))


def _believed_peak(leg: _Leg, stride: Stride) -> Floats:
    """Return the leg at peak knee bend, shape (5, 2); NaN where the knee is not most bent there.

    While the other leg passes, the model may lay both legs on one: the knee then seems to
    straighten just when it is most bent, and nothing read there is this leg's.
    """
    bent = at_time(leg.times_s, leg.points, stride.peak_knee_flexion_s)
    stance = leg.points[_share_of_stance(leg.times_s, stride, _AROUND_PEAK)]
    flexion = knee_flexion_deg(stance[:, HIP], stance[:, KNEE], stance[:, ANKLE])
    known = flexion[np.isfinite(flexion)]
    dips = known.size > 0 and _flexion(bent) < float(known.max()) - _DIP_DEG
    return np.full_like(bent, np.nan) if dips else bent


def _least_flexion(leg: _Leg, peak_s: float, toe_off_s: float) -> float:
    window = within(leg.times_s, leg.points, peak_s, toe_off_s + _PUSH_OFF_AFTER_S)
    flexion = knee_flexion_deg(window[:, HIP], window[:, KNEE], window[:, ANKLE])
    known = flexion[np.isfinite(flexion)]
    return float(known.min()) if known.size else float("nan")


def _plantarflexion(
    leg: _Leg, stride: Stride, pushed: Floats, offsets: ModelOffsets, neutral: Stance | None
) -> float:
    """Plantarflexion at toe-off against quiet standing, where that was captured.

    Else the flat foot of mid stance stands for the standing foot and a vertical shank for the
    standing shank. The model's offset is that of this stand-in: of a model that reads a standing
    foot as it reads one at toe-off, the difference is free.
    """
    shank = float(shank_angle_deg(pushed[KNEE], pushed[ANKLE]))
    foot = float(foot_angle_deg(pushed[HEEL], pushed[TOE]))
    if neutral is not None and neutral.side is stride.side:
        return -(shank - neutral.shank_angle_deg + foot - neutral.foot_angle_deg)
    flat = leg.points[_share_of_stance(leg.times_s, stride, _HEEL_DOWN)]
    flat_foot = _middle(foot_angle_deg(flat[:, HEEL], flat[:, TOE]))
    return -(shank + foot - flat_foot) + offsets.plantarflexion_deg


def _straightness(leg: _Leg, toe_off_s: float) -> float:
    points = at_time(leg.times_s, leg.points, toe_off_s)
    shoulder = at_time(leg.times_s, leg.shoulder, toe_off_s)
    ankle = points[ANKLE]
    span = float(np.hypot(*(shoulder - ankle)))
    away = distance_to_line(points[[KNEE, HIP]], ankle, shoulder)
    return 100 * float(away.max()) / span if span > 0 else float("nan")


def _mean_trunk_lean(leg: _Leg, stride: Stride) -> float:
    inside = (leg.times_s >= stride.start_s) & (leg.times_s <= stride.toe_off_s)
    lean = trunk_lean_deg(leg.shoulder[inside], leg.points[inside, HIP])
    known = lean[np.isfinite(lean)]
    return float(known.mean()) if known.size else float("nan")


def _overstride(leg: _Leg, contact_s: float) -> float:
    ankle = at_time(leg.times_s, leg.points, contact_s)[ANKLE, 0]
    hip = at_time(leg.times_s, leg.mid_hip, contact_s)[0]
    return 100 * float(ankle - hip) / leg.length


def _temporal(stride: Stride) -> dict[str, float]:
    stride_s = stride.end_s - stride.start_s
    return {
        "ground_contact_ms": 1000 * (stride.toe_off_s - stride.start_s),
        "flight_ms": 1000 * (stride.opposite_contact_s - stride.toe_off_s),
        "stride_time_ms": 1000 * stride_s,
        "cadence_spm": 120 / stride_s,
    }


def _oscillation(leg: _Leg, stride: Stride) -> float:
    """Rise of the mid hip over each step of the stride, the two steps' mean, in % of leg."""
    middle = stride.opposite_contact_s
    if not np.isfinite(middle):
        middle = (stride.start_s + stride.end_s) / 2
    rises = []
    for start, end in ((stride.start_s, middle), (middle, stride.end_s)):
        height = within(leg.times_s, leg.mid_hip[:, 1], start, end)
        known = height[np.isfinite(height)]
        if known.size:
            rises.append(float(np.ptp(known)))
    return 100 * float(np.mean(rises)) / leg.length if rises else float("nan")


def _key_poses(stride: Stride, toe_x: float, metrics: StrideMetrics) -> list[KeyPose]:
    wanted = (
        (EventKind.PEAK_KNEE_FLEXION, metrics.peak_knee_flexion_s, metrics.knee_toe_offset_pct),
        (EventKind.TOE_OFF, metrics.toe_off_s, metrics.knee_flexion_push_off_deg),
    )
    poses = []
    for kind, time_s, value in wanted:
        if not np.isfinite(value) or not np.isfinite(time_s):
            continue
        xy = at_time(stride.times_s, stride.xy_px, time_s)
        if kind is EventKind.PEAK_KNEE_FLEXION:
            xy = _with_measured_toe(xy, stride, toe_x)
        nearest = int(np.argmin(np.abs(stride.times_s - time_s)))
        poses.append(
            KeyPose(
                kind=kind,
                side=stride.side,
                near=stride.near,
                time_s=time_s,
                frame_index=int(stride.frame_indices[nearest]),
                xy_px=xy,
                value=value,
            )
        )
    return poses


def _with_measured_toe(xy_px: Floats, stride: Stride, toe_x: float) -> Floats:
    """Return the keypoints with the toe where the number says it is, so that both agree."""
    toe = (LEFT_LEG if stride.side is Side.LEFT else RIGHT_LEG)[TOE]
    points = runner_axes(xy_px, stride.facing, stride.roll_deg)
    points[toe, 0] = toe_x
    return image_axes(points, stride.facing, stride.roll_deg)
