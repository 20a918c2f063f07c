"""The tables of guided visits; a migration, see ``schema.py``."""

from typing import Final

# A guided visit: what was asked, how far each step came (JSON, see visit_rows.py), and the blocks
# of its sessions. A session without a visit may have blocks, cut by hand. The runner is that of
# the sessions. ``ended_at`` is NULL until the visit is over, ``end_s`` while a block goes on.
VISITS: Final = """
CREATE TABLE visits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    begun_at TEXT NOT NULL,
    ended_at TEXT,
    template TEXT NOT NULL,
    template_text TEXT NOT NULL,
    number INTEGER,
    complaint TEXT NOT NULL,
    pain_side TEXT,
    pain_place TEXT NOT NULL,
    pain_level REAL,
    shoes TEXT NOT NULL,
    video_consent INTEGER NOT NULL,
    first_side TEXT,
    current TEXT NOT NULL,
    steps TEXT NOT NULL
) STRICT;
ALTER TABLE sessions ADD COLUMN visit INTEGER REFERENCES visits (id) ON DELETE SET NULL;
CREATE TABLE blocks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    visit INTEGER REFERENCES visits (id) ON DELETE SET NULL,
    number INTEGER NOT NULL,
    step TEXT NOT NULL,
    kind TEXT NOT NULL,
    side TEXT,
    cue TEXT NOT NULL,
    feedback_pct REAL,
    speed_mps REAL,
    start_s REAL NOT NULL,
    end_s REAL,
    state TEXT NOT NULL,
    split TEXT NOT NULL,
    UNIQUE (session, number)
) STRICT;
CREATE TABLE pain (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    time_s REAL,
    level REAL NOT NULL,
    side TEXT,
    place TEXT NOT NULL,
    change TEXT,
    step TEXT NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
"""
