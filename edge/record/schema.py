"""The tables of the session store, as migrations from older versions."""

from typing import Final

from edge.record.visit_schema import VISITS

# Migration scripts are frozen text: existing stores have already run them.

# Times are capture time of the station (_s), the same clock as in the poses; origin_s is that of
# the session's first frame. Texts with _at are UTC. Absent is NULL.
_FIRST: Final = """
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
    knee_toe_offset_pct REAL,
    shank_angle_deg REAL,
    hip_ankle_offset_pct REAL,
    knee_flexion_peak_deg REAL,
    knee_flexion_contact_deg REAL,
    knee_flexion_push_off_deg REAL,
    thigh_extension_deg REAL,
    plantarflexion_deg REAL,
    line_straightness_pct REAL,
    trunk_lean_deg REAL,
    overstride_pct REAL,
    ground_contact_ms REAL,
    flight_ms REAL,
    stride_time_ms REAL,
    cadence_spm REAL,
    vertical_oscillation_pct REAL,
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

# Metrics by name, so that a new one needs no new table: a JSON object, null where absent. SQLite's
# own JSON would round them; ``json_of`` keeps every bit.
_METRICS_BY_NAME: Final = """
CREATE TABLE strides_by_name (
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
    metrics TEXT NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
INSERT INTO strides_by_name
SELECT session, number, side, near, start_s, peak_knee_flexion_s, toe_off_s, end_s, decided_at_s,
    valid, reason,
    json_of(
        'knee_toe_offset_pct', knee_toe_offset_pct,
        'shank_angle_deg', shank_angle_deg,
        'hip_ankle_offset_pct', hip_ankle_offset_pct,
        'knee_flexion_peak_deg', knee_flexion_peak_deg,
        'knee_flexion_contact_deg', knee_flexion_contact_deg,
        'knee_flexion_push_off_deg', knee_flexion_push_off_deg,
        'thigh_extension_deg', thigh_extension_deg,
        'plantarflexion_deg', plantarflexion_deg,
        'line_straightness_pct', line_straightness_pct,
        'trunk_lean_deg', trunk_lean_deg,
        'overstride_pct', overstride_pct,
        'ground_contact_ms', ground_contact_ms,
        'flight_ms', flight_ms,
        'stride_time_ms', stride_time_ms,
        'cadence_spm', cadence_spm,
        'vertical_oscillation_pct', vertical_oscillation_pct
    )
FROM strides;
DROP TABLE strides;
ALTER TABLE strides_by_name RENAME TO strides;
"""

# What sensors read, and which belt speed and incline were in force from a time on: ``source`` is
# entered, treadmill, picture or none. Older sessions hold no rows of either.
_READINGS: Final = """
CREATE TABLE readings (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    time_s REAL,
    name TEXT NOT NULL,
    value REAL,
    unit TEXT NOT NULL,
    source TEXT NOT NULL,
    quality REAL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE belt (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    time_s REAL,
    speed_mps REAL,
    source TEXT NOT NULL,
    incline_pct REAL,
    incline_source TEXT NOT NULL,
    entered_mps REAL,
    treadmill_mps REAL,
    seen_mps REAL,
    notice TEXT NOT NULL,
    likely_unit TEXT NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
"""

# The limits in force, from ``decided_at_s`` until the next row of the same side and fault.
_BANDS: Final = """
CREATE TABLE bands (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    side TEXT NOT NULL,
    fault TEXT NOT NULL,
    metric TEXT NOT NULL,
    amber REAL NOT NULL,
    red REAL NOT NULL,
    inside REAL NOT NULL,
    worse INTEGER NOT NULL,
    speed_mps REAL NOT NULL,
    speed_source TEXT NOT NULL,
    decided_at_s REAL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
"""

# ``reason`` stays, in English; older rows have no code.
_REASON_CODES: Final = """
ALTER TABLE strides ADD COLUMN reason_code TEXT NOT NULL DEFAULT '';
ALTER TABLE strides ADD COLUMN reason_params TEXT NOT NULL DEFAULT '{}';
ALTER TABLE verdicts ADD COLUMN reason_code TEXT NOT NULL DEFAULT '';
ALTER TABLE verdicts ADD COLUMN reason_params TEXT NOT NULL DEFAULT '{}';
"""

# Notices about the pictures: from ``time_s`` on each holds, or no longer does.
_NOTICES: Final = """
CREATE TABLE notices (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    time_s REAL,
    code TEXT NOT NULL,
    params TEXT NOT NULL,
    text TEXT NOT NULL,
    holds INTEGER NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
"""

# Lines of before have no hash; see edge/record/audit.py.
_AUDIT_CHAINED: Final = "ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';"
# Readings of the clocks at the beginning and the end of a session; ``synchronised`` 0 or 1.
_CLOCKS: Final = """
CREATE TABLE clocks (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    boot TEXT NOT NULL,
    boot_s REAL NOT NULL,
    wall_s REAL NOT NULL,
    synchronised INTEGER NOT NULL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
"""

# The points set by hand, from ``time_s`` until the next row; NULL for the model's own. Beside each
# stride that they corrected, the values by the model's own points.
_POINTS_BY_HAND: Final = """
CREATE TABLE points_by_hand (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    time_s REAL,
    points TEXT,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
ALTER TABLE strides ADD COLUMN model_metrics TEXT NOT NULL DEFAULT '{}';
"""

# Strides of before have no source.
_LEGS: Final = """
ALTER TABLE strides ADD COLUMN legs_source TEXT NOT NULL DEFAULT '';
ALTER TABLE strides ADD COLUMN legs_score REAL;
ALTER TABLE strides ADD COLUMN legs_flaw TEXT NOT NULL DEFAULT '';
"""

# Half the 95 % interval of the model's error: of each metric of a stride, as JSON, and of a
# verdict's deciding metric. Older verdicts have intervals of the scatter of strides alone.
_MODEL_ERRORS: Final = """
ALTER TABLE strides ADD COLUMN error95 TEXT NOT NULL DEFAULT '{}';
ALTER TABLE verdicts ADD COLUMN error95 REAL;
"""

# The feedback allowed from ``time_s`` until the next row; a session without a visit has none.
_FEEDBACK: Final = """
CREATE TABLE feedback (
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    time_s REAL,
    given INTEGER NOT NULL,
    reason TEXT NOT NULL,
    cue TEXT NOT NULL,
    step TEXT NOT NULL,
    feedback_pct REAL,
    dose TEXT NOT NULL,
    metronome_spm REAL,
    metronome_from_spm REAL,
    metronome_ramp_s REAL NOT NULL,
    target_low_spm REAL,
    target_high_spm REAL,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;
"""

# The leg in the picture itself; key poses of before are drawn as of their instant.
_LEG_IN_PICTURE: Final = """
ALTER TABLE key_poses ADD COLUMN leg_px BLOB;
"""

MIGRATIONS: Final = (
    _FIRST,
    _CURVES,
    _METRICS_BY_NAME,
    _READINGS,
    _BANDS,
    _REASON_CODES,
    _NOTICES,
    _AUDIT_CHAINED,
    _CLOCKS,
    _POINTS_BY_HAND,
    _LEGS,
    _MODEL_ERRORS,
    _FEEDBACK,
    VISITS,
    _LEG_IN_PICTURE,
)
