"""Strides cut from the closed form: exact events, exact points, so the numbers must be exact."""

from dataclasses import replace
from math import nan
from typing import Any

import numpy as np
from synthetic import Runner

from edge.messages.arrays import Floats
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import Stride


def cut(runner: Runner, side: Side | None = None, fps: float = 240.0, **changes: Any) -> Stride:
    """Return one exact stride of a runner, by default of the near leg."""
    side = side or runner.near
    start = runner.contact_s(side) + 2 * runner.stride_s
    first, last = round((start - 0.1) * fps), round((start + runner.stride_s + 0.1) * fps)
    index = np.arange(first, last + 1)
    stride = Stride(
        side=side,
        near=side is runner.near,
        facing=runner.camera.facing,
        start_s=start,
        peak_knee_flexion_s=start + runner.peak_s,
        toe_off_s=start + runner.stance_s,
        end_s=start + runner.stride_s,
        decided_at_s=start + runner.stride_s + 0.1,
        opposite_contact_s=start + runner.stride_s / 2,
        valid=True,
        reason=Reason(),
        times_s=index / fps,
        frame_indices=index,
        xy_px=runner.points_px(index / fps),
        belt_speed_px_s=runner.belt_px_s,
    )
    return replace(stride, **changes)


def with_points(stride: Stride, xy_px: Floats) -> Stride:
    return replace(stride, xy_px=xy_px)


def without(stride: Stride, *events: str) -> Stride:
    """Return the stride with some of its events not found."""
    absent: dict[str, Any] = dict.fromkeys(events, nan)
    return replace(stride, **absent)
