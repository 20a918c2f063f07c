"""Settings of what is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What is kept, and for how long.

    With ``auto`` a session begins by itself when somebody comes into view, and ends when nobody has
    been for ``empty_s``; one that an operator began, after ``operator_empty_s``. A session of its
    own in which nobody walked or ran is not kept. Recording stops while less than ``keep_free_mb``
    is left on the disk. Sessions older than ``retention_days`` are deleted by `toeline sessions
    purge`; 0 keeps them for good.

    With ``video`` the pictures are kept, too, and every page says so; else none reaches the disk.
    They are given up first: while less than ``video_spare_mb`` is left beyond ``keep_free_mb``.
    """

    auto: bool = True
    empty_s: float = 60.0
    operator_empty_s: float = 900.0
    keep_free_mb: float = 256.0
    retention_days: float = 0.0
    video: bool = False
    video_spare_mb: float = 768.0
