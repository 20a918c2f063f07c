"""The session store: its tables, what other programs see of it, and what it refuses."""

import hashlib
import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_samples import a_stride, an_event, arrays, reasons
from stored import HEAD, raw_pose, running, seen

from edge.coaching.coach import Coach
from edge.messages.errors import RecordError
from edge.messages.feedback import DoseSource, FeedbackGate, GateReason
from edge.messages.gait import EventKind
from edge.messages.message import Message
from edge.messages.reading import BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import KeyPose, StrideCurves
from edge.record import schema
from edge.record.audit import Entry
from edge.record.disk_space import free_bytes
from edge.record.recording_lock import being_recorded
from edge.record.rows import (
    bands_of,
    curves_of,
    event_of,
    feedback_of,
    insertion,
    key_pose_of,
    row_of,
    stride_of,
)
from edge.record.session_writer import SessionWriter
from edge.record.store import DATABASE, Store
from edge.record.stored_session import INTERRUPTED
from edge.settings.coaching_settings import CoachingSettings

NOW = datetime(2026, 1, 31, 9, 5, 7, tzinfo=UTC)
# Of each migration; one is added at the end, none is ever changed.
FROZEN = [
    "6bc816261b1f1742",
    "bb6f47760f2e651b",
    "c5bdab247056032a",
    "ae55e6b9b9198da9",
    "781a729d71b4f69e",
    "e78fabe2b04ac176",
]


def test_what_a_session_is_made_of_is_kept(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        head = replace(HEAD, runner="r-17", source="a \udcff camera")
        began = store.begin(head, NOW)
        again = store.session(began.name)
    assert again == began
    assert again.head == replace(head, source="a ? camera")
    assert (again.name, again.begun_at) == ("2026-01-31T09-05-07Z", "2026-01-31T09:05:07Z")
    assert again.folder.is_dir()
    assert np.isnan([again.origin_s, again.last_s]).all()


@pytest.mark.parametrize(
    ("pragma", "want"), [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1)]
)
def test_the_database_is_set_to_last(tmp_path: Path, pragma: str, want: object) -> None:
    with Store(tmp_path) as store:
        assert store.file.connection.execute(f"PRAGMA {pragma}").fetchone()[0] == want


def test_every_table_is_strict(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        rows = store.file.connection.execute("PRAGMA table_list").fetchall()
    ours = [row for row in rows if not row["name"].startswith("sqlite_")]
    assert len(ours) >= 9
    assert all(row["strict"] for row in ours)


# Tables of other versions.


def test_a_store_of_the_first_version_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as first:
        first.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        with Store(tmp_path) as store:
            store.file.run(
                "INSERT INTO sessions (name, begun_at, begun_by, toeline, source, model, "
                "model_sha256, config_sha256, config) "
                "VALUES ('old', '2026-01-31T09:05:07Z', 'station', '', '', '', '', '', '{}')"
            )
            assert store.file.connection.execute("PRAGMA user_version").fetchone()[0] == 1
    with Store(tmp_path) as store:
        session = store.session("old")
        assert store.read(session).curves() == []
        assert store.read(session).readings() == []
        version = store.file.connection.execute("PRAGMA user_version").fetchone()[0]
        assert version == len(schema.MIGRATIONS)


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path) as store:
        name = store.begin(HEAD, NOW).name
    broken = "CREATE TABLE more (a INTEGER) STRICT;\nCREATE TABLE more (a INTEGER) STRICT;\n"
    with monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
        with pytest.raises(RecordError, match="table more already exists"):
            Store(tmp_path)
    with Store(tmp_path) as store:
        assert store.session(name)
        assert "more" not in {r["name"] for r in store.file.connection.execute("PRAGMA table_list")}


def test_a_script_that_stores_have_gone_through_is_never_changed() -> None:
    found = [hashlib.sha256(script.encode()).hexdigest()[:16] for script in schema.MIGRATIONS]
    assert found[: len(FROZEN)] == FROZEN


