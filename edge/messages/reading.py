"""Belt speed and incline."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Belt:
    """What the treadmill shows, as a person entered it; speed 0 means not entered."""

    speed_mps: float = 0.0
    incline_pct: float = 0.0
