"""How far the pose model's points stand off the anatomical ones, on average."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOffsets:
    """What is added to a reading of the model to get the anatomical value, near leg.

    Each default is about minus the mean error over the 15 rendered running clips with exact truth
    (``full`` model); its own error is the standard deviation between clips, given beside it. They
    were fitted on the clips they are judged on and are unmeasured on real people.
    """

    knee_toe_pct: float = -3.7  # SD 4.5
    shank_angle_deg: float = -2.4  # SD 2.6
    hip_ankle_pct: float = -6.6  # SD 3.3
    thigh_extension_deg: float = -1.8  # SD 2.6
    plantarflexion_deg: float = 13.9  # SD 5.8
    trunk_lean_deg: float = 5.1  # SD 1.8
    overstride_pct: float = 5.2  # SD 3.2


NO_OFFSETS = ModelOffsets(
    knee_toe_pct=0.0,
    shank_angle_deg=0.0,
    hip_ankle_pct=0.0,
    thigh_extension_deg=0.0,
    plantarflexion_deg=0.0,
    trunk_lean_deg=0.0,
    overstride_pct=0.0,
)