def test_a_store_of_a_newer_toeline_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(
        RecordError, match=r"is of a newer Toeline \(tables 99, this one knows \d+\)"
    ):
        Store(tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(RecordError, match=r"^cannot record to .*: file is not a database$"):
        Store(tmp_path)


# Several programs at once.


def test_another_program_sees_that_a_session_is_being_recorded(tmp_path: Path) -> None:
    with Store(tmp_path) as store, Store(tmp_path) as other:
        writer = SessionWriter(store, HEAD, NOW)
        session = other.session("last")
        assert being_recorded(session.folder)
        assert other.settle(NOW) == []
        with pytest.raises(RecordError, match="is being recorded; end it first"):
            other.delete(session)
        writer.abandon()
        assert other.settle(NOW) == [session.name]
        assert other.session("last").end_reason == INTERRUPTED


def test_a_stride_is_there_for_others_as_soon_as_it_is_written(tmp_path: Path) -> None:
    with Store(tmp_path) as store, Store(tmp_path) as other:
        writer = SessionWriter(store, HEAD, NOW)
        for index in range(30):
            pose = raw_pose(index)
            messages: list[Message] = [an_event(), a_stride()] if index == 20 else []
            writer.frame(seen(pose), running(pose), messages, 9.0)
            session = other.session("last")
            assert session.strides == len(other.read(session).strides()) == int(index >= 20)
        writer.close(NOW, "the end")


def test_the_audit_is_only_added_to(tmp_path: Path) -> None:
    with Store(tmp_path, clock=NOW.timestamp) as store:
        store.audit.add("pair", "tablet 3", "operator")
        line = Entry(at=NOW.timestamp(), what="pair", who="tablet 3", detail="operator")
        assert store.audit.entries() == [line]
        (row,) = store.file.rows("SELECT done_at FROM audit")
        assert row["done_at"] == "2026-01-31T09:05:07.000Z"
        for statement in ("DELETE FROM audit", "UPDATE audit SET actor = 'nobody'"):
            with pytest.raises(RecordError, match="only added to"):
                store.file.run(statement)
        assert len(store.audit.entries()) == 1


def test_sessions_are_found_by_runner_newest_first(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number, runner in enumerate(("a", "b", "a")):
            store.begin(replace(HEAD, runner=runner), NOW + timedelta(minutes=number))
        assert [s.name[11:16] for s in store.sessions()] == ["09-07", "09-06", "09-05"]
        assert [s.name[11:16] for s in store.sessions(runner="a")] == ["09-07", "09-05"]


def test_free_room_is_that_of_the_nearest_folder_there_is(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "yet") == pytest.approx(free_bytes(tmp_path), rel=0.5)


# Rows.


@given(
    st.lists(st.floats(allow_infinity=False), min_size=3, max_size=3),
    st.booleans(),
    reasons,
)
def test_a_stride_comes_back_from_its_row_to_the_bit(
    values: list[float], valid: bool, reason: Reason
) -> None:
    stride = replace(
        a_stride(),
        values={"knee_toe_offset_pct": values[0], "cadence_spm": values[1]},
        toe_off_s=values[2],
        valid=valid,
        reason=reason,
    )
    kept = row_of(stride)
    assert kept is not None
    assert kept[0] == "strides"
    assert repr(stride_of(kept[1])) == repr(stride)


def test_limits_come_back_from_their_rows() -> None:
    for band in Coach(CoachingSettings()).bands(4.5, BeltSource.PICTURE, 1.25):
        table, row = row_of(band) or ("", {})
        assert table == "bands"
        assert bands_of(row) == band


@given(st.sampled_from(GateReason), st.sampled_from(DoseSource), st.booleans(), arrays)
def test_the_feedback_in_force_comes_back_from_its_row(
    reason: GateReason, dose: DoseSource, on: bool, number: float
) -> None:
    gate = FeedbackGate(
        time_s=number,
        on=on,
        reason=reason,
        cue="cadence",
        step="cue.2",
        feedback_pct=number,
        dose=dose,
        metronome_spm=number,
        metronome_ramp_s=90.0,
        target_low_spm=number,
    )
    kept = row_of(gate)
    assert kept is not None
    assert kept[0] == "feedback"
    assert repr(feedback_of(kept[1])) == repr(gate)


def test_events_key_poses_and_curves_come_back() -> None:
    event = an_event()
    kept = row_of(event)
    assert kept is not None
    assert event_of(kept[1]) == event
    xy = np.linspace(0, 900, 24).astype(np.float32).astype(float).reshape(12, 2)
    xy[3] = np.nan
    pose = KeyPose(
        kind=EventKind.TOE_OFF, side=Side.LEFT, near=True, time_s=1.5, frame_index=90, xy_px=xy,
        value=12.5, leg_px=xy[3:8] + 2,
    )  # fmt: skip
    kept = row_of(pose)
    assert kept is not None
    back = key_pose_of(kept[1])
    np.testing.assert_array_equal(back.xy_px, xy)
    assert back.leg_px is not None
    np.testing.assert_array_equal(back.leg_px, xy[3:8] + 2)
    assert key_pose_of(kept[1] | {"leg_px": None}).leg_px is None
    assert (back.kind, back.side, back.value) == (EventKind.TOE_OFF, Side.LEFT, 12.5)
    angles = np.arange(51.0)
    curves = StrideCurves(
        side=Side.LEFT, near=True, start_s=1.0, hip_deg=angles, knee_deg=-angles, ankle_deg=angles
    )
    kept = row_of(curves)
    assert kept is not None
    np.testing.assert_array_equal(curves_of(kept[1]).knee_deg, -angles)
    assert row_of(raw_pose(1)) is None


# Metrics.


@pytest.mark.parametrize("old", [False, True])
def test_a_metric_that_no_store_has_seen_is_kept(old: bool, tmp_path: Path) -> None:
    data = tmp_path / "data"
    if old:
        shutil.copytree(Path(__file__).parent / "stores" / "2026-11", data)
    errors = {"knee_toe_offset_pct": 9.8}
    stride = replace(a_stride(), values={"swing_ms": 431.5, "cadence_spm": 168.0}, error95=errors)
    kept = row_of(stride)
    assert kept is not None
    with Store(data) as store:
        session = store.begin(HEAD, NOW)
        with store.file.transaction() as database:
            sql = insertion("strides", tuple(kept[1]))
            database.execute(sql, (session.id, 0, *kept[1].values()))
    with Store(data) as store:
        (found,) = store.read(store.session(session.name)).strides()
        assert found.value("swing_ms") == 431.5
        assert found.error95 == errors
        others = [other for other in store.sessions() if other.name != session.name]
        before = [s for other in others for s in store.read(other).strides()]
    assert len(before) == (26 if old else 0)
    assert all(isnan(earlier.value("swing_ms")) for earlier in before)
    assert all(earlier.error95 == {} for earlier in before)
