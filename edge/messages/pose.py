"""The keypoints of one frame."""

from dataclasses import dataclass, field

import numpy as np

from edge.messages.arrays import Floats, freeze
from edge.messages.frame import MAIN_CAMERA
from edge.messages.skeleton import SIDE_POINTS, Skeleton


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pose:
    """The keypoints of one frame; all NaN if nobody was found.

    Attributes
    ----------
    frame_index, time_s, breaks, camera
        As in the frame.
    size_px
        Width and height of the picture.
    skeleton
        Definition of the k points; rooms read the body through ``body_px``.
    xy_px
        Shape (k, 2); NaN for absent points, all NaN if nobody is in view.
    visibility
        Shape (k,), 0 to 1; NaN if nobody is in view.
    depth_px
        Shape (k,), the model's estimate of depth relative to the hips, smaller is nearer; image px.
        NaN if the model gives none.
    presence
        Score of a person being present, 0 to 1.
    swapped
        True if identity repair has exchanged the model's left and right legs.
    legs_px
        Shape (2, 7, 2), the leg reader's near and far leg, each shoulder, hip, knee, ankle, heel,
        big toe, shoe tip; None without a reader.
    legs_error_px
        Shape (2, 7), the reader's expected mean error of each coordinate; None without a reader.
    expected_px
        Shape (k, 2), leg points predicted from the previous strides, NaN without a prediction; None
        before repair. For events and drawing only: no measurement uses it.
    others
        Whether somebody else is in the picture; not recorded.
    found
        Whether a person was found, that is, any keypoint is present.
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
    others: bool = False
    found: bool = field(init=False)

    def __post_init__(self) -> None:
        """Check shapes, make the arrays read-only, and set ``found``."""
        count = self.skeleton.count
        freeze(self.xy_px, "xy_px", (count, 2))
        # Stored, because the rooms read it for every pose of their windows at every frame.
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
        """The body's points, shape (12, 2); NaN for those that the model lacks."""
        return self.skeleton.body_of(self.xy_px)
