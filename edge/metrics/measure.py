"""Measurement of one stride: all metrics and the two key poses."""

from math import nan

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.metric import Metric
from edge.messages.seen import Stance
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_LEG, RIGHT_LEG, TOE
from edge.messages.stride import KeyPose, Stride, StrideMetrics
from edge.metrics.catalogue import METRICS
from edge.metrics.measured_leg import measured_leg
from edge.metrics.model_offsets import ModelOffsets
from edge.metrics.sampling import at_time
from edge.numerics.sagittal import image_axes, runner_axes


def measure(
    stride: Stride,
    offsets: ModelOffsets,
    neutral: Stance | None = None,
    *,
    feet_seen: bool = True,
) -> tuple[StrideMetrics, list[KeyPose]]:
    """Measure one stride.

    Parameters
    ----------
    stride
        A closed stride; an invalid one is measured as far as its events allow.
    offsets
        Corrections for the pose model's systematic errors.
    neutral
        The runner's neutral stance, the zero of plantarflexion if it is of this leg.
    feet_seen
        If false, the metrics that need the foot are absent: the model placed its points blindly.

    Returns
    -------
    The metrics, NaN if an event or a point is missing, and the key poses that exist.

    Notes
    -----
    Definitions: docs/gait-metrics.md, "Angles" and "Metrics".
    """
    leg = measured_leg(stride, offsets, neutral)
    metrics = StrideMetrics(
        side=stride.side,
        near=stride.near,
        start_s=stride.start_s,
        peak_knee_flexion_s=stride.peak_knee_flexion_s,
        toe_off_s=stride.toe_off_s,
        end_s=stride.end_s,
        valid=stride.valid,
        reason=stride.reason,
        decided_at_s=stride.decided_at_s,
        values={
            name: spec.value(leg) if feet_seen or not spec.needs_feet else nan
            for name, spec in METRICS.items()
        },
    )
    return metrics, _key_poses(stride, leg.toe_x, metrics)


def _key_poses(stride: Stride, toe_x: float, metrics: StrideMetrics) -> list[KeyPose]:
    wanted = (
        (EventKind.PEAK_KNEE_FLEXION, metrics.peak_knee_flexion_s, metrics.value(Metric.KNEE_TOE)),
        (EventKind.TOE_OFF, metrics.toe_off_s, metrics.value(Metric.PUSH_OFF)),
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
    """Return the keypoints with the measured toe, so that drawing and value agree."""
    toe = (LEFT_LEG if stride.side is Side.LEFT else RIGHT_LEG)[TOE]
    points = runner_axes(xy_px, stride.facing)
    points[toe, 0] = toe_x
    return image_axes(points, stride.facing)
