"""Settings of smoothing, events and the activity gate."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GaitSettings:
    """Smoothing, events and the activity gate.

    ``belt_speed_mps`` and ``incline_pct`` are what the treadmill shows; belt speed 0 means not
    entered. Source: docs/gait-metrics.md, "Smoothing" and "Events". The offsets are from
    what the rules see to the event: from the furthest reach to contact; of the knee's turn; from
    the middle of straightest knee and lifting foot to toe-off. They are the middle of 27 rendered
    runners with exact truth, seen by pose model and leg reader; for markers they are 0.028, 0 and
    -0.007.
    """

    facing: str = "auto"
    belt_speed_mps: float = 0.0
    incline_pct: float = 0.0
    window_s: float = 0.117
    contact_offset_s: float = 0.032
    peak_offset_s: float = -0.006
    toe_off_offset_s: float = -0.007
    first_stride_s: float = 0.72
