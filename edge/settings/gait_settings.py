"""Settings of smoothing, events and the activity gate."""

from dataclasses import dataclass
from typing import Final

from edge.settings.setting import CHOICE, number, word

_SMOOTHING: Final = 'docs/gait-metrics.md, "Smoothing"'
_CONTACT: Final = 'docs/gait-metrics.md, "Initial contact"'
_PEAK: Final = 'docs/gait-metrics.md, "Peak knee flexion"'
_TOE_OFF: Final = 'docs/gait-metrics.md, "Toe-off"'


@dataclass(frozen=True, slots=True, kw_only=True)
class GaitSettings:
    """Smoothing, events and the activity gate.

    The offsets are added to the times that the rules find. The defaults are medians over 27
    rendered runners with exact truth, measured with pose model and leg reader; for markers they are
    0.030, 0 and -0.005.
    """

    facing: str = word(
        "auto",
        ("auto", "left", "right"),
        CHOICE,
        "Side of the picture the runner runs towards; auto: detect.",
    )
    belt_speed_mps: float = number(
        0.0, "m/s", (0, 12), CHOICE, "Belt speed as the treadmill shows it; 0: not entered."
    )
    incline_pct: float = number(
        0.0,
        "%",
        (-15, 40),
        CHOICE,
        "Incline as the treadmill shows it; beyond 2 nothing is judged.",
    )
    window_s: float = number(
        0.117, "s", (0.05, 0.3), _SMOOTHING, "Window of the fit that smooths the keypoints."
    )
    contact_offset_s: float = number(
        0.032, "s", (-0.2, 0.2), _CONTACT, "Time from the furthest reach of the foot to contact."
    )
    peak_offset_s: float = number(
        -0.006, "s", (-0.2, 0.2), _PEAK, "Time from the end of knee bending to peak knee flexion."
    )
    toe_off_offset_s: float = number(
        -0.005,
        "s",
        (-0.2, 0.2),
        _TOE_OFF,
        "Time from the foot's turn by 45 degrees to toe-off.",
    )
    turning_deg: float = number(
        35.0,
        "deg",
        (0, 45),
        _TOE_OFF,
        "Turn of the foot from which toe-off waits for more; 12 on a pose model's own points.",
    )
    first_stride_s: float = number(
        0.72, "s", (0.2, 2), _CONTACT, "Stride time assumed before the first stride."
    )


# Markers have no model delay, so the peak needs no offset. The force on the belt ends 5 ms before
# the foot has turned by 45 degrees. Contact: 28 ms after the furthest reach in 18 runners; eight
# others of the same laboratory were read 8 ms early, so that 2 ms more suit all 26.
MARKER_GAIT: Final = GaitSettings(
    peak_offset_s=0.0, contact_offset_s=0.030, toe_off_offset_s=-0.005
)
