"""Points of the near leg as an operator set them on a still, as corrections of the pose model."""

from dataclasses import dataclass
from typing import Final

from edge.messages.gait import EventKind
from edge.messages.legs import LegSource
from edge.messages.metric import Metric
from edge.messages.side import Side

SET_POINTS: Final[tuple[str, ...]] = ("knee", "ankle", "heel", "toe")
"""The points that an operator sets, in the order of every array of them; the toe is the tip."""

CORRECTED: Final[tuple[str, ...]] = (
    Metric.KNEE_TOE.value,
    Metric.SHANK.value,
    Metric.PEAK_FLEXION.value,
    Metric.PUSH_OFF.value,
)
"""The metrics measured by the points set by hand: those that limits or votes judge."""

Offset = tuple[float, float]
Pixel = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsByHand:
    """How far the points set by hand lie from those of the pose model, on one still.

    Attributes
    ----------
    side
        The leg; the correction applies to no other.
    source
        Whose points it corrects; another source errs in another way.
    kind, still_s
        Which still: peak knee flexion or toe-off, and its capture time.
    set_at, set_by
        When (UTC, ISO 8601) and by whom, for the record.
    offsets_legs
        Four offsets (forward, up) in leg lengths, thigh plus shank: knee and ankle in the axes of
        the shank, heel and toe in those of the foot. A shank that stands upright and a foot that
        lies flat have the runner's axes.
    model_px, hand_px
        Four points in the picture: where the model put them, and where the operator did.
    """

    side: Side
    source: LegSource
    kind: EventKind
    still_s: float
    set_at: str
    set_by: str
    offsets_legs: tuple[Offset, ...]
    model_px: tuple[Pixel, ...]
    hand_px: tuple[Pixel, ...]

    def __post_init__(self) -> None:
        """Check that there are four of each."""
        for name in ("offsets_legs", "model_px", "hand_px"):
            if len(getattr(self, name)) != len(SET_POINTS):
                raise ValueError(f"{name} must have {len(SET_POINTS)} points")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsChange:
    """The points set by hand that are in force from a time on.

    Attributes
    ----------
    points
        None if the points are the model's again.
    time_s
        Capture time.
    """

    points: PointsByHand | None
    time_s: float
