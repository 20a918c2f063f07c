"""Measurement of one stride: all metrics and the two key poses."""

from math import nan

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.metric import Metric
from edge.messages.points_by_hand import CORRECTED, PointsByHand
from edge.messages.seen import Stance
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_LEG, RIGHT_LEG, TOE
from edge.messages.stride import KeyPose, Stride, StrideMetrics
from edge.metrics.catalogue import METRICS
from edge.metrics.measured_leg import MeasuredLeg, measured_leg, planted_toe_x
from edge.metrics.model_errors import NO_ERRORS, Calibration, ModelErrors
from edge.metrics.model_offsets import NO_OFFSETS, ModelOffsets
from edge.metrics.sampling import at_time
from edge.numerics.sagittal import image_axes


def measure(
    stride: Stride,
    offsets: ModelOffsets,
    neutral: Stance | None = None,
    *,
    feet_seen: bool = True,
    by_hand: PointsByHand | None = None,
    errors: ModelErrors = NO_ERRORS,
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
    by_hand
        Points set by hand. If they are of this leg, it is the near one, and its points come from
        the source that they correct, the metrics in ``CORRECTED`` are measured by them, and the
        model's values are kept beside.
    errors
        The model's errors that are the same in all of a runner's strides.

    Returns
    -------
    The metrics, NaN if an event or a point is missing, and the key poses that exist.

    Notes
    -----
    Definitions: docs/gait-metrics.md, "Angles", "Metrics" and "Points set by hand".
    """
    leg = measured_leg(stride, offsets, neutral)
    values = {
        name: spec.value(leg) if feet_seen or not spec.needs_feet else nan
        for name, spec in METRICS.items()
    }
    shown, model_values = leg, {}
    if by_hand is not None and _applies(by_hand, stride):
        # The offsets are the model's mean error over many runners; this runner's was set by hand.
        shown = measured_leg(stride, NO_OFFSETS, neutral, by_hand)
        model_values = {name: values[name] for name in CORRECTED}
        values |= {
            name: METRICS[name].value(shown)
            for name in CORRECTED
            if feet_seen or not METRICS[name].needs_feet
        }
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
        legs=stride.legs,
        values=values,
        model_values=model_values,
        error95=_error95(shown, errors.error95(_calibrations(leg, by_hand=bool(model_values)))),
    )
    return metrics, _key_poses(leg, shown, metrics)


def _applies(points: PointsByHand, stride: Stride) -> bool:
    """Return whether points set by hand correct this stride's."""
    same_leg = points.side is stride.side and stride.near
    return same_leg and points.source is stride.legs.source


def _calibrations(leg: MeasuredLeg, *, by_hand: bool) -> list[Calibration]:
    """Return what corrected the model's points of this leg."""
    neutral = leg.neutral is not None and leg.neutral.side is leg.stride.side
    found = {Calibration.NEUTRAL: neutral, Calibration.BY_HAND: by_hand}
    return [calibration for calibration, holds in found.items() if holds]


def _error95(leg: MeasuredLeg, errors: dict[str, float]) -> dict[str, float]:
    """Return the errors of all metrics; a toe read at the belt's speed adds that speed's."""
    toe_pct = 100 * leg.toe_error95_px / leg.shank_px
    if not toe_pct > 0:
        return errors
    return errors | {Metric.KNEE_TOE: float(np.hypot(errors.get(Metric.KNEE_TOE, 0.0), toe_pct))}


def _key_poses(model: MeasuredLeg, shown: MeasuredLeg, metrics: StrideMetrics) -> list[KeyPose]:
    stride = model.stride
    wanted = (
        (EventKind.PEAK_KNEE_FLEXION, metrics.peak_knee_flexion_s, metrics.value(Metric.KNEE_TOE)),
        (EventKind.TOE_OFF, metrics.toe_off_s, metrics.value(Metric.PUSH_OFF)),
    )
    poses = []
    for kind, time_s, value in wanted:
        if not np.isfinite(value) or not np.isfinite(time_s):
            continue
        planted = kind is EventKind.PEAK_KNEE_FLEXION
        body = at_time(stride.times_s, stride.xy_px, time_s)
        own = list(LEFT_LEG if stride.side is Side.LEFT else RIGHT_LEG)
        leg = at_time(stride.times_s, shown.points, time_s)
        # The measured toe, so that drawing and value agree.
        body[own] = _leg_px(leg, stride, shown.toe_x if planted else nan)
        nearest = int(np.argmin(np.abs(stride.times_s - time_s)))
        poses.append(
            KeyPose(
                kind=kind,
                side=stride.side,
                near=stride.near,
                time_s=time_s,
                frame_index=int(stride.frame_indices[nearest]),
                xy_px=body,
                value=value,
                source=stride.legs.source,
                leg_px=_in_picture(shown, nearest, planted=planted),
                model_px=_in_picture(model, nearest, planted=planted),
            )
        )
    return poses


def _in_picture(leg: MeasuredLeg, place: int, *, planted: bool) -> Floats:
    """Return the leg at the time of a frame, shape (5, 2)."""
    toe_x = planted_toe_x(leg, float(leg.times_s[place])) if planted else nan
    return _leg_px(leg.points[place], leg.stride, toe_x)


def _leg_px(leg: Floats, stride: Stride, toe_x: float) -> Floats:
    """Return a leg in the picture, shape (5, 2), with its toe at ``toe_x`` unless that is NaN."""
    points = leg.copy()
    if np.isfinite(toe_x):
        points[TOE, 0] = toe_x
    return image_axes(points, stride.facing)
