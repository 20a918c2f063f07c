"""Whether pictures are kept: by default none; else beside the strides, and given up first."""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import PATIENCE_S, FakeEstimator, FakeSink, end, hand, still_frame
from recordings import EXACT, record
from stored import HEAD, gait_rooms, only
from synthetic import Runner

from edge.i18n.notices import english_notice
from edge.messages.frame import Frame
from edge.messages.pose import Pose
from edge.pipeline import Pipeline
from edge.record.privacy import Privacy
from edge.record.store import Store
from edge.record.video_files import video_files
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.sinks.background import BackgroundSink
from edge.sinks.base import Processed, SinkMessage
from edge.sinks.recorder import Recorder

MARK = b"a picture of the runner"
RUN = record(Runner(), 9.0).poses
VIDEO = RecordSettings(keep_free_mb=0, video=True, video_spare_mb=0)


def filmed(pose: Pose) -> Frame:
    jpeg = b"\xff\xd8" + MARK + str(pose.frame_index).encode() + b"\xff\xd9"
    frame = still_frame(pose.frame_index)
    image = np.frombuffer(MARK * 30, np.uint8)[:675].reshape(15, 15, 3).copy()
    return replace(frame, time_s=pose.time_s, jpeg=jpeg, image=image)


class Rig:
    """A recorder that gets frames with their pictures, as a running station gives them."""

    def __init__(self, data: Path, kept: RecordSettings, privacy: Privacy | None = None) -> None:
        self.rooms = gait_rooms(Settings(gait=EXACT))
        self.recorder = Recorder(data, HEAD, self.rooms, kept, privacy=privacy)
        self.aside = BackgroundSink([self.recorder], pictures=kept.video)

    def give(self, poses: Iterable[Pose], start_s: float = 0.0) -> None:
        first = round(start_s * 60)
        for pose in poses:
            moved = replace(
                pose, time_s=pose.time_s + start_s, frame_index=pose.frame_index + first
            )
            hand(self.aside, filmed(moved), self.rooms.follow(moved), 9.0)

    def finish(self) -> None:
        end(self.aside, self.rooms.finish())


def test_by_default_not_one_picture_reaches_the_disk(tmp_path: Path) -> None:
    assert not Settings().record.video
    rig = Rig(tmp_path, replace(Settings().record, keep_free_mb=0))
    rig.give(RUN)
    assert not rig.aside.records_video
    rig.finish()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"toeline.sqlite3", "000001.poses"}
    for path in files:
        data = path.read_bytes()
        assert MARK not in data, path
        assert b"\xff\xd8\xff" not in data, path
        assert path.suffix not in (".mjpeg", ".jpg", ".mp4"), path


def test_while_skeleton_only_is_on_no_picture_is_recorded(tmp_path: Path) -> None:
    privacy = Privacy(tmp_path)
    rig = Rig(tmp_path, VIDEO, privacy)
    # Without the background thread, so that the switch lies between two frames.
    rig.aside = rig.recorder  # type: ignore[assignment]
    rig.recorder.begin("r-17")
    rig.give(RUN[:60])
    told = [rig.recorder.records_video]
    privacy.switch(on=True)
    rig.give(RUN[60:120])
    told.append(rig.recorder.records_video)
    assert told == [True, False]
    assert not rig.recorder.failures
    privacy.switch(on=False)
    rig.give(RUN[120:180])
    rig.finish()
    with Store(tmp_path, create=False) as store:
        session = only(store)
        assert session.frames == 180
        kept = [place.frame_index for place in store.read(session).video().places()]
    assert kept == [*range(60), *range(120, 180)]


def test_a_picture_taken_while_hidden_is_not_recorded_later(tmp_path: Path) -> None:
    privacy = Privacy(tmp_path)
    rig = Rig(tmp_path, VIDEO, privacy)
    rig.aside = rig.recorder  # type: ignore[assignment]
    rig.recorder.begin("r-17")
    privacy.switch(on=True)
    taken_s = time.monotonic()
    privacy.switch(on=False)
    for pose in RUN[:120]:
        # The first half waited for the disk until after the switch back.
        arrived_s = taken_s if pose.frame_index < 60 else time.monotonic()
        frame = replace(filmed(pose), arrived_s=arrived_s)
        hand(rig.aside, frame, rig.rooms.follow(pose), 9.0)
    rig.finish()
    with Store(tmp_path, create=False) as store:
        kept = [place.frame_index for place in store.read(only(store)).video().places()]
    assert kept == [*range(60, 120)]


def test_with_video_every_frame_of_the_session_has_its_picture(tmp_path: Path) -> None:
    rig = Rig(tmp_path, VIDEO)
    rig.recorder.begin("r-17")
    rig.give(RUN)
    assert not rig.recorder.failures
    rig.finish()
    assert rig.aside.pictures_left_out == 0
    assert not rig.aside.records_video, "no session, no video"
    with Store(tmp_path) as store:
        session = only(store)
        pictures = list(store.read(session).video().pictures())
        assert [place.frame_index for place, _ in pictures] == list(range(session.frames))
        assert all(str(place.frame_index).encode() in jpeg for place, jpeg in pictures)
        assert {place.size_px for place, _ in pictures} == {(15, 15)}


