"""The session being recorded, and the run of the station."""

from dataclasses import dataclass, field
from math import nan

from edge.messages.notice import Notice
from edge.messages.reading import Belt


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNews:
    """The session in progress; ``name`` is empty if there is none.

    ``started_at`` is a wall-clock label; ``started_s`` is the capture time of the first frame, NaN
    before it. ``recording`` is False if the disk refuses writes, and ``notice`` says why.
    """

    name: str = ""
    started_at: str = ""
    started_s: float = nan
    recording: bool = False
    runner: str = ""
    belt: Belt = field(default_factory=Belt)
    notice: Notice = field(default_factory=Notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRun:
    """One run of the station, from start to stop; sessions begin and end within it.

    Attributes
    ----------
    toeline
        The program's version.
    source
        The camera or file, without a password.
    model, provider
        The pose model and its execution provider.
    """

    toeline: str
    source: str
    model: str
    provider: str
