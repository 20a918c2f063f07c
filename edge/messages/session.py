"""Which session is being recorded, and by which station."""

from dataclasses import dataclass, field
from math import nan

from edge.messages.reading import Belt


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNews:
    """The session in progress, or none: then ``name`` is empty.

    ``started_at`` is a wall-clock label, ``started_s`` capture time of the first frame, NaN before
    it. ``recording`` is False where the disk refuses, and ``notice`` says why.
    """

    name: str = ""
    started_at: str = ""
    started_s: float = nan
    recording: bool = False
    runner: str = ""
    belt: Belt = field(default_factory=Belt)
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRun:
    """One run of the station, from start to stop; sessions begin and end inside it.

    Attributes
    ----------
    toeline
        The program's version.
    source
        The camera or file, without a password.
    model, provider
        The pose model, and what runs it.
    """

    toeline: str
    source: str
    model: str
    provider: str
