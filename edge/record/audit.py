"""The append-only audit: who paired, looked, commanded, exported and deleted.

Each line holds the SHA-256 of its content and of the line before, so that a line that was
altered, deleted or moved is found. The number and hash of the last line are also in a separate
file, so that lines missing at the end are found, too. Someone who can write to both and knows this
code can forge both: keep a copy elsewhere of the head that ``toeline pair --audit --verify``
prints.
"""

import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from edge.messages.plain_text import plain_text
from edge.record.audit_head import BEFORE_ALL, Head, begin_head, keep_head, read_head
from edge.record.sqlite_file import SqliteFile

_MOST: Final = 200
# The line that tells of lines cut off before it.
DAMAGED: Final = "audit damaged"
_SELF: Final = "the audit"
_COLUMNS: Final = "id, done_at, actor, action, detail, hash"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: wall-clock seconds since 1970, the action, who did it, and details."""

    at: float
    what: str
    who: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What ``Audit.verify`` found.

    Attributes
    ----------
    lines
        Number of lines.
    unchained
        How many of them are of a version without hashes: until the first line after them was
        written, they could have been altered.
    head
        The last line.
    faults
        One sentence for each fault; empty if the audit is intact.
    """

    lines: int
    unchained: int
    head: Head
    faults: tuple[str, ...]


class Audit:
    """The audit in one file, whose triggers reject changes and deletions.

    Parameters
    ----------
    file
        Holds the table ``audit``: ``done_at`` (UTC to the millisecond), ``actor``, ``action``,
        ``detail`` and ``hash``.
    clock
        Wall-clock seconds since 1970.
    """

    def __init__(self, file: SqliteFile, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock
        self._head_path = file.path.with_name(f"{file.path.name}.audit-head")

    def add(self, what: str, who: str, detail: str = "") -> None:
        """Add a line; raises the file's error if it cannot be written.

        In a file that was opened for reading only, the line goes to the log instead.
        """
        if self._file.read_only:
            _log.warning("not in the audit, which is read-only: %s %s %s", who, what, detail)
            return
        # In one transaction: no other program may add a line meanwhile.
        with self._file.transaction() as database:
            head = self.put(database, what, who, detail)
        self.keep(head)

    def put(self, database: sqlite3.Connection, what: str, who: str, detail: str = "") -> Head:
        """Add a line within a transaction that does what it says; ``keep`` the head after it."""
        if not _has_hashes(database) and not self._head_path.exists():
            begin_head(self._head_path)
        if damage := _damage(database, self._head_path):
            # Otherwise the next head would hide it.
            self._append(database, DAMAGED, _SELF, damage)
            begin_head(self._head_path)
        return self._append(database, what, who, detail)

    def _append(self, database: sqlite3.Connection, what: str, who: str, detail: str) -> Head:
        done_at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        texts = (plain_text(text, _MOST) for text in (who, what, detail))
        told = (done_at.replace("+00:00", "Z"), *texts)
        number = _next_number(database)
        head = Head(number=number, hash=_chained(_last_hash(database), (number, *told)))
        database.execute(
            f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
            (number, *told, head.hash),
        )
        return head

    def keep(self, head: Head) -> None:
        """Write down which line is the last one."""
        keep_head(self._head_path, head)

    def entries(self, most: int = 1000) -> list[Entry]:
        """Return the last lines, newest last."""
        rows = self._file.rows(
            "SELECT done_at, action, actor, detail FROM audit ORDER BY id DESC LIMIT ?", most
        )
        return [
            Entry(at=datetime.fromisoformat(at).timestamp(), what=what, who=who, detail=detail)
            for at, what, who, detail in reversed(rows)
        ]

    def verify(self) -> Verified:
        """Go through all lines and return what is wrong with them."""
        rows = [tuple(row) for row in self._file.rows(f"SELECT {_COLUMNS} FROM audit ORDER BY id")]
        faults = list(_faults(rows))
        hashes = {row[0]: row[5] for row in rows}
        last = rows[-1][0] if rows else 0
        ends = self._file.rows("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
        if ends and ends[0][0] > last:
            faults.append(_missing(last + 1, ends[0][0]))
        elif hashes.get(last) or self._head_path.exists():
            faults += _head_faults(self._head_path, hashes, last)
        return Verified(
            lines=len(rows),
            unchained=sum(not row[5] for row in rows),
            head=Head(number=last, hash=hashes.get(last, BEFORE_ALL)),
            faults=tuple(faults),
        )


def in_order(*audits: list[Entry]) -> list[Entry]:
    """Return the lines of several audits merged by time, newest last."""
    return sorted((entry for audit in audits for entry in audit), key=lambda entry: entry.at)


def _chained(before: str, line: tuple[Any, ...]) -> str:
    """Return the hash of a line, number to detail, that follows one with the hash ``before``."""
    return sha256(json.dumps([before, *line]).encode()).hexdigest()


def _next_number(database: sqlite3.Connection) -> int:
    row = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    return 1 if row is None else int(row[0]) + 1


def _last_hash(database: sqlite3.Connection) -> str:
    """Return the hash that the next line follows; it seals lines of versions without hashes."""
    row = database.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    if row is None or row[0]:
        return BEFORE_ALL if row is None else str(row[0])
    before = BEFORE_ALL
    for line in database.execute(f"SELECT {_COLUMNS} FROM audit ORDER BY id"):
        before = _chained(before, tuple(line)[:5])
    return before


def _has_hashes(database: sqlite3.Connection) -> bool:
    row = database.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return row is not None and bool(row[0])


def _damage(database: sqlite3.Connection, head_path: Path) -> str:
    """Return a sentence if the lines do not go on from the head, else nothing.

    After a power cut the head may be one of the lines before the last.
    """
    number = int(database.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()[0])
    try:
        head = read_head(head_path)
    except (OSError, ValueError):
        return f"{head_path.name} cannot be read: lines after {number} may have been cut off"
    if head.number > number:
        return _missing(number + 1, head.number)
    row = database.execute("SELECT hash FROM audit WHERE id = ?", (head.number,)).fetchone()
    if head.number and (row is None or row[0] != head.hash):
        return f"line {head.number} is not the one that was written"
    return ""


def _faults(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    """Yield a sentence for each gap, and for each line that does not follow the one before."""
    before, expected, chained = BEFORE_ALL, 1, False
    for row in rows:
        number, stored = row[0], row[5]
        if number != expected:
            yield _missing(expected, number - 1)
        computed = _chained(before, row[:5])
        chained = chained or bool(stored)
        if chained and stored != computed:
            yield f"line {number} was altered, or the one before it was altered or removed"
        if row[3] == DAMAGED:
            yield f"line {number} says: {row[4]}"
        # After a fault, go on from what is stored: it must not hide a second one.
        before, expected = stored or computed, number + 1


def _missing(first: int, last: int) -> str:
    return f"line {first} is missing" if first == last else f"lines {first} to {last} are missing"


def _head_faults(path: Path, hashes: dict[int, str], last: int) -> Iterator[str]:
    try:
        head = read_head(path)
    except (OSError, ValueError):
        yield f"{path.name} cannot be read: lines may have been cut off at the end"
        return
    if head.number > last:
        yield _missing(last + 1, head.number)
    elif head.number and hashes.get(head.number) != head.hash:
        yield f"line {head.number} is not the one that was written"
