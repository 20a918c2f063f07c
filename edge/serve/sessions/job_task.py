"""The task of a report or export job, as passed to its process."""

from enum import StrEnum
from typing import Final

import msgspec

from edge.i18n.word_catalogue import DEFAULT

LIMIT_S: Final = 240


class What(StrEnum):
    """The kind of job."""

    COMPARISON = "comparison"
    EXPERIMENT = "experiment"
    REPORT = "report"
    EXPORT = "export"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One job; passed to the process as JSON.

    ``data`` is the data folder, ``names`` the sessions from the first visit on, ``kind`` a format,
    ``leg_m`` the length of thigh and shank in metres, ``language`` that of a report, which has no
    pictures with ``skeleton_only``.
    """

    what: What
    data: str
    names: tuple[str, ...]
    kind: str = ""
    leg_m: float = 0.85
    language: str = DEFAULT
    skeleton_only: bool = False