def test_whoever_only_stands_about_is_not_filmed(tmp_path: Path) -> None:
    rig = Rig(tmp_path, VIDEO)
    rig.give(replace(RUN[0], time_s=i / 60, frame_index=i) for i in range(300))
    rig.finish()
    assert rig.recorder.recorded == []
    assert not list(tmp_path.rglob("*.mjpeg"))


def test_a_session_of_its_own_is_filmed_once_somebody_runs(tmp_path: Path) -> None:
    rig = Rig(tmp_path, VIDEO)
    rig.give(RUN)
    rig.finish()
    with Store(tmp_path) as store:
        session = only(store)
        frames = [place.frame_index for place in store.read(session).video().places()]
        assert frames == list(range(frames[0], session.frames))
        # Running is known within the first strides.
        assert 0 < frames[0] < 150


def test_it_is_said_while_pictures_are_kept_and_only_then(tmp_path: Path) -> None:
    rooms = gait_rooms(Settings(gait=EXACT))
    recorder = Recorder(tmp_path, HEAD, rooms, replace(VIDEO, auto=False))
    said = []
    for pose in RUN[:30]:
        hand(recorder, filmed(pose), rooms.follow(pose), 9.0)
        said.append(recorder.records_video)
        if pose.frame_index == 9:
            recorder.begin("r-17")
            assert not recorder.records_video, "its first frame is yet to come"
        if pose.frame_index == 19:
            recorder.end()
    assert said == [False] * 10 + [True] * 10 + [False] * 10
    end(recorder, rooms.finish())
    with Store(tmp_path) as store:
        places = store.read(only(store)).video().places()
        assert [place.frame_index for place in places] == list(range(10, 20))


def test_video_is_given_up_before_strides_and_goes_on_with_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    free = [5000e6]
    monkeypatch.setattr("edge.record.disk_space.free_bytes", lambda _folder: free[0])
    rig = Rig(tmp_path, RecordSettings(video=True))
    recorder = rig.recorder

    def give(start_s: float) -> None:
        for pose in RUN:
            moved = replace(
                pose,
                time_s=pose.time_s + start_s,
                frame_index=pose.frame_index + round(start_s * 60),
            )
            hand(recorder, filmed(moved), rig.rooms.follow(moved), 9.0)

    give(0.0)
    assert recorder.records_video
    free[0] = 900e6
    give(9.0)
    notice = "no video is recorded: 900 MB are free, 1024 MB must stay so"
    assert (english_notice(recorder.notice), recorder.storage_full, recorder.records_video) == (
        notice, False, False
    )  # fmt: skip
    assert recorder.news().recording
    free[0] = 5000e6
    give(18.0)
    give(27.0)
    assert (english_notice(recorder.notice), recorder.records_video) == ("", True)
    end(recorder, rig.rooms.finish())
    assert recorder.failures == []
    assert [r.message for r in caplog.records if r.levelno == logging.ERROR] == [notice]
    with Store(tmp_path) as store:
        session = only(store)
        assert session.frames == 4 * len(RUN)
        assert session.strides > 80
        places = store.read(session).video().places()
        assert 540 + 540 < len(places) < session.frames - 300
        assert len([p for p in video_files(session.folder) if p.suffix == ".mjpeg"]) == 2


def test_a_disk_that_refuses_pictures_still_gets_the_strides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_log: object, _frame: Frame) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("edge.record.video_log.VideoLog.picture", refuse)
    rig = Rig(tmp_path, VIDEO)
    rig.give(RUN)
    rig.finish()
    assert english_notice(rig.recorder.notice) == (
        f"no video is recorded: cannot record to {tmp_path}: No space left on device"
    )
    assert rig.recorder.failures == []
    with Store(tmp_path) as store:
        session = only(store)
        assert (session.frames, session.end_reason) == (540, "the station was stopped")
        assert len(store.read(session).strides()) == session.strides > 15
        assert len(list(store.read(session).poses().settled())) == 540


class SlowSink(FakeSink):
    """Waits at its first frame until it is let, and keeps whose picture was still there."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.let = threading.Event(), threading.Event()
        self.with_picture: list[int] = []

    def write(self, message: SinkMessage) -> None:
        super().write(message)
        if isinstance(message, Processed):
            self.begun.set()
            assert self.let.wait(PATIENCE_S)
            if message.frame.image.size:
                self.with_picture.append(message.frame.index)


@pytest.mark.parametrize("own", [True, False])
def test_while_the_disk_waits_pictures_are_left_out_and_frames_never(own: bool) -> None:
    slow = SlowSink()
    one = still_frame(0)
    each = 1000 if own else one.image.nbytes
    aside = BackgroundSink([slow], pictures=True, max_picture_bytes=10 * each)
    rooms = Pipeline(FakeEstimator(), Settings())
    for index in range(100):
        frame = replace(still_frame(index), jpeg=bytes(1000) if own else None)
        hand(aside, frame, rooms.update(frame), 9.0)
        assert slow.begun.wait(PATIENCE_S)
    slow.let.set()
    end(aside)
    assert slow.frames == list(range(100))
    assert slow.with_picture[-10:] == list(range(90, 100))
    assert aside.pictures_left_out == 90
    # The one that was being written had been handed over before.
    assert len(slow.with_picture) <= 11
