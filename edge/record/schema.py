"""The tables of the session store, and how a store of an older Toeline becomes one of today."""

import sqlite3
from typing import Final

from edge.messages.errors import RecordError
from edge.metrics.catalogue import METRIC_NAMES

_METRICS: Final = ",\n    ".join(f"{column} REAL" for column in METRIC_NAMES)

# Times are capture time of the station (_s), the same clock as in the poses; origin_s is that of
# the session's first frame. Texts with _at are UTC. Absent is NULL.
_FIRST: Final = f"""
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    begun_at TEXT NOT NULL,
    ended_at TEXT,
    end_reason TEXT,
    begun_by TEXT NOT NULL,
    runner TEXT,
    belt_speed_mps REAL,
    incline_pct REAL,
    toeline TEXT NOT NULL,
    source TEXT NOT NULL,
    model TEXT NOT NULL,
    model_sha256 TEXT NOT NULL,
    config_sha256 TEXT NOT NULL,
    config TEXT NOT NULL,
    nominal_rate_hz REAL,
    origin_s REAL,
    last_s REAL,
    first_frame INTEGER,
    last_frame INTEGER,
    frames INTEGER NOT NULL DEFAULT 0,
    strides INTEGER NOT NULL DEFAULT 0,
    valid_strides INTEGER NOT NULL DEFAULT 0,
    summary TEXT
) STRICT;
CREATE INDEX sessions_by_runner ON sessions (runner, begun_at);
CREATE TABLE strides (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    side TEXT NOT NULL,
    near INTEGER NOT NULL,
    start_s REAL,
    peak_knee_flexion_s REAL,
    toe_off_s REAL,
    end_s REAL,
    decided_at_s REAL,
    valid INTEGER NOT NULL,
    reason TEXT NOT NULL,
    {_METRICS},
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE events (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    side TEXT NOT NULL,
    near INTEGER NOT NULL,
    time_s REAL,
    decided_at_s REAL,
    confidence REAL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE verdicts (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    side TEXT NOT NULL,
    fault TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    cue TEXT,
    decided_at_s REAL,
    mean REAL,
    ci95_low REAL,
    ci95_high REAL,
    strides INTEGER NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE cues (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    wording TEXT NOT NULL,
    issued_at_s REAL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE key_poses (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    side TEXT NOT NULL,
    near INTEGER NOT NULL,
    time_s REAL,
    frame_index INTEGER NOT NULL,
    value REAL,
    xy_px BLOB NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE marks (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    time_s REAL,
    marked_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    note TEXT NOT NULL,
    data TEXT,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    done_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
"""

# Angles at 0, 2, ... 100 % of the stride, little-endian floats of four bytes, degrees.
_CURVES: Final = """
CREATE TABLE curves (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    side TEXT NOT NULL,
    near INTEGER NOT NULL,
    start_s REAL,
    hip_deg BLOB NOT NULL,
    knee_deg BLOB NOT NULL,
    ankle_deg BLOB NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
"""

MIGRATIONS: Final = (_FIRST, _CURVES)


def migrate(database: sqlite3.Connection) -> None:
    """Bring a store to the present tables, all or nothing.

    Raises
    ------
    RecordError
        If a newer Toeline has written it.
    sqlite3.Error
        As SQLite says it.
    """
    have = _version(database)
    if have == len(MIGRATIONS):
        return
    if have > len(MIGRATIONS):
        raise RecordError(
            f"the session store is of a newer Toeline (tables {have}, this one knows "
            f"{len(MIGRATIONS)}); update Toeline"
        )
    database.execute("BEGIN IMMEDIATE")
    try:
        # Two programs may have found the same old store.
        for script in MIGRATIONS[_version(database) :]:
            for statement in _statements(script):
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> list[str]:
    """Split a script: ``executescript`` would commit what was begun."""
    statements, waiting = [], ""
    for line in script.splitlines(keepends=True):
        waiting += line
        if sqlite3.complete_statement(waiting):
            statements.append(waiting)
            waiting = ""
    return statements
