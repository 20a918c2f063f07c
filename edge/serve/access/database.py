"""The file of pairings and of the audit; no secret is in it, only hashes of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

from edge.messages.errors import AccessError

FILE_NAME: Final = "access.sqlite"
_VERSION: Final = 1
_WAIT_S: Final = 5.0

# Times are wall-clock seconds since 1970: they must hold across starts of the program.
_SCHEMA: Final = """
CREATE TABLE code (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    digits_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    expires_at REAL NOT NULL,
    used_at REAL
) STRICT;
CREATE TABLE device (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    label TEXT NOT NULL,
    paired_at REAL NOT NULL,
    revoked_at REAL
) STRICT;
CREATE TABLE station (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""


class Database:
    """One SQLite file; may be used from any thread, and by several processes at once.

    Parameters
    ----------
    folder
        Where the file lies, made if it is not there; both are for their owner alone.

    Raises
    ------
    AccessError
        If it cannot be opened or made, or is of a newer version.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._lock = Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Made before SQLite does, which would let others read it.
            self.path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                self.path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False
            )
            self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise AccessError(f"cannot open {self.path}: {_reason(error)}") from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query gives; raises ``AccessError``."""
        with self._guarded() as connection:
            return connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        """Carry out one statement, durably, and return the rows it touched; raises likewise."""
        with self._guarded() as connection:
            return connection.execute(sql, values).rowcount

    @contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                yield self._connection
        except sqlite3.Error as error:
            raise AccessError(f"cannot use {self.path}: {_reason(error)}") from error

    def _prepare(self) -> None:
        connection = self._connection
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        # Two programs may make the file in one moment.
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _statements(_SCHEMA):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={_VERSION}")
        connection.execute("COMMIT")
        if version > _VERSION:
            connection.close()
            raise AccessError(f"{self.path} was written by a newer Toeline")


def _statements(script: str) -> Iterator[str]:
    part = ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            yield part
            part = ""


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
