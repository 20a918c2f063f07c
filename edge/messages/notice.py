"""What is wrong with the station, for people: a code with parameters, without words."""

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
    "strides_unwritten": ("error",),
    "sink_stopped": ("error", "sink"),
    "sink_silent": ("sink",),
    "sink_dropping": ("sink",),
    # The page.
    "page_lost": (),
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
