"""Settings of the traffic lights and the cues."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingSettings:
    """Limits of the traffic lights: screening defaults, to be adjusted by each clinic.

    Speeds scale three limits: ``a + slope * (v - 2.5)`` with v in m/s, clamped to 2.2 to 4.8.
    """

    window_strides: int = 10
    recent_strides: int = 12
    min_valid_strides: int = 8
    dwell_strides: int = 8
    share_beyond: float = 0.7
    warm_up_strides: int = 10
    speed_change_mps: float = 0.4
    speed_change_strides: int = 3
    knee_toe_amber_pct: float = 0.0
    knee_toe_red_pct: float = 4.0
    knee_toe_inside_pct: float = 1.5
    forefoot_shift_pct: float = 3.0
    shank_amber_deg: float = 30.0
    shank_red_deg: float = 33.0
    hip_ankle_amber_pct: float = 9.0
    hip_ankle_red_pct: float = 11.5
    hip_ankle_inside_pct: float = 1.0
    push_off_amber_deg: float = 22.5
    push_off_slope_deg: float = -2.3
    push_off_red_above_deg: float = 5.0
    thigh_amber_deg: float = 14.7
    thigh_slope_deg: float = 3.65
    thigh_red_below_deg: float = 4.0
    plantarflexion_amber_deg: float = 8.0
    plantarflexion_slope_deg: float = 2.5
    plantarflexion_red_below_deg: float = 4.0
    angle_inside_deg: float = 1.5
    unknown_speed_mps: float = 3.0
    cue_gap_s: float = 20.0
    cue_after_strides: int = 5
    praise_strides: int = 20
    cadence_low_spm: float = 5.0
    cadence_high_spm: float = 8.0
    cadence_cap_pct: float = 10.0
