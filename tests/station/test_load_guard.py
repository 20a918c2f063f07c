"""What a station gives up, second by second, seen from the levers that are pulled."""

import logging
from math import inf, nan

import numpy as np
import pytest

from edge.i18n.notices import english_notice
from edge.settings.load_settings import LoadSettings
from edge.station.load.guard import Levers, LoadGuard
from edge.station.load.shedding import CALM_FOR_S, OVERLOADED_FOR_S, Step

SLOW = "machine too slow: "


class Machine:
    """A camera of 60 frames a second in front of a worker of some speed."""

    def __init__(
        self,
        *,
        shown: bool = True,
        models: bool = True,
        pose_rate: bool = True,
        rate_hz: float = 60.0,
        **settings: object,
    ) -> None:
        self.preview: list[tuple[float, float]] = []
        self.models: list[str] = []
        levers = Levers(
            preview=(lambda hz, rows: self.preview.append((hz, rows))) if shown else None,
            smaller_model=self._take_model if models else None,
            pose_rate=pose_rate,
        )
        self.guard = LoadGuard(LoadSettings(**settings), levers, rate_hz)  # type: ignore[arg-type]
        self.second = 0
        self.captured = 0
        self.lost = 0
        self.guard.look(0.0, 0, 0)

    def _take_model(self, smaller: bool) -> str:
        self.models.append("lite" if smaller else "full")
        return self.models[-1]

    def run(self, seconds: int, work_ms: float, lost: int = 0, late: int = 0) -> list[Step]:
        """Return what is given up after each second with work of so long a frame."""
        steps = []
        for _ in range(seconds):
            self.second += 1
            self.captured += 60
            self.lost += lost
            for number in range(60 - lost):
                self.guard.worked(work_ms, late=number < late)
            self.guard.look(float(self.second), self.captured, self.lost)
            steps.append(self.guard.step)
        return steps


def test_a_machine_that_is_fast_enough_is_left_alone() -> None:
    machine = Machine()
    assert set(machine.run(300, work_ms=12)) == {Step.NOTHING}
    assert machine.preview == []
    assert machine.models == []
    assert machine.guard.shed == english_notice(machine.guard.notice) == ""


@pytest.mark.parametrize(
    "trouble", [{"work_ms": 25}, {"work_ms": 12, "lost": 9}, {"work_ms": 12, "late": 9}]
)
def test_each_kind_of_trouble_is_noticed(trouble: dict[str, int]) -> None:
    steps = Machine().run(60, **trouble)
    assert steps[-1] is Step.POSE_RATE
    assert steps.index(Step.PREVIEW_RATE) == OVERLOADED_FOR_S


def test_the_levers_are_pulled_in_the_stated_order_and_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = Machine(preview_hz=12.0, preview_rows=300)
    said: list[str] = []
    for _ in range(40):
        machine.run(1, work_ms=12, lost=9)
        if not said or english_notice(machine.guard.notice) != said[-1]:
            said.append(english_notice(machine.guard.notice))
    assert said == [
        "",
        SLOW + "fewer pictures",
        SLOW + "few small pictures",
        SLOW + "model lite, no verdicts; few small pictures",
        SLOW + "half the frames; model lite, no verdicts; few small pictures",
    ]
    assert machine.preview == [(12.0, inf), (12.0, 300), (12.0, 300), (12.0, 300)]
    assert machine.models == ["full", "full", "lite", "lite"]
    assert machine.guard.shed == "pose_rate"
    assert machine.guard.model == "lite"
    assert [r.message for r in caplog.records if r.levelno == logging.WARNING] == said[1:]


def test_everything_comes_back_when_the_machine_is_fast_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = Machine()
    machine.run(40, work_ms=12, lost=9)
    steps = machine.run(200, work_ms=4)
    assert steps[-1] is Step.NOTHING
    assert machine.preview[-1] == (inf, inf)
    assert machine.models[-1] == machine.guard.model == "full"
    assert not machine.guard.notice
    assert caplog.records[-1].message == "this machine is fast enough again"
    assert steps.index(Step.MODEL_SIZE) >= CALM_FOR_S - 1


def test_what_there_is_not_cannot_be_given_up_nor_said() -> None:
    headless = Machine(shown=False, models=False)
    assert headless.run(60, work_ms=30)[-1] is Step.POSE_RATE
    assert english_notice(headless.guard.notice) == SLOW + "half the frames"
    recording = Machine(models=False, pose_rate=False)
    assert recording.run(60, work_ms=30)[-1] is Step.PREVIEW_SIZE
    assert english_notice(recording.guard.notice) == SLOW + "few small pictures"


def test_nothing_is_given_up_where_that_is_switched_off() -> None:
    assert set(Machine(shed=False).run(60, work_ms=30)) == {Step.NOTHING}


def test_a_source_that_waits_for_the_worker_does_not_hide_that_it_is_slow() -> None:
    """At 30 frames a second in place of 60, the work just fits: the source's own rate counts."""
    machine = Machine(models=False, pose_rate=False)
    for second in range(1, 30):
        for _ in range(30):
            machine.guard.worked(33.0, late=False)
        machine.guard.look(float(second), 30 * second, 0)
    assert machine.guard.step is Step.PREVIEW_SIZE


def test_a_second_without_frames_decides_nothing() -> None:
    machine = Machine()
    machine.run(2, work_ms=30)
    for second in range(3, 200):
        machine.guard.look(float(second), 120, 0)
    assert machine.guard.step is Step.NOTHING


def test_it_looks_once_a_second_however_often_it_is_asked() -> None:
    machine = Machine()
    for number in range(1, 6 * 60):
        machine.guard.worked(30.0, late=False)
        machine.guard.look(number / 60, number, 0)
    assert machine.guard.step is Step.PREVIEW_RATE


def kept(machine: Machine, times_s: list[float]) -> list[float]:
    return [time_s for time_s in times_s if not machine.guard.leaves_out(time_s)]


def test_every_other_frame_is_left_out_evenly() -> None:
    machine = Machine()
    times_s = [number / 60 for number in range(60)]
    assert kept(machine, times_s) == times_s
    machine.run(40, work_ms=12, lost=9)
    assert machine.guard.step is Step.POSE_RATE
    assert kept(machine, times_s) == times_s[::2]
    # The camera's clock trembles, and now and then a frame is lost before it gets here.
    shaky_s = [100 + (number + 0.2 * (-1) ** number) / 60 for number in range(60) if number % 7]
    gaps = np.diff(kept(machine, shaky_s)) * 60
    assert all(1.5 <= gap <= 3.5 for gap in gaps)


def test_a_time_that_goes_back_is_kept() -> None:
    machine = Machine()
    machine.run(40, work_ms=12, lost=9)
    assert kept(machine, [50.0, 0.0]) == [50.0, 0.0]


def test_an_unknown_rate_is_measured() -> None:
    machine = Machine(rate_hz=nan)
    assert machine.run(60, work_ms=25)[-1] is Step.POSE_RATE
