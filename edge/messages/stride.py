"""One stride: its keypoints, metrics, curves and key poses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats, freeze
from edge.messages.frame import MAIN_CAMERA
from edge.messages.gait import EventKind
from edge.messages.legs import UNKNOWN_LEGS, LegQuality, LegSource
from edge.messages.metric import MetricValues
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT, LEG_POINTS

# A curve over a stride has a point every 2 % of it.
CURVE_POINTS: Final = 51


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stride:
    """Initial contact to the next initial contact of the same foot.

    Attributes
    ----------
    side, near
        Which leg, and whether it is the one nearer the camera.
    facing
        The side of the picture the runner runs towards.
    start_s, peak_knee_flexion_s, toe_off_s, end_s
        Event times; NaN where the event was not found.
    decided_at_s
        ``time_s`` of the frame that closed the stride.
    opposite_contact_s
        The other foot's initial contact within the stride; NaN if none was found.
    valid, reason
        Whether the stride may be measured and judged, and if not, why.
    times_s
        Shape (n,), frame times that cover the stride with a margin.
    frame_indices
        Shape (n,), indices of those frames.
    xy_px
        Shape (n, 12, 2), the smoothed body without phase lag; NaN where data were insufficient.
    belt_speed_px_s
        Speed of the planted foot in the picture, positive; NaN if unknown.
    camera
        Name of the camera.
    legs
        Source and quality of the points; one source for the whole stride.
    """

    side: Side
    near: bool
    facing: Side
    start_s: float
    peak_knee_flexion_s: float
    toe_off_s: float
    end_s: float
    decided_at_s: float
    opposite_contact_s: float
    valid: bool
    reason: Reason
    times_s: Floats
    frame_indices: NDArray[np.int64]
    xy_px: Floats
    belt_speed_px_s: float
    camera: str = MAIN_CAMERA
    legs: LegQuality = UNKNOWN_LEGS

    def __post_init__(self) -> None:
        """Check shapes and make the arrays read-only."""
        freeze(self.times_s, "times_s", (None,))
        freeze(self.frame_indices, "frame_indices", (self.times_s.shape[0],))
        freeze(self.xy_px, "xy_px", (self.times_s.shape[0], BODY_COUNT, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class StrideMetrics:
    """Measurements of one stride: a row of ``strides.csv``.

    Attributes
    ----------
    side, near
        Which leg, and whether it is the one nearer the camera.
    start_s, peak_knee_flexion_s, toe_off_s, end_s
        Event times; NaN where the event was not found.
    valid, reason
        Whether the stride may be judged, and if not, why.
    values
        The metrics by name, with units and signs of the catalogue. Absent metrics are NaN or
        missing: strides of an older Toeline lack metrics that were added later.
    error95
        Half the 95 % interval of the error that the pose model makes in all of this runner's
        strides alike, by metric, in its unit; missing where none is known.
    decided_at_s
        ``time_s`` of the frame that closed the stride.
    model_values
        What the pose model's own points give for the metrics in ``values`` that were measured by
        points set by hand; empty where none were.
    legs
        Source and quality of the points; None for strides of an older Toeline.
    """

    side: Side
    near: bool
    start_s: float
    peak_knee_flexion_s: float
    toe_off_s: float
    end_s: float
    valid: bool
    reason: Reason
    values: Mapping[str, float] = field(default_factory=MetricValues)
    error95: Mapping[str, float] = field(default_factory=MetricValues)
    decided_at_s: float = nan
    model_values: Mapping[str, float] = field(default_factory=MetricValues)
    legs: LegQuality | None = None

    def __post_init__(self) -> None:
        """Make the values read-only."""
        object.__setattr__(self, "values", MetricValues(self.values))
        object.__setattr__(self, "model_values", MetricValues(self.model_values))
        object.__setattr__(self, "error95", MetricValues(self.error95))

    @property
    def by_hand(self) -> bool:
        """Whether some values were measured by points that an operator set."""
        return bool(self.model_values)

    def value(self, name: str) -> float:
        """Return a metric by its name; NaN where absent."""
        return self.values.get(name, nan)

    def model_value(self, name: str) -> float:
        """Return a metric as the pose model's own points give it; NaN where absent."""
        return self.model_values.get(name, self.value(name))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StrideCurves:
    """Joint angles of one valid stride at equal steps; signs as in ``metrics/curves``.

    Attributes
    ----------
    side, near, start_s
        Which stride.
    hip_deg, knee_deg, ankle_deg
        Shape (51,), at 0, 2, ... 100 % of the stride; NaN where keypoints are missing.
    """

    side: Side
    near: bool
    start_s: float
    hip_deg: Floats
    knee_deg: Floats
    ankle_deg: Floats

    def __post_init__(self) -> None:
        """Check shapes and make the arrays read-only."""
        for name in ("hip_deg", "knee_deg", "ankle_deg"):
            freeze(getattr(self, name), name, (CURVE_POINTS,))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyPose:
    """An instant that a clinician would freeze: peak knee bend or toe-off of one stride.

    Attributes
    ----------
    kind, side, near, time_s
        Which instant of which leg.
    source
        Whose points they are; MODEL for a stored one.
    frame_index
        The processed frame nearest to ``time_s``, for its picture.
    xy_px
        Shape (12, 2), the smoothed body at ``time_s``; the toe is the one the metrics used.
    value
        Knee-toe offset in % of shank at peak knee bend; knee flexion in degrees at toe-off.
    leg_px, model_px
        Shape (5, 2), the stride's leg in the picture of ``frame_index``, without the model's
        offsets: as measured, and as the pose model placed it. They differ where points were set by
        hand. A stored one has no ``model_px``, and of before this version no ``leg_px``.

    Notes
    -----
    The picture is up to half a frame away from ``time_s``, in which a foot on the belt moves by a
    tenth of the shank at 30 frames/s. What is set on the picture is compared with the points then.
    """

    kind: EventKind
    side: Side
    near: bool
    time_s: float
    frame_index: int
    xy_px: Floats
    value: float
    source: LegSource = LegSource.MODEL
    leg_px: Floats | None = None
    model_px: Floats | None = None

    def __post_init__(self) -> None:
        """Check shapes and make the arrays read-only."""
        freeze(self.xy_px, "xy_px", (BODY_COUNT, 2))
        for name in ("leg_px", "model_px"):
            if (leg := getattr(self, name)) is not None:
                freeze(leg, name, (len(LEG_POINTS), 2))
