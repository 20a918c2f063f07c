"""What pages may ask of the recorded sessions, and what they get; carried out elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from edge.i18n.word_catalogue import DEFAULT
from edge.messages.side import Side
from edge.record.audit import Entry


class ArchiveError(RuntimeError):
    """It cannot be done now; the text is one sentence for the user."""


class NoSuchSessionError(ArchiveError):
    """There is no session of this name."""


class BeingRecordedError(ArchiveError):
    """The session is still being written."""


class BusyError(ArchiveError):
    """Others are being served, or it takes too long."""


class ReportFormat(StrEnum):
    """What a report is made as."""

    HTML = "html"
    PDF = "pdf"


class ExportFormat(StrEnum):
    """What a session is exported as; those of more than one file come in a zip."""

    FOLDER = "folder"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    TRC = "trc"
    MOT = "mot"
    C3D = "c3d"


class State(StrEnum):
    """Whether a session goes on, was ended, or was cut off."""

    RECORDING = "recording"
    ENDED = "ended"
    INTERRUPTED = "interrupted"


class KeptSession(BaseModel):
    """A recorded session; absent is null.

    ``begun_at`` is UTC, ``belt_speed_mps`` in m/s and ``incline_pct`` in percent as entered,
    ``duration_s`` in seconds from the first frame to the last.
    """

    name: str
    begun_at: str
    state: State
    runner: str
    belt_speed_mps: float | None
    incline_pct: float
    duration_s: float | None
    frames: int
    strides: int
    valid_strides: int


class Judged(StrEnum):
    """What may be said of a change."""

    CHANGED = "changed"
    WITHIN_ERROR = "within_error"
    NO_LIMIT = "no_limit"


class MetricChange(BaseModel):
    """How one metric of one leg came out at two visits.

    ``metric`` is a column of ``strides.csv``, with its unit and sign; ``before`` and ``after`` are
    means of the valid strides, ``limit`` the smallest change between two days that is more than
    error. Each is null where it is not known.
    """

    metric: str
    before: float | None
    after: float | None
    change: float | None
    limit: float | None
    judged: Judged


class ComparedLeg(BaseModel):
    """What changed of a leg that was judged at both visits."""

    side: Side
    changes: list[MetricChange]


class Comparison(BaseModel):
    """Two sessions, the earlier first; ``legs`` is empty if none was judged at both."""

    before: str
    after: str
    same_runner: bool
    legs: list[ComparedLeg]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file that was made to be handed out, and what takes it away again."""

    path: Path
    discard: Callable[[], None]


class Archive(Protocol):
    """The recorded sessions; every method may wait for a disk, and be called from any thread.

    ``who`` asks, for the audit. Each raises ``ArchiveError`` or one of its kinds.
    """

    def sessions(self, who: str, *, runner: str, most: int, skip: int) -> list[KeptSession]:
        """Return the newest sessions first, of one runner if that is not empty."""
        ...

    def compared(self, who: str, names: tuple[str, str]) -> Comparison:
        """Return what changed between two sessions."""
        ...

    def report(
        self, who: str, names: Sequence[str], kind: ReportFormat, language: str = DEFAULT
    ) -> Made:
        """Make a report of one session, or of up to four visits, in one of the languages."""
        ...

    def export(self, who: str, name: str, kind: ExportFormat, leg_m: float) -> Made:
        """Make a file of a session; ``leg_m`` is thigh and shank together, metres."""
        ...

    def delete(self, who: str, name: str) -> None:
        """Delete a session for good."""
        ...

    def audited(self, most: int) -> list[Entry]:
        """Return the last lines of who viewed, exported and deleted, the newest last."""
        ...

    def close(self) -> None:
        """Give up what is being made."""
        ...
