"""What is made of recorded sessions in a process of its own."""

from enum import StrEnum
from typing import Final

import msgspec

from edge.i18n.word_catalogue import DEFAULT

LIMIT_S: Final = 240


class What(StrEnum):
    """What is made."""

    COMPARISON = "comparison"
    REPORT = "report"
    EXPORT = "export"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to make; goes to the process as JSON.

    ``data`` is the folder of the recordings, ``names`` the sessions, the first visit first,
    ``kind`` a format, ``leg_m`` thigh and shank together in metres, ``language`` that of a report.
    """

    what: What
    data: str
    names: tuple[str, ...]
    kind: str = ""
    leg_m: float = 0.85
    language: str = DEFAULT
