import logging
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import isnan
from typing import Any

import pytest
from fakes import PATIENCE_S, FakeClock, FakeEstimator, FakeSink, FakeSource, still_frame

from edge.i18n.notices import english_notice
from edge.messages.health import StationState
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.pipeline import Pipeline
from edge.settings.load_settings import LoadSettings
from edge.settings.settings import Settings
from edge.station.load.budget import Budget
from edge.station.load.guard import Levers, LoadGuard
from edge.station.loop import Station

Start = Callable[..., Station]


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@pytest.fixture
def start() -> Iterator[Start]:
    """Return what makes and starts a station; at the end all of them must have ended or be told."""
    stations: list[Station] = []

    def start(
        source: FakeSource,
        estimator: FakeEstimator | None = None,
        *sinks: FakeSink,
        lossless: bool = False,
        pipeline: Pipeline | None = None,
        **more: Any,
    ) -> Station:
        made = Station(
            source,
            pipeline or Pipeline(estimator or FakeEstimator(), Settings()),
            list(sinks),
            model="fake",
            lossless=lossless,
            **more,
        )
        made.start()
        stations.append(made)
        return made

    yield start
    for station in stations:
        station.stop()
        join(station)


def join(station: Station) -> None:
    """Wait for a station to end, with a timeout."""
    waiting = threading.Thread(target=station.join, daemon=True)
    waiting.start()
    waiting.join(PATIENCE_S)
    assert not waiting.is_alive(), "the station does not end"


def frames(first: int, count: int) -> list[Any]:
    return [still_frame(index) for index in range(first, first + count)]


def hold_first(source: FakeSource, estimator: FakeEstimator) -> None:
    """Give frame 0 and wait until the worker is busy with it."""
    source.give(still_frame(0))
    assert estimator.looking_at.get(timeout=PATIENCE_S) == 0


def ended(sink: FakeSink) -> tuple[int, int]:
    """Return how many frames were captured and dropped, as the sink was told at its end."""
    assert sink.calls[-2:] == ["end", "close"]
    return sink.healths[-1].captured, sink.healths[-1].dropped


def capture_ended() -> None:
    """Wait until the capture thread is over."""
    for thread in threading.enumerate():
        if thread.name == "capture":
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def test_the_newest_frame_wins_and_the_lost_ones_are_counted(start: Start) -> None:
    source, estimator, sink = FakeSource(), FakeEstimator(held=True), FakeSink()
    station = start(source, estimator, sink)
    hold_first(source, estimator)
    source.give(*frames(1, 5))
    assert source.asked(7)
    assert station.health().dropped == 4
    estimator.let(2)
    assert estimator.looking_at.get(timeout=PATIENCE_S) == 5
    assert sink.came(2)
    source.end()
    join(station)
    assert sink.frames == [0, 5]
    assert ended(sink) == (6, 4)
    health = sink.healths[-1]
    assert (health.captured, health.processed, health.dropped) == (6, 2, 4)


def test_a_recording_loses_no_frame_however_slow_the_worker_is(start: Start) -> None:
    source, estimator, sink = FakeSource(live=False), FakeEstimator(held=True), FakeSink()
    station = start(source, estimator, sink, lossless=True)
    source.give(*frames(0, 20))
    source.end()
    for index in range(20):
        assert estimator.looking_at.get(timeout=PATIENCE_S) == index
        # One is looked at, one lies between, one waits with the source.
        assert station.health().captured <= index + 3
        estimator.let()
    join(station)
    assert sink.frames == list(range(20))
    assert ended(sink) == (20, 0)
    assert station.failure is None


def test_latency_is_from_the_frames_arrival_to_its_pose(start: Start) -> None:
    clock, estimator, sink = FakeClock(), FakeEstimator(), FakeSink()
    estimator.meanwhile = lambda: clock.sleep(0.020)
    source = FakeSource()
    station = start(source, estimator, sink, clock=clock)
    for index in range(5):
        source.give(still_frame(index, arrived_s=clock.now_s - 0.005 * index))
        assert sink.came(index + 1)
    source.end()
    join(station)
    assert sink.latencies_ms == pytest.approx([20, 25, 30, 35, 40])
    health = sink.healths[-1]
    assert health.capture_to_pose_p50_ms == pytest.approx(30)
    assert health.capture_to_pose_p95_ms == pytest.approx(39)
    assert health.frame_rate_hz == pytest.approx(60, rel=1e-4)


