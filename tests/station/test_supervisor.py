import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fakes import PATIENCE_S, FakeClock, FakeEstimator, FakeSink, FakeSource, still_frame

from edge.i18n.notices import english_notice
from edge.messages.board import Board
from edge.messages.health import StationState
from edge.messages.notice import Notice
from edge.pipeline import Pipeline
from edge.settings.settings import Settings
from edge.station.loop import Station
from edge.station.service_manager import ServiceManager
from edge.station.supervisor import CameraHangsError, Clocks, Supervisor, clock_changes


class Manager(ServiceManager):
    """Records its notifications."""

    def __init__(self) -> None:
        super().__init__({})
        self.fed = 0
        self.said: list[str] = []

    def alive(self) -> None:
        self.fed += 1

    def status(self, words: str) -> None:
        self.said.append(words)


class Scene:
    """A station with a fake clock, and its supervisor."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.asleep_s = self.set_s = 0.0
        self.board = Board()
        self.source = FakeSource()
        self.estimator = FakeEstimator()
        self.sink = FakeSink()
        self.manager = Manager()
        self.station = Station(
            self.source,
            Pipeline(self.estimator, Settings()),
            [self.sink],
            model="fake",
            lossless=False,
            clock=self.clock,
        )
        self.source.answered_s = self.clock.now_s
        self.supervisor = Supervisor(
            self.station, self.manager, clocks=self.clocks, board=lambda: self.board
        )
        self.given = 0

    def clocks(self) -> Clocks:
        now_s = self.clock.now_s
        boot_s = now_s + self.asleep_s
        return Clocks(monotonic_s=now_s, boot_s=boot_s, wall_s=1.7e9 + boot_s + self.set_s)

    def frame(self, *, worked_on: bool = True) -> None:
        self.source.answered_s = self.clock.now_s
        self.source.give(still_frame(self.given, self.clock.now_s))
        self.given += 1
        if worked_on:
            assert self.sink.came(self.given)
        else:
            assert self.source.asked(self.given + 1)

    def look(self, seconds: float = 0.5, *, frames: bool = True) -> None:
        """Let time pass, in steps of half a second; frames come meanwhile, or do not."""
        for _ in range(round(seconds / 0.5)):
            self.clock.now_s += 0.5
            if frames:
                self.frame()
            self.supervisor.look()


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    made.station.start()
    yield made
    made.estimator.let(1000)
    made.station.stop()
    made.station.join()


def test_the_watchdog_is_put_off_while_frames_are_worked_on(scene: Scene) -> None:
    scene.look(20)
    assert scene.manager.fed == pytest.approx(10, abs=1)
    assert scene.manager.said[-1] == "live: all is well"


def test_the_watchdog_is_put_off_while_a_lost_camera_is_looked_for(scene: Scene) -> None:
    scene.look(2)
    fed = scene.manager.fed
    scene.source.camera_lost = True
    for _ in range(40):
        scene.source.answered_s = scene.clock.now_s + 0.5
        scene.look(frames=False)
    assert scene.manager.fed == pytest.approx(fed + 10, abs=1)
    assert scene.station.failure is None


def test_the_watchdog_is_not_put_off_by_a_worker_that_holds_still() -> None:
    scene = Scene()
    scene.estimator = FakeEstimator(held=True)
    scene.station._pipeline = Pipeline(scene.estimator, Settings())
    scene.station.start()
    scene.frame(worked_on=False)
    assert scene.estimator.looking_at.get(timeout=PATIENCE_S) == 0
    fed = None
    for _ in range(20):
        scene.clock.now_s += 0.5
        scene.frame(worked_on=False)
        scene.supervisor.look()
        fed = scene.manager.fed if fed is None else fed
    assert scene.manager.fed == fed
    scene.estimator.let(1000)
    scene.station.stop()
    scene.station.join()


def test_a_camera_that_hangs_ends_the_station_with_everything_written(scene: Scene) -> None:
    scene.look(2)
    # Its driver does not heed a close, either.
    scene.source.close = lambda: None  # type: ignore[method-assign]
    answered_s = scene.clock.now_s
    while scene.station.failure is None:
        scene.look(frames=False)
        assert scene.clock.now_s - answered_s < 12
    assert isinstance(scene.station.failure, CameraHangsError)
    # Its thread is still in the driver: the end does not wait for it.
    scene.station.join()
    assert scene.sink.calls.count("end") == 1
    assert scene.sink.healths[-1].state is StationState.FAILED
    assert [t for t in threading.enumerate() if t.name == "capture"]
    scene.source.end()


def test_a_program_that_was_held_up_blames_nobody(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.look(2)
    scene.clock.now_s += 60
    scene.look(5, frames=False)
    assert scene.station.failure is None
    assert "the program was held up for 60 s" in caplog.text
    scene.look(2)
    assert scene.station.health().state is StationState.LIVE


def test_a_sleep_and_a_set_clock_are_told_and_change_nothing(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.look(2)
    scene.asleep_s = 3600.0
    scene.look(1)
    scene.set_s = -7200.0
    scene.look(1)
    told = [r.message for r in caplog.records if r.name == "edge.station.supervisor"]
    assert told == ["the machine slept for 3600 s", "the clock was set back by 7200 s"]
    assert scene.station.health().state is StationState.LIVE
    assert scene.sink.frames == list(range(scene.given))


@pytest.mark.parametrize(("jump_s", "told"), [(0.4, 0), (-1.9, 0), (2.5, 1), (-86400.0, 1)])
def test_small_corrections_of_the_clock_are_nobodys_business(jump_s: float, told: int) -> None:
    before = Clocks(monotonic_s=5.0, boot_s=5.0, wall_s=100.0)
    now = Clocks(monotonic_s=5.5, boot_s=5.5, wall_s=100.5 + jump_s)
    assert len(clock_changes(before, now)) == told


def test_a_hot_board_is_spared_told_and_logged(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.board = Board(temperature_c=84.0, conditions=("throttled",))
    scene.look(6)
    health = scene.station.health()
    assert health.state is StationState.DEGRADED
    assert (health.temperature_c, health.board) == (84.0, ("throttled",))
    assert english_notice(health.notice) == "the board is 84 degrees hot: it needs air"
    scene.board = Board(temperature_c=60.0)
    scene.look(6)
    assert scene.station.health().state is StationState.LIVE
    told = [r.message for r in caplog.records if r.name == "edge.station.supervisor"]
    assert told == ["the board: throttled", "the board: well again"]


def test_every_new_state_is_told_at_once_and_logged_once(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    scene.look(1)
    scene.source.trouble = Notice.free("camera 0 gives a black picture")
    scene.source.camera_lost = True
    healths = len(scene.sink.healths)
    assert scene.sink.told(healths + 1)
    assert scene.sink.healths[-1].state is StationState.NO_CAMERA
    scene.source.camera_lost, scene.source.trouble = False, Notice()
    assert scene.sink.told(healths + 2)
    told: list[Any] = [r.message for r in caplog.records if r.message.startswith("the station is")]
    assert told == [
        "the station is live",
        "the station is no_camera: camera 0 gives a black picture",
        "the station is live",
    ]
