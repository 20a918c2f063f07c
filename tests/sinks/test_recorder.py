"""Sessions that begin and end while the station runs, and a disk that refuses."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan
from pathlib import Path

import pytest
from fakes import FakeSource, end, hand, still_frame
from recordings import EXACT, record
from stored import HEAD, gait_rooms, only
from synthetic import Runner

from edge.cli.sessions_table import table_of
from edge.i18n.notices import english_notice
from edge.messages.errors import RecordError
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.reading import Belt, BeltSource, Reading
from edge.messages.session import SessionNews
from edge.pipeline import Pipeline
from edge.record.folder_export import export_folder, summary_of
from edge.record.rows import Row, row_of
from edge.record.session_speed import speed_of
from edge.record.store import Store
from edge.record.stored_session import OPERATOR
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.sinks.live_sessions import NoSessionError
from edge.sinks.new_recorder import new_recorder
from edge.sinks.recorder import Recorder

Decided = tuple[str, Row]

SETTINGS = Settings(gait=EXACT)
RUN = record(Runner(), 9.0).poses


class Clock:
    """A wall clock that goes on by a second at each look."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 31, 9, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def at(poses: list[Pose], start_s: float) -> list[Pose]:
    """Return poses moved to another time, numbered as a camera of 60 frames a second does."""
    first = round(start_s * 60)
    return [
        replace(pose, time_s=pose.time_s + start_s, frame_index=pose.frame_index + first)
        for pose in poses
    ]


def nobody(start_s: float, end_s: float, rate_hz: float = 60.0) -> list[Pose]:
    pose = RUN[0]
    return [
        replace(
            pose,
            time_s=start_s + step / rate_hz,
            frame_index=round((start_s + step / rate_hz) * 60),
            xy_px=pose.xy_px * float("nan"),
            visibility=pose.visibility * float("nan"),
            depth_px=pose.depth_px * float("nan"),
            presence=0.0,
        )
        for step in range(round((end_s - start_s) * rate_hz))
    ]


class Rig:
    """A recorder, its pipeline, and poses given as the station gives them."""

    def __init__(self, data: Path, settings: RecordSettings | None = None) -> None:
        self.pipeline = gait_rooms(SETTINGS)
        settings = settings or RecordSettings(keep_free_mb=0)
        self.recorder = Recorder(data, HEAD, self.pipeline, settings, now=Clock())
        self.told: list[SessionNews] = []
        self.recorder.listen(self.told.append)
        self.decided: list[Decided] = []
        self.treadmill: list[tuple[float, float]] = []

    def read(self, time_s: float) -> list[Reading]:
        """Return what the treadmill says up to a time, once."""
        due = [row for row in self.treadmill if row[0] <= time_s]
        self.treadmill = self.treadmill[len(due) :]
        return [
            Reading(name="belt_speed", value=mps, unit="m/s", time_s=at_s, source="csv:belt.csv")
            for at_s, mps in due
        ]

    def give(self, poses: list[Pose]) -> None:
        for pose in poses:
            outcome = self.pipeline.follow(pose, readings=self.read(pose.time_s))
            self.decided += [row for message in outcome.messages if (row := row_of(message))]
            frame = replace(still_frame(pose.frame_index), time_s=pose.time_s)
            hand(self.recorder, frame, outcome, 9.0)

    def finish(self) -> None:
        end(self.recorder, self.pipeline.finish())


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