def test_the_frame_rate_is_not_taken_across_a_break(start: Start) -> None:
    source, sink = FakeSource(live=False), FakeSink()
    source.give(*frames(0, 3), still_frame(600, breaks=True), *frames(601, 3))
    source.end()
    join(start(source, None, sink, lossless=True))
    assert sink.healths[-1].frame_rate_hz == pytest.approx(60, rel=1e-4)


@pytest.mark.parametrize("lossless", [False, True])
def test_a_failing_worker_ends_everything(
    start: Start, lossless: bool, caplog: pytest.LogCaptureFixture
) -> None:
    source, estimator, sink = FakeSource(), FakeEstimator(held=True, fails_at=1), FakeSink()
    ends: list[threading.Thread] = []
    station = start(
        source,
        estimator,
        sink,
        lossless=lossless,
        on_end=lambda: ends.append(threading.current_thread()),
    )
    hold_first(source, estimator)
    source.give(still_frame(1))
    assert source.asked(3)
    estimator.let()
    assert estimator.looking_at.get(timeout=PATIENCE_S) == 1
    # More than any hand-over holds: the source waits for room, or the camera goes on.
    source.give(*frames(2, 20))
    assert source.asked(4)
    estimator.let()
    join(station)
    assert isinstance(station.failure, ZeroDivisionError)
    assert sink.frames == [0]
    assert sink.calls == ["open", "end", "close"]
    assert sink.healths[-1].state is station.health().state is StationState.FAILED
    assert source.closings > 0
    assert [thread.name for thread in ends] == ["worker"]
    (record,) = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert record.message == "the worker thread failed"
    assert record.exc_info is not None
    assert record.exc_info[1] is station.failure


@pytest.mark.parametrize("lossless", [False, True])
def test_a_failing_source_ends_everything_after_what_it_gave(start: Start, lossless: bool) -> None:
    source, estimator, sink = FakeSource(), FakeEstimator(held=True), FakeSink()
    ends: list[str] = []
    station = start(source, estimator, sink, lossless=lossless, on_end=lambda: ends.append("end"))
    hold_first(source, estimator)
    source.give(still_frame(1), OSError("the cable is out"))
    # Held until the source has failed, so that the last frame comes after the failure.
    capture_ended()
    estimator.let(2)
    join(station)
    assert str(station.failure) == "the cable is out"
    assert sink.frames == [0, 1]
    assert ended(sink) == (2, 0)
    assert station.health().state is StationState.FAILED
    assert sink.healths[-1].state is StationState.FAILED
    assert ends == ["end"]


@pytest.mark.parametrize("lossless", [False, True])
def test_stopping_loses_nothing_that_was_captured(start: Start, lossless: bool) -> None:
    source, estimator, sink = FakeSource(), FakeEstimator(held=True), FakeSink()
    station = start(source, estimator, sink, lossless=lossless)
    hold_first(source, estimator)
    source.give(still_frame(1))
    assert source.asked(3)
    station.stop()
    estimator.let(2)
    join(station)
    assert station.failure is None
    assert sink.frames == [0, 1]
    assert ended(sink) == (2, 0)
    assert sink.healths[-1].state is StationState.ENDED
    # The poses of the last moment, still open then, are there too.
    poses = [m.frame_index for m in sink.messages if isinstance(m, Pose)]
    assert poses == [0, 1]


def test_a_stop_with_a_full_hand_over_lets_the_waiting_source_go(start: Start) -> None:
    source, estimator, sink = FakeSource(live=False), FakeEstimator(held=True), FakeSink()
    station = start(source, estimator, sink, lossless=True)
    source.give(*frames(0, 10))
    assert source.asked(3)
    # Frame 0 is looked at, frame 1 lies between, and the source waits to hand over frame 2.
    station.stop()
    estimator.let(10)
    join(station)
    assert sink.frames == [0, 1, 2]
    assert ended(sink) == (3, 0)


