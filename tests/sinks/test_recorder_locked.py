"""Another program locks the database, as a backup or VACUUM does: no told stride is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from test_recorder import RUN, Rig, at, nobody
from test_recorder_lost_disk import decided, strides_in

from edge.i18n.notices import english_notice
from edge.record import session_writer
from edge.record.store import DATABASE, Store
from edge.settings.record_settings import RecordSettings

WAITS = "another program locks the database: strides wait in memory and are written later"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_LOCKED_FRAME_S", "_LOCKED_MARK_S", "_LOCKED_END_S"):
        monkeypatch.setattr(session_writer, name, 0.01)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path, RecordSettings(keep_free_mb=0, operator_empty_s=5))
    rig.recorder.begin("r-17")
    rig.give(RUN[:150])
    return rig


@pytest.fixture
def other(rig: Rig, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return another program's connection, which holds the lock."""
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield database


def test_strides_told_under_a_lock_are_written_after_it(
    rig: Rig, other: sqlite3.Connection, tmp_path: Path
) -> None:
    rig.give(RUN[150:450])
    assert english_notice(rig.recorder.notice) == WAITS
    # Nothing is lost so far, so the station does not say that it cannot record.
    assert not rig.recorder.storage_full
    assert len(strides_in(tmp_path)) < len(decided(rig))
    other.execute("ROLLBACK")
    rig.give(RUN[450:])
    assert not rig.recorder.notice
    rig.finish()
    assert strides_in(tmp_path) == decided(rig)
    assert len(rig.recorder.recorded) == 1
    assert not rig.recorder.failures


def test_marks_and_belt_entered_under_a_lock_are_kept(
    rig: Rig, other: sqlite3.Connection, tmp_path: Path
) -> None:
    _, at_s = rig.recorder.mark("pain_now", "left calf")
    rig.recorder.set_belt(speed_mps=3.5, incline_pct=1.0)
    other.execute("ROLLBACK")
    rig.give(RUN[150:220])
    rig.finish()
    with Store(tmp_path, create=False) as store:
        session = store.session("last")
        assert [(m.kind, m.time_s) for m in store.read(session).marks()] == [("pain_now", at_s)]
        assert session.head.belt.speed_mps == 3.5


@pytest.mark.parametrize("ended_by", ["an operator", "an empty belt"])
def test_a_session_that_ends_under_a_lock_is_closed_after_it(
    rig: Rig, other: sqlite3.Connection, tmp_path: Path, ended_by: str
) -> None:
    if ended_by == "an operator":
        rig.recorder.end()
        rig.give(nobody(2.5, 4.0))
    else:
        rig.give(nobody(2.5, 10.0, rate_hz=10))
    assert english_notice(rig.recorder.notice) == WAITS
    assert rig.recorder.recorded == []
    other.execute("ROLLBACK")
    rig.give(nobody(20.0, 22.0, rate_hz=10))
    assert not rig.recorder.notice
    assert len(rig.recorder.recorded) == 1
    rig.finish()
    with Store(tmp_path, create=False) as store:
        assert store.session("last").ended_at
    assert strides_in(tmp_path) == decided(rig)


def test_a_station_that_ends_under_a_lock_says_what_it_lost(
    rig: Rig, other: sqlite3.Connection
) -> None:
    rig.give(RUN[150:240])
    rig.finish()
    assert rig.recorder.recorded == []
    (failure,) = rig.recorder.failures
    assert failure.endswith("database is locked")


def test_what_waits_is_bounded_and_what_is_dropped_is_said(
    rig: Rig, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_writer, "_MOST_WAITING", 40)
    rig.give(RUN[150:450])
    assert rig.recorder.storage_full
    said = english_notice(rig.recorder.notice)
    assert "another program locks the database; " in said
    assert "were dropped" in said
    other.execute("ROLLBACK")
    rig.give(at(RUN[:120], 20.0))
    assert not rig.recorder.notice
    rig.finish()
