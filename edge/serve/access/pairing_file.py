"""The SQLite file of pairings and audit; it stores hashes, never secrets."""

from pathlib import Path
from typing import Final

from edge.messages.errors import AccessError
from edge.record.sqlite_file import SqliteFile

FILE_NAME: Final = "access.sqlite"

# Migration scripts are frozen text: existing files have already run them.
# Times are wall-clock seconds since 1970: they must stay valid across restarts.
_FIRST: Final = """
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

# The same columns as the audit of the store.
_AUDIT_LIKE_THE_STORES: Final = """
CREATE TABLE audit_of_store (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    done_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
INSERT INTO audit_of_store (id, done_at, actor, action, detail)
SELECT id, strftime('%Y-%m-%dT%H:%M:%fZ', at, 'unixepoch'), who, what, detail FROM audit;
DROP TABLE audit;
ALTER TABLE audit_of_store RENAME TO audit;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""

# A code ends by a clock that cannot be set back. One of an older version has ended.
_CODES_END_BY_BOOT: Final = """
ALTER TABLE code ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE code ADD COLUMN ends_s REAL NOT NULL DEFAULT 0;
"""

# Lines of before have no hash; see edge/record/audit.py.
_AUDIT_CHAINED: Final = "ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';"

MIGRATIONS: Final = (_FIRST, _AUDIT_LIKE_THE_STORES, _CODES_END_BY_BOOT, _AUDIT_CHAINED)


def pairing_file(folder: Path, *, when_needed: bool = False) -> SqliteFile:
    """Open the file in ``folder``, made if it is not there; for its owner alone.

    Parameters
    ----------
    folder
        Where it is.
    when_needed
        See ``SqliteFile``.

    Raises
    ------
    AccessError
        If it cannot be opened or made, or is of a newer version; later from each of its methods.
    """
    path = folder / FILE_NAME
    return SqliteFile(
        path,
        MIGRATIONS,
        lambda said: AccessError(f"cannot use {path}: {said}"),
        when_needed=when_needed,
    )
