"""Mean offsets between values seen by the camera and anatomical values, by pose model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from edge.messages.legs import LegSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOffsets:
    """Corrections added to measurements of the near leg to get anatomical values.

    Each default is about minus the mean error over 27 rendered runners with exact truth (the 15
    reference clips and 12 more), whose bodies, rooms and cameras were not used to train the leg
    reader. The standard deviation between runners is given next to it. About half of the offsets of
    knee and shank is due to perspective: a camera a few metres away sees a bent knee as more bent
    (docs/gait-metrics.md, "Camera"). Not measured on real people.
    """

    knee_toe_pct: float = -1.2  # SD 3.1
    shank_angle_deg: float = -0.8  # SD 1.9
    hip_ankle_pct: float = -0.3  # SD 3.0
    knee_flexion_peak_deg: float = -1.0  # SD 2.3
    knee_flexion_push_off_deg: float = -1.5  # SD 1.9
    thigh_extension_deg: float = -0.8  # SD 1.8
    plantarflexion_deg: float = -1.5  # SD 5.4
    trunk_lean_deg: float = 0.9  # SD 1.7
    overstride_pct: float = 0.2  # SD 1.9


NO_OFFSETS = ModelOffsets(
    knee_toe_pct=0.0,
    shank_angle_deg=0.0,
    hip_ankle_pct=0.0,
    knee_flexion_peak_deg=0.0,
    knee_flexion_push_off_deg=0.0,
    thigh_extension_deg=0.0,
    plantarflexion_deg=0.0,
    trunk_lean_deg=0.0,
    overstride_pct=0.0,
)

_READER: Final = ModelOffsets()
# Fitted in the same way on the 15 running reference clips with the reader withheld, model "full".
# Rendered runners again; on three real ones the knee-toe offset was off by as much (21 % of shank,
# by eye), most of it because BlazePose's toe is the big toe. "lite" and "heavy" take the same: they
# were not fitted, and their error is stated as larger (``model_errors.json``).
_TRACKED: Final = ModelOffsets(
    knee_toe_pct=-19.7,  # SD 6.3
    shank_angle_deg=-3.4,  # SD 3.4
    hip_ankle_pct=-7.4,  # SD 3.5
    knee_flexion_peak_deg=0.9,  # SD 3.9
    knee_flexion_push_off_deg=-0.1,  # SD 3.4
    thigh_extension_deg=-0.2,  # SD 3.2
    plantarflexion_deg=15.9,  # SD 6.6
    trunk_lean_deg=5.3,  # SD 1.7
    overstride_pct=7.7,  # SD 6.1
)
# Points without a reader do not come from BlazePose in pictures: it never runs without one.
_BY_SOURCE: Final[Mapping[LegSource, ModelOffsets]] = {
    LegSource.READER: _READER,
    LegSource.TRACKED: _TRACKED,
    LegSource.MODEL: _READER,
}
_BY_MODEL: Final[Mapping[str, Mapping[LegSource, ModelOffsets]]] = dict.fromkeys(
    ("lite", "full", "heavy"), _BY_SOURCE
)


def offsets_of(model: str) -> Mapping[LegSource, ModelOffsets] | None:
    """Return the offsets of a pose model by the source of the legs; None if none were fitted."""
    return _BY_MODEL.get(model)
