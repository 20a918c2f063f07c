"""Settings of recording."""

from dataclasses import dataclass
from typing import Final

from edge.settings.setting import CHOICE, number, switch

_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What to record, and how long to keep it.

    A session that began automatically and in which nobody walked or ran is discarded. When disk
    space runs low, video stops first: while less than ``video_spare_mb`` is left beyond
    ``keep_free_mb``.
    """

    auto: bool = switch(True, CHOICE, "Whether a session begins when a person comes into view.")
    empty_s: float = number(
        60.0, "s", (5, _DAY_S), CHOICE, "Time with nobody in view that ends such a session."
    )
    operator_empty_s: float = number(
        900.0, "s", (5, _DAY_S), CHOICE, "The same for a session that an operator began."
    )
    keep_free_mb: float = number(
        256.0, "MB", (0, 1_000_000), CHOICE, "Free disk space below which recording stops."
    )
    retention_days: float = number(
        0.0, "days", (0, 36_500), CHOICE, "Age at which `sessions purge` deletes; 0: never."
    )
    video: bool = switch(False, CHOICE, "Whether to record video; every page says so.")
    video_spare_mb: float = number(
        768.0, "MB", (0, 1_000_000), CHOICE, "Further free space below which video stops."
    )