def test_a_source_that_never_yields_can_be_stopped(start: Start) -> None:
    clock, source, sink = FakeClock(), FakeSource(), FakeSink()
    station = start(source, None, sink, clock=clock)
    assert source.asked(1)
    assert sink.told(1)
    assert sink.healths[0].state is StationState.STARTING
    assert isnan(sink.healths[0].capture_to_pose_p95_ms)
    assert isnan(sink.healths[0].frame_rate_hz)
    clock.now_s += 5.1
    assert sink.told(2)
    assert sink.healths[1].state is StationState.NO_CAMERA
    station.stop()
    join(station)
    assert ended(sink) == (0, 0)
    assert sink.healths[-1].state is StationState.ENDED


def test_the_state_follows_the_camera(start: Start) -> None:
    clock, source, sink = FakeClock(), FakeSource(), FakeSink()
    station = start(source, None, sink, clock=clock)

    def give(index: int) -> StationState:
        source.give(still_frame(index, clock.now_s))
        assert sink.came(index + 1)
        return station.health().state

    assert station.health().state is StationState.STARTING
    source.camera_lost = True
    assert station.health().state is StationState.NO_CAMERA
    source.camera_lost = False
    assert give(0) is StationState.LIVE
    clock.now_s += 0.6
    assert station.health().state is StationState.LIVE
    assert station.health().frame_age_s == pytest.approx(0.6)
    clock.now_s += 0.2
    assert station.health().state is StationState.NO_CAMERA
    assert give(1) is StationState.LIVE
    source.camera_lost = True
    assert station.health().state is StationState.NO_CAMERA
    source.camera_lost = False
    source.end()
    join(station)
    clock.now_s += 100
    assert station.health().state is StationState.ENDED


