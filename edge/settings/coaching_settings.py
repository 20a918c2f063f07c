"""Settings of the traffic lights and the cues."""

from dataclasses import dataclass
from typing import Final

from edge.settings.setting import CHOICE, DIMENSIONLESS, number, text

_LIMITS: Final = 'docs/gait-metrics.md, "Limits"'
_STATES: Final = 'docs/gait-metrics.md, "Verdict states"'
_CUES: Final = 'docs/gait-metrics.md, "Cues"'
_DOSE: Final = 'docs/gait-metrics.md, "Feedback dose"'
_STRIDES: Final = (1, 1000)
_ANGLE: Final = (0, 90)
_SLOPE: Final = (-20, 20)
_OFFSET: Final = (-30, 30)
_MARGIN: Final = (0, 30)

LIMIT_SPEEDS_MPS: Final = (2.2, 4.8)
"""Limits scale with belt speed between these two, and are constant beyond them."""
LIMIT_SPEED_ZERO_MPS: Final = 2.5
"""The belt speed at which scaled limits have the value of their setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingSettings:
    """Limits of the traffic lights: screening defaults, to be adjusted by each clinic.

    Three limits scale with belt speed: ``a + slope * (v - 2.5)`` with v in m/s, clamped to 2.2 to
    4.8.
    """

    window_strides: int = number(10, "strides", _STRIDES, _STATES, "Number of strides averaged.")
    recent_strides: int = number(
        12, "strides", _STRIDES, _STATES, "Latest strides in which valid ones are counted."
    )
    min_valid_strides: int = number(
        8, "strides", _STRIDES, _STATES, "Least number of valid strides for a verdict."
    )
    dwell_strides: int = number(
        8, "strides", _STRIDES, _STATES, "Strides to hold a state, and to be inside to leave it."
    )
    share_beyond: float = number(
        0.7,
        DIMENSIONLESS,
        (0, 1),
        _STATES,
        "Share of strides beyond a limit to enter a worse state.",
    )
    warm_up_strides: int = number(
        10, "strides", (0, 1000), _STATES, "Strides not judged after a belt speed change."
    )
    speed_change_mps: float = number(
        0.4, "m/s", (0.05, 5), _STATES, "Change of belt speed beyond which judging restarts."
    )
    speed_change_strides: int = number(
        3, "strides", _STRIDES, _STATES, "Strides for which the change must last."
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
        5.0, "degrees", _ANGLE, _LIMITS, "Distance of the red limit above the amber one."
    )
    thigh_amber_deg: float = number(
        14.7, "degrees", _ANGLE, _LIMITS, "Thigh extension below which it votes amber."
    )
    thigh_slope_deg: float = number(
        3.65, "degrees per m/s", _SLOPE, _LIMITS, "Change of that limit with belt speed."
    )
    thigh_red_below_deg: float = number(
        4.0, "degrees", _ANGLE, _LIMITS, "Distance of the red limit below the amber one."
    )
    plantarflexion_amber_deg: float = number(
        8.0, "degrees", _ANGLE, _LIMITS, "Plantarflexion below which it votes amber."
    )
    plantarflexion_slope_deg: float = number(
        2.5, "degrees per m/s", _SLOPE, _LIMITS, "Change of that limit with belt speed."
    )
    plantarflexion_red_below_deg: float = number(
        4.0, "degrees", _ANGLE, _LIMITS, "Distance of the red limit below the amber one."
    )
    angle_inside_deg: float = number(
        1.5, "degrees", _MARGIN, _LIMITS, "How far inside an angle must be to leave a state."
    )
    unknown_speed_mps: float = number(
        3.0, "m/s", (0.5, 12), _LIMITS, "Belt speed assumed for the limits if unknown."
    )
    cue_gap_s: float = number(20.0, "s", (0, 3600), _CUES, "Least time between two cues.")
    cue_after_strides: int = number(
        5, "strides", _STRIDES, _CUES, "Strides for which a fault must last before a cue."
    )
    praise_strides: int = number(
        20, "strides", (1, 10_000), _CUES, "Strides with both faults green that earn praise."
    )
    cadence_low_spm: float = number(
        5.0, "steps/min", (0, 60), _CUES, "Least increase of the cadence target over the baseline."
    )
    cadence_high_spm: float = number(
        8.0, "steps/min", (0, 60), _CUES, "Most increase of the cadence target over the baseline."
    )
    cadence_cap_pct: float = number(
        10.0, "%", (0, 50), _CUES, "Most increase of the target, as a share of the baseline."
    )
    cadence_aim_spm: float = number(
        6.0, "steps/min", (0, 60), _DOSE, "Increase of the metronome's target over the baseline."
    )
    feedback_by_visit: str = text(
        "100 100 100 100 75 50 25 10",
        "% of time at visit 1, 2, ...; each 0 to 100",
        _DOSE,
        "Share of a cue's time with feedback, by number of the visit; the last goes on.",
    )
    feedback_period_s: float = number(
        40.0, "s", (10, 600), CHOICE, "Time in which feedback goes on and off once when faded."
    )
    metronome_on_s: float = number(
        60.0, "s", (5, 600), _DOSE, "Time for which the metronome of a visit beats."
    )
    metronome_off_s: float = number(
        60.0, "s", (0, 600), _DOSE, "Time for which it is silent afterwards."
    )
    metronome_ramp_spm: float = number(
        2.0, "steps/min", (0.1, 60), _DOSE, "Increase of its tempo in 30 s, up to the target."
    )
    cadence_mean_s: float = number(
        15.0, "s", (5, 120), _DOSE, "Time over which the cadence of a visit is averaged."
    )
    cadence_held_s: float = number(
        30.0, "s", (0, 600), _DOSE, "Time for which that mean must be inside the target."
    )
