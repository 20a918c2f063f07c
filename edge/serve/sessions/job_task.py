"""The task of a report or export job, as passed to its process."""

from enum import StrEnum
from typing import Final

import msgspec

from edge.i18n.word_catalogue import DEFAULT
from edge.settings.clinic_settings import ClinicSettings

LIMIT_S: Final = 240


class What(StrEnum):
    """The kind of job."""

    COMPARISON = "comparison"
    EXPERIMENT = "experiment"
    REPORT = "report"
    SHEET = "sheet"
    LETTER = "letter"
    EXPORT = "export"
    OUTLINE = "outline"
    FRAMES = "frames"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One job; passed to the process as JSON.

    ``data`` is the data folder, ``names`` the sessions from the first visit on, ``kind`` a format,
    ``leg_m`` the length of thigh and shank in metres, ``language`` that of a report, which has no
    pictures with ``skeleton_only``; ``clinic`` gives out sheet or letter; ``from_s``
    and ``to_s`` are the capture times of frames.
    """

    what: What
    data: str
    names: tuple[str, ...]
    kind: str = ""
    leg_m: float = 0.85
    language: str = DEFAULT
    skeleton_only: bool = False
    clinic: ClinicSettings = ClinicSettings()
    from_s: float = 0.0
    to_s: float = 0.0
