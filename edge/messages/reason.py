"""The reason for a verdict or for its absence: a code with parameters, without words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

ParamValue = str | float

# Every code, with the names of its parameters; edge/i18n has the words.
CODES: Final[dict[str, tuple[str, ...]]] = {
    # Why a stride is invalid.
    "absent": (),
    "standing": (),
    "walking": (),
    "tracking_gap": (),
    "no_peak": (),
    "no_toe_off": (),
    "events_out_of_order": (),
    "durations_out_of_range": (),
    "smaller_model": ("model",),
    # Why nothing may be judged.
    "far_leg": (),
    "new_session": (),
    "another_person": (),
    "no_feet": (),
    "frame_rate_low": ("rate_hz",),
    "incline": ("most_pct",),
    "legs_disagree": (),
    "off_centre": (),
    "belt_changed": ("seen", "needed"),
    "strides_too_few": ("seen", "needed"),
    # ``last``: the code of another reason without parameters.
    "strides_too_few_last": ("seen", "needed", "last"),
    # Why a verdict is as it is.
    "near_limit": (),
    "knee_behind": (),
    "knee_ahead_hips": (),
    "knee_ahead_only": (),
    "knee_far_ahead_hips": (),
    "knee_far_ahead_only": (),
    "shank_forward_hips": (),
    "shank_forward_only": (),
    "shank_upright": (),
    "push_off_straight": (),
    "push_off_knee": (),
    "push_off_knee_hip": (),
    "push_off_knee_ankle": (),
    "push_off_hip_ankle": (),
    "push_off_knee_hip_ankle": (),
    # What is wrong with a recording.
    "no_strides": (),
    "no_strides_rate": ("rate_hz",),
    "film_far_leg": (),
    "strides_scattered": (),
    "strides_unclear": (),
    "no_stride": (),
}


@dataclass(frozen=True, slots=True, init=False)
class Reason:
    """One reason; false if empty.

    Attributes
    ----------
    code
        A key of ``CODES``; empty for no reason, and for one recorded only in words.
    params
        Names and values, sorted by name.
    said
        The words of a reason without a code, in the language of the recording.

    Examples
    --------
    >>> Reason("strides_too_few", seen=3, needed=8).params
    (('needed', 8), ('seen', 3))
    >>> bool(Reason())
    False
    """

    code: str
    params: tuple[tuple[str, ParamValue], ...]
    said: str

    def __init__(self, code: str = "", **params: ParamValue) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "params", tuple(sorted(params.items())))
        object.__setattr__(self, "said", "")

    @classmethod
    def recorded(cls, code: str, params: Mapping[str, ParamValue], said: str) -> Self:
        """Return a reason from a recording; ``said`` is used only without a code."""
        reason = cls(code, **params)
        if not code:
            object.__setattr__(reason, "said", said)
        return reason

    def __bool__(self) -> bool:
        """Return whether there is a reason."""
        return bool(self.code or self.said)
