"""The keypoints of one frame."""

from dataclasses import dataclass, field

import numpy as np

from edge.messages.arrays import Floats, freeze
from edge.messages.frame import MAIN_CAMERA
from edge.messages.skeleton import SIDE_POINTS, Skeleton


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pose:
    """The keypoints of one frame, or the statement that nobody was found in it.

    Attributes
    ----------
    frame_index, time_s, breaks, camera
        Those of the frame.
    size_px
        Width and height of the picture.
    skeleton
        What the k points are; rooms find the body in them by ``body_px``.
    xy_px
        Shape (k, 2); NaN where a point is absent, all NaN when nobody is in view.
    visibility
        Shape (k,), 0 to 1; NaN when nobody is in view.
    depth_px
        Shape (k,), the model's guess of depth relative to the hips, smaller is nearer; image px.
        NaN of a model that makes none.
    presence
        Score of a person being there, 0 to 1.
    swapped
        True where the model's left and right legs have been exchanged by identity repair.
    legs_px
        Shape (2, 7, 2), the leg reader's near and far leg, each shoulder, hip, knee, ankle, heel,
        big toe, shoe tip; None where no reader has looked.
    legs_error_px
        Shape (2, 7), the mean error the reader expects of each coordinate; None likewise.
    expected_px
        Shape (k, 2), where the strides before say the leg points should be, NaN where they say
        nothing; None before repair.
        For events and drawing only: what is measured is never taken from here.
    found
        Whether a person was found: any keypoint is there.
    """

    frame_index: int
    time_s: float
    size_px: tuple[int, int]
    skeleton: Skeleton
    xy_px: Floats
    visibility: Floats
    depth_px: Floats
    presence: float
    swapped: bool = False
    breaks: bool = False
    expected_px: Floats | None = None
    legs_px: Floats | None = None
    legs_error_px: Floats | None = None
    camera: str = MAIN_CAMERA
    found: bool = field(init=False)

    def __post_init__(self) -> None:
        """Check shapes, make the arrays read-only, and see whether anybody was found."""
        count = self.skeleton.count
        freeze(self.xy_px, "xy_px", (count, 2))
        # Kept, since the rooms ask it of every pose of their windows at every frame.
        object.__setattr__(self, "found", bool(np.isfinite(self.xy_px).any()))
        if self.legs_px is not None:
            freeze(self.legs_px, "legs_px", (2, len(SIDE_POINTS), 2))
        if self.legs_error_px is not None:
            freeze(self.legs_error_px, "legs_error_px", (2, len(SIDE_POINTS)))
        if self.expected_px is not None:
            freeze(self.expected_px, "expected_px", (count, 2))
        freeze(self.visibility, "visibility", (count,))
        freeze(self.depth_px, "depth_px", (count,))

    @property
    def body_px(self) -> Floats:
        """Where the body's points are, shape (12, 2); NaN for those that the model lacks."""
        return self.skeleton.body_of(self.xy_px)
