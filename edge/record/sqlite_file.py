"""One SQLite file: opening, migrations, and errors as one sentence each."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

from edge.messages.errors import ToelineError

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
    ) -> None:
        self.path = path
        self._fails = fails
        self._lock = RLock()
        with self.guarded():
            path.parent.mkdir(parents=True, exist_ok=True)
            if private:
                # Created before SQLite does so, which would let others read it.
                path.touch(mode=0o600)
            self.connection = sqlite3.connect(
                path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(migrations)
            except BaseException:
                self.connection.close()
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.connection.close()

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._lock, self.guarded():
            return self.connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement durably and return the number of affected rows."""
        with self._lock, self.guarded():
            return self.connection.execute(sql, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction; it is on disk when the block ends."""
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

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Convert errors of the disk or SQLite to the file's exception."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            raise self._fails(said or str(error)) from error

    def _prepare(self, migrations: Sequence[str]) -> None:
        self.connection.row_factory = sqlite3.Row
        for pragma in _PRAGMAS:
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
