"""The legs of a frame as an exercise sees them, before anybody decides which is whose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_LEG, RIGHT_LEG, SIDE_LEG
from edge.numerics.sagittal import runner_axes

# Stated error of a point whose model states none, in leg lengths: what is usual for the reader.
_USUAL_ERROR_LEGS: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LegSeen:
    """One leg in one frame.

    Attributes
    ----------
    points
        Shape (5, 2), hip to toe, runner's axes, pixels; NaN where absent.
    error_px
        Shape (5,), expected error of each point; NaN where the model states none.
    read
        Whether the leg reader placed them.
    """

    points: Floats
    error_px: Floats
    read: bool

    def error_legs(self, leg_px: float) -> Floats:
        """Return the expected errors in leg lengths."""
        return np.where(np.isnan(self.error_px), _USUAL_ERROR_LEGS, self.error_px / leg_px)


def legs_seen(pose: Pose, near_side: Side) -> tuple[LegSeen, LegSeen]:
    """Return the near and the far leg, as the leg reader or else the pose model names them.

    The raw points of both sources, each with its own error: identity repair fits runners, whose
    legs swing, and would fill or exchange the legs of somebody standing on one.
    """
    if pose.legs_px is not None and pose.legs_error_px is not None:
        near, far = (
            LegSeen(points=runner_axes(points, near_side), error_px=errors, read=True)
            for points, errors in zip(
                pose.legs_px.take(SIDE_LEG, axis=1),
                pose.legs_error_px.take(SIDE_LEG, axis=1),
                strict=True,
            )
        )
        return near, far
    left, right = (
        LegSeen(
            points=runner_axes(_of(pose, leg), near_side), error_px=np.full(5, np.nan), read=False
        )
        for leg in (LEFT_LEG, RIGHT_LEG)
    )
    return (left, right) if near_side is Side.LEFT else (right, left)


def _of(pose: Pose, leg: Sequence[int]) -> Floats:
    return pose.body_px[list(leg)]
