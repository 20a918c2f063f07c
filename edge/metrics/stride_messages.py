"""What is sent of one stride: its metrics, and what is drawn of it."""

from dataclasses import replace

from edge.messages.reason import Reason
from edge.messages.seen import Seen
from edge.messages.stride import KeyPose, Stride, StrideCurves, StrideMetrics
from edge.messages.withholding import FEET
from edge.metrics.curves import stride_curves
from edge.metrics.measure import measure
from edge.metrics.model_errors import ModelErrors
from edge.metrics.model_offsets import ModelOffsets

Drawn = KeyPose | StrideCurves


def stride_messages(
    stride: Stride,
    offsets: ModelOffsets,
    seen: Seen,
    *,
    errors: ModelErrors,
    stand_in: Reason,
    why_not: Reason,
) -> tuple[StrideMetrics, list[Drawn]]:
    """Measure one stride.

    Parameters
    ----------
    stride, offsets, errors
        See ``measure``.
    seen
        The frame's input, with the neutral stance and the points set by hand.
    stand_in
        Why its poses are not for measuring; no reason if they are.
    why_not
        Why nothing may be judged in these pictures; no reason if it may. Without feet the rest of
        the stride is measured all the same.

    Returns
    -------
    The metrics, with the reason if they do not count; and the key poses and curves, which show a
    stride of the near leg that counts: none of walking.
    """
    feet_seen = why_not.code not in FEET
    metrics, key_poses = measure(
        stride, offsets, seen.neutral, feet_seen=feet_seen, by_hand=seen.points, errors=errors
    )
    if unfit := stand_in or (why_not if feet_seen else Reason()):
        metrics = replace(metrics, valid=False, reason=metrics.reason or unfit)
    if not (metrics.near and metrics.valid):
        return metrics, []
    curves = stride_curves(stride)
    return metrics, [*key_poses, *(() if curves is None else (curves,))]
