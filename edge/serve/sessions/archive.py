"""The interface to the recorded sessions, as the HTTP routes use it, and its result types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from edge.export.formats import Format
from edge.i18n.word_catalogue import DEFAULT
from edge.messages.side import Side
from edge.messages.visit import StepKind, StepState
from edge.record.audit import Entry
from edge.record.block_cuts import Cut


class ArchiveError(RuntimeError):
    """The request cannot be served now; the text is one sentence for the user."""


class NoSuchSessionError(ArchiveError):
    """There is no session with this name."""


class BeingRecordedError(ArchiveError):
    """The session is still being recorded."""


class BusyError(ArchiveError):
    """Too many requests are pending, or the request timed out."""


class CutRefusedError(ArchiveError):
    """The session cannot be cut like this."""


class ReportFormat(StrEnum):
    """The file format of a report."""

    HTML = "html"
    PDF = "pdf"


class ExperimentFormat(StrEnum):
    """The file format of a visit's blocks compared."""

    JSON = "json"
    CSV = "csv"


class GivenOut(StrEnum):
    """What a patient or a referrer is given."""

    SHEET = "sheet"
    LETTER = "letter"


class State(StrEnum):
    """Whether a session is being recorded, was ended, or was interrupted."""

    RECORDING = "recording"
    ENDED = "ended"
    INTERRUPTED = "interrupted"


class KeptSession(BaseModel):
    """A recorded session; absent values are null.

    ``begun_at`` is UTC; ``belt_speed_mps`` is the speed in force at the end, ``belt_speed_source``
    ``entered``, ``treadmill`` or ``estimated``; ``incline_pct`` is as entered; ``duration_s`` is
    from the first frame to the last.
    """

    name: str
    begun_at: str
    state: State
    runner: str
    belt_speed_mps: float | None
    belt_speed_source: str | None
    incline_pct: float
    duration_s: float | None
    frames: int
    strides: int
    valid_strides: int


class Judged(StrEnum):
    """How a change compares with the measurement error."""

    CHANGED = "changed"
    WITHIN_ERROR = "within_error"
    NO_LIMIT = "no_limit"
    TOO_FEW = "too_few"
    OTHER_SPEED = "other_speed"


class MetricChange(BaseModel):
    """One metric of one leg at two visits.

    ``metric`` is a column of ``strides.csv``, with its unit and sign; ``before`` and ``after`` are
    means of that many valid strides, ``low`` and ``high`` the 95 % interval of the change, and
    ``limit`` is the minimal detectable change between two days. Each is null where it is unknown.
    """

    metric: str
    before: float | None
    after: float | None
    before_strides: int
    after_strides: int
    change: float | None
    low: float | None
    high: float | None
    limit: float | None
    judged: Judged


class ComparedLeg(BaseModel):
    """The changes of one leg that was judged at both visits."""

    side: Side
    changes: list[MetricChange]


class Comparison(BaseModel):
    """Two sessions, earlier first; ``legs`` is empty if no leg was judged at both."""

    before: str
    after: str
    same_runner: bool
    legs: list[ComparedLeg]


class KeptBlock(BaseModel):
    """A block of a session; times are seconds from its first frame, absent values null."""

    number: int
    step: str
    kind: StepKind
    cue: str
    side: Side | None
    from_s: float
    to_s: float | None
    belt_speed_mps: float | None
    feedback_pct: float | None
    state: StepState
    split: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file to be downloaded, and the function that deletes it afterwards."""

    path: Path
    discard: Callable[[], None]


class Archive(Protocol):
    """The recorded sessions; methods may block on disk and be called from any thread.

    ``who`` is the client, for the audit. Every method may raise ``ArchiveError`` or a subclass.
    """

    def sessions(self, who: str, *, runner: str, most: int, skip: int) -> list[KeptSession]:
        """Return sessions, newest first; only those of ``runner`` unless it is empty."""
        ...

    def compared(self, who: str, names: tuple[str, str]) -> Comparison:
        """Return what changed between two sessions."""
        ...

    def report(
        self, who: str, names: Sequence[str], kind: ReportFormat, language: str = DEFAULT
    ) -> Made:
        """Make a report of one session, or of up to four visits."""
        ...

    def experiment(
        self, who: str, name: str, kind: ExperimentFormat, language: str = DEFAULT
    ) -> Made:
        """Compare the blocks of a session's visit with its baseline."""
        ...

    def document(
        self,
        who: str,
        what: GivenOut,
        names: Sequence[str],
        kind: ReportFormat,
        language: str = DEFAULT,
    ) -> Made:
        """Make a sheet or letter on one session, or on two of a runner."""
        ...

    def outline(self, who: str, name: str) -> Made:
        """Return a session's begin, end and strides as JSON."""
        ...

    def frames(self, who: str, name: str, from_s: float, to_s: float) -> Made:
        """Return the frames between two capture times, as the replay has them."""
        ...

    def export(self, who: str, name: str, kind: Format, leg_m: float) -> Made:
        """Export a session to a file; ``leg_m`` is the length of thigh and shank, in metres."""
        ...

    def delete(self, who: str, name: str) -> list[str]:
        """Delete a session permanently.

        Returns
        -------
        Names of damaged stores, moved aside, that may still hold rows of it.
        """
        ...

    def blocks(self, who: str, name: str) -> list[KeptBlock]:
        """Return the blocks of a session by time."""
        ...

    def cut(self, who: str, name: str, cuts: Sequence[Cut]) -> list[KeptBlock]:
        """Cut a session into blocks, in place of earlier cuts; return all its blocks.

        Raises ``CutRefusedError`` if they do not fit; then nothing changes.
        """
        ...

    def assign(self, who: str, name: str, runner: str) -> list[str]:
        """Give a session to a runner; return the names of the sessions that were changed."""
        ...

    def merge(self, who: str, other: str, into: str) -> list[str]:
        """Give all sessions of one runner to another; return their names."""
        ...

    def audited(self, most: int) -> list[Entry]:
        """Return the last lines of the audit of the sessions, newest last."""
        ...

    def close(self) -> None:
        """Cancel the job in progress."""
        ...
