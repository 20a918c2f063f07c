"""Laps and durations, with a clock that only tests turn."""

from math import isnan, nan
from threading import Thread

import numpy as np
import pytest
from fakes import FakeClock

from edge.numerics.timing import Durations, StageTimes, Stopwatch


def test_laps_share_out_the_whole_time() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    watch.start()
    for stage, seconds in (("pose", 0.009), ("gait", 0.002), ("pose", 0.001)):
        clock.now_s += seconds
        watch.lap(stage)
    assert watch.laps_ms == pytest.approx({"pose": 10, "gait": 2})


def test_a_part_timed_elsewhere_takes_nothing_from_its_stage() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    watch.start()
    watch.took("landmark_net", 0.004)
    watch.took("landmark_net", 0.003)
    clock.now_s += 0.009
    watch.lap("pose")
    assert watch.laps_ms == pytest.approx({"landmark_net": 7, "pose": 9})


def test_each_frame_begins_anew_and_leaves_the_last_as_it_was() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    watch.start()
    watch.lap("pose")
    before = watch.laps_ms
    watch.start()
    assert watch.laps_ms == {}
    assert before == {"pose": 0}


def test_nothing_is_known_before_the_first() -> None:
    told = Durations().summary("pose")
    assert (told.stage, told.count, told.total_ms) == ("pose", 0, 0)
    assert all(isnan(ms) for ms in (told.p50_ms, told.p95_ms, told.p99_ms))


@pytest.mark.parametrize("count", [1, 2, 5, 100, 599])
def test_quantiles_are_those_of_numpy(count: int) -> None:
    values = np.random.default_rng(count).uniform(1, 50, count)
    durations = Durations()
    for value in values:
        durations.add(float(value))
    told = durations.summary("pose")
    assert [told.p50_ms, told.p95_ms, told.p99_ms] == pytest.approx(
        np.percentile(values, [50, 95, 99])
    )


def test_old_durations_leave_the_quantiles_but_not_the_sum() -> None:
    durations = Durations(kept=10)
    for value in (100.0,) * 50 + (1.0,) * 10:
        durations.add(value)
    told = durations.summary("pose")
    assert (told.p99_ms, told.count, told.total_ms) == (1, 60, 5010)


def test_what_is_no_number_is_left_out() -> None:
    durations = Durations()
    for value in (nan, 2.0, float("inf")):
        durations.add(value)
    assert durations.summary("pose").count == 1


def test_stages_keep_the_order_in_which_they_came() -> None:
    times = StageTimes()
    for stage in ("wait", "pose", "gait", "pose"):
        times.add(stage, 1.0)
    assert [(told.stage, told.count) for told in times.summaries()] == [
        ("wait", 1),
        ("pose", 2),
        ("gait", 1),
    ]


def test_one_may_ask_while_another_adds() -> None:
    times = StageTimes(kept=50)

    def add() -> None:
        for number in range(20_000):
            times.add(f"stage {number % 7}", float(number))

    adding = Thread(target=add)
    adding.start()
    while adding.is_alive():
        for told in times.summaries():
            assert not told.p95_ms < told.p50_ms
    adding.join()
    assert sum(told.count for told in times.summaries()) == 20_000
