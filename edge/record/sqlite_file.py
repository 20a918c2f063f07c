"""One SQLite file: opening, migrations, and errors as one sentence each."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

from edge.messages.errors import ToelineError
from edge.record.moved_aside import moved_aside
from edge.record.private_folder import FILE_MODE, make_folder
from edge.record.readable_copy import ReadableFile, cannot_be_written, is_write_protected

_log = logging.getLogger(__name__)

_BUSY_S: Final = 10.0
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    # Deleted content is overwritten, not just unlinked.
    "secure_delete = ON",
)


class SqliteFile:
    """One SQLite file; safe to use from any thread and by several programs at once.

    Parameters
    ----------
    path
        The file; created with its folder, for its owner alone, if missing.
    migrations
        Scripts that migrate a file of any older version, oldest first.
    fails
        Creates the exception for an error message of the disk or SQLite.
    readable
        Open a file that cannot be written to for reading, as on a write-protected card.
    when_needed
        Open the file at its first use, and again after it was replaced or the disk failed; move a
        damaged file aside.

    Attributes
    ----------
    read_only
        Whether the file was opened for reading only.

    Raises
    ------
    ToelineError
        From every method, as created by ``fails``.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[str],
        fails: Callable[[str], ToelineError],
        *,
        readable: bool = False,
        when_needed: bool = False,
    ) -> None:
        self.path = path
        self._migrations = migrations
        self._fails = fails
        self._when_needed = when_needed
        self._lock = RLock()
        self._readable: ReadableFile | None = None
        self._places: dict[Path, tuple[int, int] | None] = {}
        self._connection: sqlite3.Connection | None = None
        self._was_open = self._damaged = False
        if not when_needed:
            self._open(readable=readable)

    @property
    def connection(self) -> sqlite3.Connection:
        """The open connection; opened now, with ``when_needed``."""
        if self._when_needed:
            self._reopen()
        assert self._connection is not None
        return self._connection

    @property
    def read_only(self) -> bool:
        """See the class."""
        return self._readable is not None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()
            if self._readable is not None:
                self._readable.close()

    def require_in_place(self) -> None:
        """Raise the file's error if its path no longer leads to the open file.

        SQLite goes on writing to a file that was deleted, moved or covered by another mount.
        """
        for path, place in self._places.items():
            if _place(path) != place:
                what = "replaced" if path.exists() else "removed"
                raise self._fails(f"{path.name} was {what} while it was in use")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._lock, self.guarded():
            return self.connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement durably and return the number of affected rows."""
        with self._lock, self.guarded():
            count = self.connection.execute(sql, values).rowcount
            self.require_in_place()
            return count

    @contextmanager
    def waiting(self, wait_s: float) -> Iterator[None]:
        """Wait at most ``wait_s`` for other programs' locks in this block, instead of 10 s."""
        with self._lock:
            self._wait(wait_s)
            try:
                yield
            finally:
                self._wait(_BUSY_S)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction; it is on disk, in place, when the block ends."""
        with self._lock, self.guarded():
            connection = self.connection
            with _transaction(connection):
                yield connection
            self.require_in_place()

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Convert errors of the disk or SQLite to the file's exception."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            self._damaged |= _primary_code(error) in _DAMAGED
            raise self._fails(said or str(error)) from error

    def _open(self, *, readable: bool) -> None:
        with self.guarded():
            if readable and is_write_protected(self.path):
                self._open_readable()
                return
            try:
                self._open_writable()
            except (sqlite3.Error, OSError) as error:
                if not (readable and cannot_be_written(self.path, error)):
                    raise
                self._open_readable()

    def _reopen(self) -> None:
        """Open the file unless it is open, in place and sound; move a damaged one aside."""
        if self._connection is not None and not self._damaged:
            try:
                self.require_in_place()
            except ToelineError:
                self.close()
            else:
                return
        if not self._damaged:
            try:
                self._open(readable=False)
            except ToelineError:
                if not self._damaged:
                    raise
            else:
                return
        self.close()
        with self.guarded():
            aside = moved_aside(self.path)
        self._damaged = False
        _log.error("%s was damaged: it is %s now, and a new one was begun", self.path, aside)
        self._open(readable=False)

    def _open_writable(self) -> None:
        # A data folder that vanished may be on a disk that was pulled out: it is not made again.
        make_folder(self.path.parent, parents=not self._was_open)
        # Created before SQLite does so, which would let others read it and its log.
        if not self.path.exists():
            self.path.touch(mode=FILE_MODE)
        self._connect(self.path, _PRAGMAS)
        # The log stays the same file for as long as it is open here.
        log = self.path.with_name(f"{self.path.name}-wal")
        self._places = {path: _place(path) for path in (self.path, log) if path.exists()}
        self._was_open = True

    def _open_readable(self) -> None:
        readable = ReadableFile(self.path)
        try:
            try:
                self._connect(readable.uri, ())
            except (sqlite3.OperationalError, ToelineError):
                # It lacks the log's index, or is older and has to be migrated.
                self._connect(readable.copied(), ())
            self.connection.execute("PRAGMA query_only = ON")
        except BaseException:
            readable.close()
            raise
        self._readable = readable

    def _connect(self, target: Path | str, pragmas: Sequence[str]) -> None:
        connection = sqlite3.connect(
            target,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            uri=isinstance(target, str),
        )
        try:
            self._prepare(connection, pragmas)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _wait(self, wait_s: float) -> None:
        with self.guarded():
            self.connection.execute(f"PRAGMA busy_timeout = {round(1000 * wait_s)}")

    def _prepare(self, connection: sqlite3.Connection, pragmas: Sequence[str]) -> None:
        connection.row_factory = sqlite3.Row
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        have, known = _version(connection), len(self._migrations)
        if have > known:
            raise self._fails(
                f"the file is of a newer Toeline (tables {have}, this one knows {known}); "
                "update Toeline"
            )
        if have < known:
            self._migrate(connection)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.create_function("json_of", -1, _json_of, deterministic=True)
        with _transaction(connection):
            # Another program may have migrated the file meanwhile.
            for script in self._migrations[_version(connection) :]:
                for statement in _statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(self._migrations)}")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # After a disk-full error SQLite may have rolled back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def opened_raw(path: Path) -> sqlite3.Connection:
    """Open a file of any condition for reading; damaged text is read with replacements."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    return connection


def is_locked(error: BaseException) -> bool:
    """Return whether a file's error means that another program holds a lock on it."""
    return _primary_code(error.__cause__) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_damaged(error: BaseException) -> bool:
    """Return whether a file's error means that its content is no valid database."""
    return _primary_code(error.__cause__) in _DAMAGED


def _primary_code(error: BaseException | None) -> int:
    """Return SQLite's primary error code; 255 for any other error."""
    return getattr(error, "sqlite_errorcode", -1) & 0xFF


def _place(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _json_of(*pairs: str | float | None) -> str:
    """Return alternating names and values as a JSON object."""
    return json.dumps(dict(zip(pairs[::2], pairs[1::2], strict=True)))


def _statements(script: str) -> list[str]:
    """Split a script into statements: ``executescript`` would commit the open transaction."""
    statements, waiting = [], ""
    for line in script.splitlines(keepends=True):
        waiting += line
        if sqlite3.complete_statement(waiting):
            statements.append(waiting)
            waiting = ""
    return statements
