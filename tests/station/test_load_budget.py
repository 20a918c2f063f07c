"""Stages, latencies and late frames of a station whose clock only tests turn."""

from math import isnan

import pytest
from fakes import FakeClock

from edge.messages.health import StageTime
from edge.numerics.timing import Durations, Stopwatch
from edge.station.load.budget import Budget


def through(budget: Budget, watch: Stopwatch, clock: FakeClock, pose_s: float) -> bool:
    """Take one frame through, which arrived 2 ms before it was looked at."""
    arrived_s = clock.now_s - 0.002
    budget.begin(1000 * (clock.now_s - arrived_s))
    clock.now_s += pose_s
    watch.lap("pose")
    late = budget.decided(1000 * (clock.now_s - arrived_s))
    clock.now_s += 0.001
    budget.end()
    return late


def test_every_stage_is_told_after_the_ends() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    sent = Durations()
    sent.add(20.0)
    budget = Budget(100.0, watch, lambda: (sent.summary("capture_to_send"),))
    for _ in range(3):
        through(budget, watch, clock, pose_s=0.009)
    told = {time.stage: time for time in budget.times()}
    assert list(told) == ["capture_to_pose", "capture_to_send", "wait", "pose", "hand_on"]
    expected = {"capture_to_pose": 11, "capture_to_send": 20, "wait": 2, "pose": 9, "hand_on": 1}
    assert {stage: time.p50_ms for stage, time in told.items()} == pytest.approx(expected)
    assert told["pose"].count == 3
    assert budget.capture_to_pose() == told["capture_to_pose"]


def test_late_is_what_is_over_the_budget() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    budget = Budget(100.0, watch)
    late = [through(budget, watch, clock, pose_s) for pose_s in (0.01, 0.097, 0.099, 0.5)]
    assert late == [False, False, True, True]
    assert budget.late == 2


def test_before_the_first_frame_nothing_is_known() -> None:
    budget = Budget(100.0)
    (told,) = budget.times()
    assert isinstance(told, StageTime)
    assert told.count == 0
    assert isnan(told.p95_ms)
    assert budget.late == 0
