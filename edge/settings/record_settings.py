"""Settings of what is kept."""

from dataclasses import dataclass
from typing import Final

from edge.settings.setting import CHOICE, number, switch

_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What is kept, and for how long.

    A session that began by itself and in which nobody walked or ran is not kept. Video is given up
    first: while less than ``video_spare_mb`` is left beyond ``keep_free_mb``.
    """

    auto: bool = switch(True, CHOICE, "Whether a session begins when somebody comes into view.")
    empty_s: float = number(
        60.0, "s", (5, _DAY_S), CHOICE, "Such a session ends when nobody was in view for so long."
    )
    operator_empty_s: float = number(
        900.0, "s", (5, _DAY_S), CHOICE, "The same for a session that an operator began."
    )
    keep_free_mb: float = number(
        256.0, "MB", (0, 1_000_000), CHOICE, "Recording stops while less is left on the disk."
    )
    retention_days: float = number(
        0.0, "days", (0, 36_500), CHOICE, "Age at which `sessions purge` deletes; 0: never."
    )
    video: bool = switch(False, CHOICE, "Whether the pictures are kept; every page says so.")
    video_spare_mb: float = number(
        768.0, "MB", (0, 1_000_000), CHOICE, "No video while less than this is left on top."
    )