@pytest.fixture
def reopened(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    stores: list[Store] = []

    def reopen() -> Store:
        stores.append(Store(tmp_path, create=False))
        return stores[-1]

    yield reopen
    for store in stores:
        store.close()


def again(store: Store, pipeline: Pipeline) -> list[Decided]:
    """Return the rows of everything that the stored poses give once more."""
    rows: list[Decided] = []
    for told, _ in store.read(only(store)).poses().seen():
        rows += [row for message in pipeline.replay(told).messages if (row := row_of(message))]
    return rows


def test_a_session_begins_with_a_runner_and_keeps_all_that_was_decided(
    rig: Rig, tmp_path: Path, reopened: Callable[[], Store]
) -> None:
    rig.give(RUN)
    rig.finish()
    store = reopened()
    session = only(store)
    assert rig.recorder.recorded == [session.name] == ["2026-01-31T09-00-02Z"]
    assert (session.frames, session.end_reason) == (540, "the station was stopped")
    messages: list[Message] = [*store.read(session).strides(), *store.read(session).events()]
    messages += [
        *store.read(session).verdicts(),
        *store.read(session).cues(),
        *store.read(session).belt(),
        *store.read(session).bands(),
    ]
    kept = [row_of(message) for message in messages]
    decided = [row for row in rig.decided if row[0] not in ("key_poses", "curves")]
    assert sorted(map(repr, kept)) == sorted(map(repr, decided))
    assert session.strides == len(store.read(session).strides()) > 15
    assert len(store.read(session).key_poses()) > 10
    assert not rig.recorder.notice


def test_stored_poses_give_the_same_strides_again(rig: Rig, reopened: Callable[[], Store]) -> None:
    # The pipeline has known another runner before, and the operator begins in mid-run.
    rig.give(RUN)
    rig.recorder.end()
    rig.decided.clear()
    rig.recorder.begin("r-17", belt_speed_mps=2.5)
    rig.give(at(RUN, 9.0))
    rig.recorder.set_belt(incline_pct=5.0)
    rig.give(at(RUN, 18.0))
    rig.finish()
    store = reopened()
    first = store.sessions()[1]
    store.delete(first)
    # The first verdicts only withdraw those of the session before.
    told = [r for r in rig.decided if r[1].get("reason") != "a new session"]
    replayed = again(store, gait_rooms(SETTINGS))
    assert repr(replayed) == repr(told)
    assert len(replayed) > 100


def test_the_treadmill_s_readings_are_kept_and_read_again_by_a_replay(
    rig: Rig, reopened: Callable[[], Store]
) -> None:
    rig.treadmill = [(0.0, 2.5), (6.0, 4.0), (8.0, 4.0)]
    rig.give(RUN)
    rig.finish()
    store = reopened()
    session = only(store)
    assert [(r.time_s, r.value, r.source) for r in store.read(session).readings()] == [
        (0.0, 2.5, "csv:belt.csv"),
        (6.0, 4.0, "csv:belt.csv"),
        (8.0, 4.0, "csv:belt.csv"),
    ]
    used = [belt for belt in store.read(session).belt() if belt.source is BeltSource.TREADMILL]
    assert {belt.speed_mps for belt in used} == {2.5, 4.0}
    # Nobody entered it: before, the list of sessions had a dash.
    assert speed_of(store, session) == (4.0, "treadmill")
    assert " 4.0 " in list(table_of(store, [session]))[1]
    assert repr(again(store, gait_rooms(SETTINGS))) == repr(rig.decided)


def test_a_belt_changed_in_mid_session_is_kept_with_its_time(
    rig: Rig, reopened: Callable[[], Store]
) -> None:
    rig.recorder.begin("r-17", belt_speed_mps=2.5)
    rig.give(RUN)
    rig.recorder.set_belt(speed_mps=4.0)
    rig.give(at(RUN, 9.0))
    rig.finish()
    store = reopened()
    session = only(store)
    entered = [(b.time_s, b.speed_mps) for b in store.read(session).belt()]
    assert {speed for time_s, speed in entered if time_s < 9.0} == {2.5}
    assert {speed for time_s, speed in entered if time_s >= 9.0} == {4.0}
    summary = summary_of(store, session)
    assert (summary["belt_speed_mps"], summary["belt_speed_source"]) == (4.0, "entered")
    assert [stretch["speed_mps"] for stretch in summary["belt"]] == [2.5, 4.0]


def test_an_operator_begins_marks_and_ends(rig: Rig, reopened: Callable[[], Store]) -> None:
    news = rig.recorder.begin("r-17", belt_speed_mps=3.0, incline_pct=1.0)
    assert (news.runner, news.recording, news.belt) == (
        "r-17", True, Belt(speed_mps=3.0, incline_pct=1.0)
    )  # fmt: skip
    for _ in range(2):
        assert isnan(rig.recorder.mark("ready")[1]), "nothing was seen yet"
    rig.give(RUN[:300])
    assert rig.recorder.mark("pain_now", "left calf") == (news.name, RUN[299].time_s)
    rig.recorder.mark("limits", data={"knee_toe_red_pct": 1.5, "push_off_red_deg": None})
    rig.recorder.end()
    with pytest.raises(NoSessionError):
        rig.recorder.mark("pain_now")
    with pytest.raises(NoSessionError):
        rig.recorder.end()
    # A runner who keeps running does not start a new session.
    rig.give(at(RUN, 9.0))
    rig.finish()
    store = reopened()
    session = only(store)
    assert session.head.begun_by == OPERATOR
    assert session.head.belt == Belt(speed_mps=3.0, incline_pct=1.0)
    marks = store.read(session).marks()
    assert [mark.kind for mark in marks] == ["ready", "ready", "pain_now", "limits"]
    assert marks[3].data == {"knee_toe_red_pct": 1.5, "push_off_red_deg": None}
    # Told again when its first frame gave it a beginning.
    assert [news.name for news in rig.told] == ["", session.name, session.name, ""]
    assert isnan(rig.told[1].started_s)
    assert rig.told[2].started_s == session.origin_s
    # The legs of the last frames were settled by frames that came after the end.
    settled = [pose.frame_index for pose in store.read(session).poses().settled()]
    assert settled == list(range(300))


def test_an_empty_belt_ends_the_session_and_the_next_runner_begins_one(
    rig: Rig, reopened: Callable[[], Store]
) -> None:
    rig.give(RUN)
    rig.give(nobody(9.0, 80.0, rate_hz=10))
    rig.give(at(RUN, 80.0))
    rig.finish()
    second, first = reopened().sessions()
    assert (first.end_reason, second.end_reason) == ("nobody in view", "the station was stopped")
    assert first.duration_s == pytest.approx(9.0 + 60.0, abs=0.3)
    assert second.origin_s == 80.0


def test_a_night_without_anybody_writes_nothing(rig: Rig, tmp_path: Path) -> None:
    rig.give(nobody(0.0, 3600.0, rate_hz=1))
    rig.finish()
    assert rig.recorder.recorded == []
    assert not (tmp_path / "sessions").exists()


def test_somebody_who_only_stands_there_is_not_kept(
    rig: Rig, tmp_path: Path, reopened: Callable[[], Store]
) -> None:
    rig.give([replace(RUN[0], time_s=i / 60, frame_index=i) for i in range(120)])
    rig.finish()
    assert reopened().sessions() == []
    assert list((tmp_path / "sessions").iterdir()) == []


def test_without_auto_only_an_operator_records(tmp_path: Path) -> None:
    rig = Rig(tmp_path, RecordSettings(auto=False, keep_free_mb=0))
    rig.give(RUN)
    rig.finish()
    assert rig.recorder.recorded == []


# What the disk does.


def test_a_cut_session_opens_and_counts_from_what_is_left(
    rig: Rig, tmp_path: Path, reopened: Callable[[], Store]
) -> None:
    rig.give(RUN)
    rig.recorder._sessions.writer.abandon()  # as a pulled plug would
    store = reopened()
    assert only(store).ended_at == ""
    assert store.settle(Clock()()) == [only(store).name]
    session = only(store)
    assert session.end_reason == "interrupted"
    told = summary_of(store, session)
    # At most the last second, and of that the moments before a pose is settled.
    assert told["frames"]["processed"] > 540 - 60 - 18
    assert told["sides"]["right"]["strides"] + told["sides"]["left"]["strides"] == session.strides
    export_folder(store, session, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "session.json").read_text()) == told
    # The next one records.
    after = Rig(tmp_path)
    after.give(RUN)
    after.finish()
    assert len(after.recorder.recorded) == 1


