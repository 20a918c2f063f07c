"""Settings of the traffic lights and the cues."""

from dataclasses import dataclass
from typing import Final

from edge.settings.setting import DIMENSIONLESS, number

_LIMITS: Final = 'docs/gait-metrics.md, "Limits"'
_STATES: Final = 'docs/gait-metrics.md, "Verdict states"'
_CUES: Final = 'docs/gait-metrics.md, "Cues"'
_STRIDES: Final = (1, 1000)
_ANGLE: Final = (0, 90)
_SLOPE: Final = (-20, 20)
_OFFSET: Final = (-30, 30)
_MARGIN: Final = (0, 30)

LIMIT_SPEEDS_MPS: Final = (2.2, 4.8)
"""Limits are scaled between these belt speeds, and stay as they are beyond them."""
LIMIT_SPEED_ZERO_MPS: Final = 2.5
"""The belt speed at which scaled limits have the value of their setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingSettings:
    """Limits of the traffic lights: screening defaults, to be adjusted by each clinic.

    Speeds scale three limits: ``a + slope * (v - 2.5)`` with v in m/s, clamped to 2.2 to 4.8.
    """

    window_strides: int = number(10, "strides", _STRIDES, _STATES, "Strides that are averaged.")
    recent_strides: int = number(
        12, "strides", _STRIDES, _STATES, "Strides among which the valid ones are counted."
    )
    min_valid_strides: int = number(
        8, "strides", _STRIDES, _STATES, "Valid strides without which nothing is judged."
    )
    dwell_strides: int = number(
        8, "strides", _STRIDES, _STATES, "Strides that a state is held, and inside to leave it."
    )
    share_beyond: float = number(
        0.7,
        DIMENSIONLESS,
        (0, 1),
        _STATES,
        "Share of strides beyond a limit to enter a worse state.",
    )
    warm_up_strides: int = number(
        10, "strides", (0, 1000), _STATES, "Strides not judged after a change of belt speed."
    )
    speed_change_mps: float = number(
        0.4, "m/s", (0.05, 5), _STATES, "A larger change of belt speed starts judging anew."
    )
    speed_change_strides: int = number(
        3, "strides", _STRIDES, _STATES, "Strides that the change must last."
    )
    knee_toe_amber_pct: float = number(
        0.0, "% of shank", _OFFSET, _LIMITS, "Knee-toe offset above which the light is amber."
    )
    knee_toe_red_pct: float = number(
        4.0, "% of shank", _OFFSET, _LIMITS, "Knee-toe offset above which the light is red."
    )
    knee_toe_inside_pct: float = number(
        1.5, "% of shank", _MARGIN, _LIMITS, "How far inside the offset must be to leave a state."
    )
    shank_amber_deg: float = number(
        30.0, "degrees", _ANGLE, _LIMITS, "Shank angle above which it votes amber."
    )
    shank_red_deg: float = number(
        33.0, "degrees", _ANGLE, _LIMITS, "Shank angle above which it votes red."
    )
    hip_ankle_amber_pct: float = number(
        9.0, "% of leg", _OFFSET, _LIMITS, "Hip-ankle offset above which the hips are forward."
    )
    hip_ankle_red_pct: float = number(
        11.5, "% of leg", _OFFSET, _LIMITS, "Hip-ankle offset above which they are far forward."
    )
    hip_ankle_inside_pct: float = number(
        1.0, "% of leg", _MARGIN, _LIMITS, "How far inside the offset must be to leave a state."
    )
    push_off_amber_deg: float = number(
        22.5, "degrees", _ANGLE, _LIMITS, "Knee flexion in push-off above which it is amber."
    )
    push_off_slope_deg: float = number(
        -2.3, "degrees per m/s", _SLOPE, _LIMITS, "Change of that limit with belt speed."
    )
    push_off_red_above_deg: float = number(
        5.0, "degrees", _ANGLE, _LIMITS, "The red limit lies so far above the amber one."
    )
    thigh_amber_deg: float = number(
        14.7, "degrees", _ANGLE, _LIMITS, "Thigh extension below which it votes amber."
    )
    thigh_slope_deg: float = number(
        3.65, "degrees per m/s", _SLOPE, _LIMITS, "Change of that limit with belt speed."
    )
    thigh_red_below_deg: float = number(
        4.0, "degrees", _ANGLE, _LIMITS, "The red limit lies so far below the amber one."
    )
    plantarflexion_amber_deg: float = number(
        8.0, "degrees", _ANGLE, _LIMITS, "Plantarflexion below which it votes amber."
    )
    plantarflexion_slope_deg: float = number(
        2.5, "degrees per m/s", _SLOPE, _LIMITS, "Change of that limit with belt speed."
    )
    plantarflexion_red_below_deg: float = number(
        4.0, "degrees", _ANGLE, _LIMITS, "The red limit lies so far below the amber one."
    )
    angle_inside_deg: float = number(
        1.5, "degrees", _MARGIN, _LIMITS, "How far inside an angle must be to leave a state."
    )
    unknown_speed_mps: float = number(
        3.0, "m/s", (0.5, 12), _LIMITS, "Speed that limits are taken at where none is known."
    )
    cue_gap_s: float = number(20.0, "s", (0, 3600), _CUES, "Least time between two cues.")
    cue_after_strides: int = number(
        5, "strides", _STRIDES, _CUES, "Strides that a fault must last before a cue."
    )
    praise_strides: int = number(
        20, "strides", (1, 10_000), _CUES, "Green strides of both faults that earn praise."
    )
    cadence_low_spm: float = number(
        5.0, "steps/min", (0, 60), _CUES, "Least that the cadence target is above the baseline."
    )
    cadence_high_spm: float = number(
        8.0, "steps/min", (0, 60), _CUES, "Most that the cadence target is above the baseline."
    )
    cadence_cap_pct: float = number(
        10.0, "%", (0, 50), _CUES, "Most that the target is above the baseline, as a share of it."
    )