def test_health_is_told_each_second_and_logged_each_ten(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock, source, sink = FakeClock(), FakeSource(live=False), FakeSink()
    estimator = FakeEstimator()
    estimator.meanwhile = lambda: clock.sleep(0.25)
    # On the first clock's time, which a worker of a quarter of a second a frame leaves behind.
    source.give(*(still_frame(index, clock.now_s + index / 4) for index in range(100)))
    source.end()
    join(start(source, estimator, sink, lossless=True, clock=clock, provider="cpu"))
    # 25 seconds, and the end.
    assert 25 <= len(sink.healths) <= 27
    lines = [r.message for r in caplog.records if "frames/s" in r.message]
    assert [line.partition(":")[0] for line in lines] == ["live", "live", "ended"]
    assert lines[0].startswith("live: 60.0 frames/s; ms from capture (p50/p95/p99) to pose 250/")
    assert lines[2].endswith(" 100 captured, 0 dropped, 100 late; fake on cpu")


def test_health_says_when_a_sink_keeps_pictures(start: Start) -> None:
    sink = FakeSink()
    station = start(FakeSource(), None, FakeSink(), sink)
    assert not station.health().video
    sink.records_video = True
    assert station.health().video


def test_a_sinks_notice_goes_before_the_sources(start: Start) -> None:
    sink = FakeSink()
    few = Notice("frame_rate_low", rate_hz=25.0)
    station = start(FakeSource(notices=(few,)), None, FakeSink(), sink)
    assert station.health().notice == few
    sink.notice = Notice.free("recording stopped")
    assert english_notice(station.health().notice) == "recording stopped"


def test_a_sensor_in_trouble_is_told(start: Start) -> None:
    trouble = Notice.free("the treadmill was unplugged")
    station = start(FakeSource(), None, FakeSink(), sensor_trouble=lambda: trouble)
    assert station.health().notice == trouble


@pytest.mark.parametrize("where", ["Processed", "Health", "Ended", "close"])
def test_a_failing_sink_ends_the_station_but_not_the_other_sinks(start: Start, where: str) -> None:
    source = FakeSource(live=False)
    before, bad, after = FakeSink(), FakeSink(fails_in=where), FakeSink()
    ends: list[str] = []
    source.give(*frames(0, 3))
    source.end()
    station = start(
        source, None, before, bad, after, lossless=True, on_end=lambda: ends.append("end")
    )
    join(station)
    assert str(station.failure) == f"no {where}"
    for sink in (before, bad, after):
        assert sink.calls == ["open", "end", "close"]
    assert station.health().state is StationState.FAILED
    assert ends == ["end"]


def test_a_pipeline_that_cannot_finish_does_not_keep_the_sinks_from_it(start: Start) -> None:
    class Unfinishing(Pipeline):
        def finish(self) -> list[Message]:
            raise ZeroDivisionError("finish")

    source, sink = FakeSource(live=False), FakeSink()
    source.give(*frames(0, 3))
    source.end()
    pipeline = Unfinishing(FakeEstimator(), Settings())
    station = start(source, None, sink, lossless=True, pipeline=pipeline)
    join(station)
    assert isinstance(station.failure, ZeroDivisionError)
    assert ended(sink) == (3, 0)


def test_the_first_failure_is_the_one_that_is_told(start: Start) -> None:
    source, sink = FakeSource(live=False), FakeSink(fails_in="Ended")
    source.give(*frames(0, 2))
    station = start(source, FakeEstimator(fails_at=1), sink, lossless=True)
    join(station)
    assert isinstance(station.failure, ZeroDivisionError)


# How long it takes, and what is given up when it takes too long.


def slow_station(start: Start, frames: int, levers: Levers, **settings: Any) -> Any:
    """Run a station on a machine that needs 30 ms for a frame of a camera of 60 a second."""
    clock, sink, source = FakeClock(), FakeSink(), FakeSource()
    estimator = FakeEstimator()
    estimator.meanwhile = lambda: clock.sleep(0.030)
    load = LoadSettings(**settings)
    source.give(*(still_frame(index, clock.now_s + 0.03 * index) for index in range(frames)))
    source.end()
    station = start(
        source,
        estimator,
        sink,
        clock=clock,
        lossless=True,
        budget=Budget(load.late_ms),
        guard=LoadGuard(load, levers, 60.0),
    )
    join(station)
    return station.health(), sink


def test_late_frames_are_counted_and_stages_told(start: Start) -> None:
    health, _ = slow_station(start, 10, Levers(), late_ms=20.0)
    assert (health.processed, health.late) == (10, 10)
    told = {time.stage: time.count for time in health.times}
    assert told == {"capture_to_pose": 10, "wait": 10, "hand_on": 10}
    assert health.shed == ""


def test_a_station_that_is_too_slow_gives_things_up_and_says_so(start: Start) -> None:
    pulled: list[tuple[float, float]] = []
    models: list[str] = []

    def take_model(smaller: bool) -> str:
        models.append("lite" if smaller else "full")
        return models[-1]

    levers = Levers(
        preview=lambda hz, rows: pulled.append((hz, rows)),
        smaller_model=take_model,
        pose_rate=True,
    )
    health, sink = slow_station(start, 800, levers)
    assert health.shed == "pose_rate"
    assert english_notice(health.notice).startswith("machine too slow: half the frames; model lite")
    assert health.model == "lite"
    assert models[-1] == "lite"
    assert [rate for rate, _ in pulled] == [15.0] * 4
    # What was left out is not processed, and not hidden either.
    assert health.dropped > 100
    assert health.captured == health.processed + health.dropped == 800
    assert ended(sink) == (800, health.dropped)
    assert {b - a for a, b in pairwise(sink.frames[-20:])} == {2}


def test_without_leave_to_shed_a_slow_station_is_only_slow(start: Start) -> None:
    health, sink = slow_station(start, 300, Levers(pose_rate=True), shed=False)
    assert health.shed == ""
    assert sink.frames == list(range(300))


@pytest.mark.parametrize("refused", ["worker", "capture"])
def test_without_a_thread_everything_is_ended_before_it_is_told(
    monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    begin = threading.Thread.start

    def start_unless_refused(thread: threading.Thread) -> None:
        if thread.name == refused:
            raise RuntimeError("can't start new thread")
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start_unless_refused)
    source, sink, ends = FakeSource(), FakeSink(), []
    station = Station(
        source,
        Pipeline(FakeEstimator(), Settings()),
        [sink],
        model="fake",
        lossless=False,
        on_end=lambda: ends.append(sink.calls.count("end")),
    )
    with pytest.raises(RuntimeError, match="can't start new thread"):
        station.start()
    assert ended(sink) == (0, 0)
    assert ends == [1]
    assert source.closings
