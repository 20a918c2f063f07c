"""The reason for a verdict or for its absence: a code with parameters, without words."""

from typing import Final

from edge.messages.coded import Coded

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
    "legs_changed": (),
    "smaller_model": ("model",),
    # Why nothing may be judged.
    "far_leg": (),
    "new_session": (),
    "another_person": (),
    "session_ended": (),
    "no_feet": (),
    "frame_rate_low": ("rate_hz",),
    "incline": ("most_pct",),
    "legs_disagree": (),
    "legs_not_clear": (),
    "off_centre": (),
    # As the notices of the same codes.
    "picture_upside_down": (),
    "picture_sideways": (),
    "camera_moved": (),
    "camera_turned": ("deg",),
    "camera_tilted": ("deg",),
    "feet_cut": (),
    "pictures_never_change": (),
    "pixel_aspect_unknown": ("size",),
    "slow_motion": ("stride_s",),
    "fast_motion": ("stride_s",),
    "feet_hidden": (),
    "too_dark": (),
    "overexposed": (),
    "pictures_combed": (),
    "belt_changed": ("seen", "needed"),
    "points_changed": (),
    "strides_too_few": ("seen", "needed"),
    # ``last``: the code of another reason without parameters.
    "strides_too_few_last": ("seen", "needed", "last"),
    # Why a verdict is as it is.
    "near_limit": (),
    "near_limit_shank": (),
    "near_limit_hip_ankle": (),
    "was_near_limit": (),
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


class Reason(Coded):
    """One reason; false if empty.

    Examples
    --------
    >>> Reason("strides_too_few", seen=3, needed=8).params
    (('needed', 8), ('seen', 3))
    >>> bool(Reason())
    False
    """

    __slots__ = ()
