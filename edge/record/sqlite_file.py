"""One SQLite file: opening, migrations, and errors as one sentence each."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

from edge.messages.errors import ToelineError
from edge.record.readable_copy import ReadableFile, cannot_be_written, is_write_protected

_BUSY_S: Final = 10.0
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
        The file; created with its folder if missing.
    migrations
        Scripts that migrate a file of any older version, oldest first.
    fails
        Creates the exception for an error message of the disk or SQLite.
    private
        Make the file readable by its owner only.
    readable
        Open a file that cannot be written to for reading, as on a write-protected card.

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
        private: bool = False,
        readable: bool = False,
    ) -> None:
        self.path = path
        self._fails = fails
        self._lock = RLock()
        self._readable: ReadableFile | None = None
        self._places: dict[Path, tuple[int, int] | None] = {}
        with self.guarded():
            if readable and is_write_protected(path):
                self._open_readable(migrations)
                return
            try:
                self._open(migrations, private=private)
            except (sqlite3.Error, OSError) as error:
                if not (readable and cannot_be_written(path, error)):
                    raise
                self._open_readable(migrations)

    @property
    def read_only(self) -> bool:
        """See the class."""
        return self._readable is not None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.connection.close()
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
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                # After a disk-full error SQLite may have rolled back already.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
            self.require_in_place()

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Convert errors of the disk or SQLite to the file's exception."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            raise self._fails(said or str(error)) from error

    def _open(self, migrations: Sequence[str], *, private: bool) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if private:
            # Created before SQLite does so, which would let others read it.
            self.path.touch(mode=0o600)
        self._connect(self.path, migrations, _PRAGMAS)
        # The log stays the same file for as long as it is open here.
        log = self.path.with_name(f"{self.path.name}-wal")
        self._places = {path: _place(path) for path in (self.path, log) if path.exists()}

    def _open_readable(self, migrations: Sequence[str]) -> None:
        readable = ReadableFile(self.path)
        try:
            try:
                self._connect(readable.uri, migrations, ())
            except (sqlite3.OperationalError, ToelineError):
                # It lacks the log's index, or is older and has to be migrated.
                self._connect(readable.copied(), migrations, ())
            self.connection.execute("PRAGMA query_only = ON")
        except BaseException:
            readable.close()
            raise
        self._readable = readable

    def _connect(
        self, target: Path | str, migrations: Sequence[str], pragmas: Sequence[str]
    ) -> None:
        self.connection = sqlite3.connect(
            target,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            uri=isinstance(target, str),
        )
        try:
            self._prepare(migrations, pragmas)
        except BaseException:
            self.connection.close()
            raise

    def _wait(self, wait_s: float) -> None:
        with self.guarded():
            self.connection.execute(f"PRAGMA busy_timeout = {round(1000 * wait_s)}")

    def _prepare(self, migrations: Sequence[str], pragmas: Sequence[str]) -> None:
        self.connection.row_factory = sqlite3.Row
        for pragma in pragmas:
            self.connection.execute(f"PRAGMA {pragma}")
        have, known = self._version(), len(migrations)
        if have > known:
            raise self._fails(
                f"the file is of a newer Toeline (tables {have}, this one knows {known}); "
                "update Toeline"
            )
        if have < known:
            self._migrate(migrations)

    def _migrate(self, migrations: Sequence[str]) -> None:
        self.connection.create_function("json_of", -1, _json_of, deterministic=True)
        with self.transaction() as connection:
            # Another program may have migrated the file meanwhile.
            for script in migrations[self._version() :]:
                for statement in _statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(migrations)}")

    def _version(self) -> int:
        return int(self.connection.execute("PRAGMA user_version").fetchone()[0])


def opened_raw(path: Path) -> sqlite3.Connection:
    """Open a file of any condition for reading; damaged text is read with replacements."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    return connection


def is_locked(error: BaseException) -> bool:
    """Return whether a file's error means that another program holds a lock on it."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_damaged(error: BaseException) -> bool:
    """Return whether a file's error means that its content is no valid database."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _code(error: BaseException) -> int:
    """Return SQLite's primary error code behind a file's error; -1 if it has none."""
    return getattr(error.__cause__, "sqlite_errorcode", -1) & 0xFF


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
