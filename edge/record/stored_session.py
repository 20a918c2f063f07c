"""Descriptions of recorded sessions and their marks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from typing import Any, Final

from edge.messages.reading import Belt

OPERATOR, STATION = "operator", "station"
INTERRUPTED: Final = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHead:
    """The facts of a session that are known at its start.

    Attributes
    ----------
    toeline, source, model, model_sha256
        The program's version, the source's name without a password, the pose model and its hash.
    config_sha256, config
        The hash of all settings, and the settings themselves.
    nominal_rate_hz
        Nominal frame rate of the source; NaN if unknown.
    belt
        As entered.
    runner
        A pseudonym; empty if none was entered.
    begun_by
        ``operator`` or ``station``.
    """

    toeline: str
    source: str
    model: str
    model_sha256: str
    config_sha256: str
    config: Mapping[str, Any]
    nominal_rate_hz: float = nan
    belt: Belt = field(default_factory=Belt)
    runner: str = ""
    begun_by: str = STATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment marked by a person or program, such as ``pain_now``."""

    time_s: float
    marked_at: str
    kind: str
    note: str
    data: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """One row of the list of sessions, and the folder of its poses.

    Times are of the station's capture clock; ``origin_s`` is the time of the session's first
    frame, NaN before it. ``ended_at`` is empty while the session is in progress, or if it was
    interrupted and not yet cleaned up.
    """

    id: int
    name: str
    begun_at: str
    ended_at: str
    end_reason: str
    head: SessionHead
    origin_s: float
    last_s: float
    first_frame: int
    last_frame: int
    frames: int
    strides: int
    valid_strides: int
    summary: Mapping[str, Any] | None
    folder: Path

    @property
    def duration_s(self) -> float:
        """Seconds from the first frame to the last; NaN before the first."""
        return self.last_s - self.origin_s