def test_a_summary_from_the_rows_is_that_of_the_live_session(
    rig: Rig, reopened: Callable[[], Store]
) -> None:
    rig.give([*nobody(0.0, 3.0), *at(RUN, 3.0), *nobody(12.0, 15.0)])
    rig.finish()
    store = reopened()
    session = only(store)
    live = summary_of(store, session)
    told = summary_of(store, replace(session, summary=None))
    for both in (live, told):
        del both["latency_ms"]["capture_to_pose"]
    assert told == live
    assert told["activity_s"]["running"] > 8


def test_too_little_room_stops_recording_and_it_goes_on_when_there_is_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    free = [1000e6]
    monkeypatch.setattr("edge.record.disk_space.free_bytes", lambda _folder: free[0])
    rig = Rig(tmp_path, RecordSettings(keep_free_mb=100))
    rig.recorder.begin("r-17")
    rig.give(RUN)
    free[0] = 50e6
    rig.give(at(RUN, 9.0))
    notice = f"recording stopped: cannot record to {tmp_path}: 50 MB are free, 100 MB must stay so"
    assert english_notice(rig.recorder.notice) == notice
    assert (rig.told[-1].recording, english_notice(rig.told[-1].notice)) == (False, notice)
    free[0] = 1000e6
    rig.give(at(RUN, 18.0))
    rig.give(at(RUN, 27.0))
    assert not rig.recorder.notice
    assert rig.told[-1].runner == "r-17"
    rig.finish()
    assert rig.recorder.failures == [notice]
    assert [r.message for r in caplog.records if r.levelno == logging.ERROR] == [notice]
    with Store(tmp_path) as store:
        second, first = store.sessions()
        assert first.end_reason == "interrupted"
        assert first.strides > 15
        assert second.head.runner == "r-17"
        assert second.strides > 10


def test_a_place_that_is_no_folder_is_said_and_the_station_runs(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    rig = Rig(tmp_path / "data")
    assert english_notice(rig.recorder.notice).startswith(
        f"recording stopped: cannot record to {tmp_path}/data: "
    )
    rig.give(RUN)
    with pytest.raises(RecordError):
        rig.recorder.begin("r-17")
    rig.finish()
    assert len(rig.recorder.failures) == 1


def test_a_new_recorder_says_what_runs(tmp_path: Path) -> None:
    recorder = new_recorder(FakeSource(), gait_rooms(), Settings(), version="0.1.0", data=tmp_path)
    recorder.begin("r-1")
    end(recorder)
    with Store(tmp_path) as store:
        head = only(store).head
    assert (head.toeline, head.source, head.model) == ("0.1.0", "fake", "full")
    assert head.nominal_rate_hz == 60.0
    assert len(head.model_sha256) == len(head.config_sha256) == 64
    assert head.config["gait"]["facing"] == "auto"
