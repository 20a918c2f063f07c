"""The append-only audit: who paired, viewed, exported and deleted."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from edge.record.sqlite_file import SqliteFile

_MOST: Final = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: wall-clock seconds since 1970, the action, who did it, and details."""

    at: float
    what: str
    who: str
    detail: str


class Audit:
    """The audit in one file, whose triggers reject changes and deletions.

    Parameters
    ----------
    file
        Holds the table ``audit``: ``done_at`` (UTC to the millisecond), ``actor``, ``action`` and
        ``detail``.
    clock
        Wall-clock seconds since 1970.
    """

    def __init__(self, file: SqliteFile, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock

    def add(self, what: str, who: str, detail: str = "") -> None:
        """Add a line; raises the file's error if it cannot be written.

        In a file that was opened for reading only, the line goes to the log instead.
        """
        if self._file.read_only:
            _log.warning("not in the audit, which is read-only: %s %s %s", who, what, detail)
            return
        done_at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        self._file.run(
            "INSERT INTO audit (done_at, actor, action, detail) VALUES (?, ?, ?, ?)",
            done_at.replace("+00:00", "Z"),
            who[:_MOST],
            what[:_MOST],
            detail[:_MOST],
        )

    def entries(self, most: int = 1000) -> list[Entry]:
        """Return the last lines, newest last."""
        rows = self._file.rows(
            "SELECT done_at, action, actor, detail FROM audit ORDER BY id DESC LIMIT ?", most
        )
        return [
            Entry(at=datetime.fromisoformat(at).timestamp(), what=what, who=who, detail=detail)
            for at, what, who, detail in reversed(rows)
        ]


def in_order(*audits: list[Entry]) -> list[Entry]:
    """Return the lines of several audits merged by time, newest last."""
    return sorted((entry for audit in audits for entry in audit), key=lambda entry: entry.at)
