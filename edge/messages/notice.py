"""What is wrong with the station or the pictures: a code with parameters, without words."""

from dataclasses import dataclass
from typing import Final, Self

from edge.messages.coded import Coded

# Every code, with the names of its parameters; edge/i18n has the words.
NOTICE_CODES: Final[dict[str, tuple[str, ...]]] = {
    # The board.
    "board_under_voltage": (),
    "board_hot": ("temperature_c",),
    "board_slowed": (),
    # Load. ``shed``: codes of what is given up, worst first, with a space between.
    "machine_slow": ("model", "shed"),
    "machine_hot": ("model", "shed"),
    # The camera.
    "camera_black": ("camera",),
    "camera_still": ("camera",),
    "camera_slow": ("camera", "rate_hz", "usual_hz"),
    "camera_lost": ("camera",),
    "camera_silent": ("camera",),
    # Recording and other sinks. ``error``: the cause in English.
    "recording_stopped": ("error",),
    "video_stopped": ("error",),
    # ``file``: the damaged database's new name; ``kept``: the sessions that are listed now.
    "store_damaged": ("file", "kept"),
    "store_missing": ("folder", "kept"),
    "recording_lags": (),
    "recording_waits": (),
    "strides_unwritten": ("error",),
    "sink_stopped": ("error", "sink"),
    "sink_silent": ("sink",),
    "sink_dropping": ("sink",),
    # The page.
    "page_lost": (),
    # Start-up: the pose model and what runs it.
    "provider_missing": ("provider", "wanted"),
    "detector_missing": ("model",),
    "offsets_unknown": ("model",),
    "offsets_unknown_keypoints": (),
    # Sensors. ``error``: the cause in English.
    "sensor_failed": ("error", "sensor"),
    # The pictures, as the source delivers them.
    "camera_size": ("camera", "given", "wanted"),
    "frame_rate_low": ("rate_hz",),
    "cut_short": (),
    # No picture differs from the first: a still, or memory that no decoder wrote.
    "pictures_never_change": (),
    "pixel_aspect_unknown": ("size",),
    # Frames of ``given_hz``, of which only ``rate_hz`` differ.
    "pictures_repeated": ("given_hz", "rate_hz"),
    # Running strides that take ``stride_s``, as no runner's do.
    "slow_motion": ("stride_s",),
    # A cadence that is rare, of a body that falls too slowly: a question, which withholds nothing.
    "slow_motion_suspect": ("cadence_spm",),
    "fast_motion": ("stride_s",),
    # The user's rate against the file's own.
    "times_overridden": ("own_hz", "rate_hz"),
    "nobody_found": (),
    # The scene. ``deg``: clockwise in the picture;
    "picture_upside_down": (),
    "picture_sideways": (),
    "camera_moved": (),
    "camera_turned": ("deg",),
    "camera_tilted": ("deg",),
    "feet_cut": (),
    "feet_hidden": (),
    "too_dark": (),
    "overexposed": (),
    "pictures_combed": (),
    "another_person_seen": (),
    # The legs. ``flaw``: what makes them unclear, as ``LegFlaw``.
    "legs_not_clear": ("flaw",),
    # Contradictions in belt speed, named as in ``BeltNotice``; speeds in m/s.
    "speed_unit_suspect": ("entered", "unit"),
    "speed_entered_not_treadmill": ("entered", "treadmill"),
    "speed_entered_not_seen": ("entered", "seen"),
    "speed_treadmill_not_seen": ("seen", "treadmill"),
}


class Notice(Coded):
    """One notice; false if all is well.

    Examples
    --------
    >>> Notice("board_hot", temperature_c=84.0).code
    'board_hot'
    >>> bool(Notice()), Notice.free("treadmill unplugged").said
    (False, 'treadmill unplugged')
    """

    __slots__ = ()

    @classmethod
    def free(cls, said: str) -> Self:
        """Return a notice that has no code, such as an operating system's error."""
        return cls.recorded("", {}, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChange:
    """A notice about the pictures that holds from a time on, or no longer does.

    At the first frame of a session every notice that holds is sent again.

    Attributes
    ----------
    notice
        Its code identifies it: one with other parameters replaces the earlier one.
    time_s
        Capture time.
    holds
        False at the end of it.
    """

    notice: Notice
    time_s: float
    holds: bool = True
