"""What is given up and taken back, second by second."""

from collections.abc import Iterable
from itertools import pairwise
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.station.load.shedding import (
    CALM_FOR_S,
    LONGEST_CALM_S,
    OVERLOADED_FOR_S,
    REGRETTED_WITHIN_S,
    Load,
    Shedding,
    Step,
    next_shedding,
)

EASY = (0.2, 0.0)
MIDDLING = (0.9, 0.0)
LOSING = (0.9, 0.2)
TOO_SLOW = (1.3, 0.0)
SILENT = (nan, 0.0)


def play(
    seconds: Iterable[tuple[float, float]],
    now: Shedding | None = None,
    allowed: Iterable[Step] = tuple(Step),
    start_s: float = 1000.0,
) -> list[Shedding]:
    """Return what is given up after each second."""
    now = now or Shedding()
    course = []
    for number, (busy, missed) in enumerate(seconds):
        load = Load(time_s=start_s + number, busy=busy, missed=missed)
        now = next_shedding(now, load, frozenset(allowed))
        course.append(now)
    return course


def steps(course: list[Shedding]) -> list[Step]:
    """Return the steps in the order in which they were taken."""
    taken = [course[0].step]
    taken += [after.step for before, after in pairwise(course) if after.step is not before.step]
    return taken


@pytest.mark.parametrize("overload", [LOSING, TOO_SLOW])
def test_what_people_see_goes_before_what_is_measured(overload: tuple[float, float]) -> None:
    assert steps(play([overload] * 60)) == list(Step)


def test_a_hiccup_changes_nothing() -> None:
    hiccups = ([LOSING] * int(OVERLOADED_FOR_S) + [MIDDLING]) * 20
    assert steps(play(hiccups)) == [Step.NOTHING]


def test_each_step_gets_its_time_to_help() -> None:
    course = play([LOSING] * 60)
    changes = [i for i, (a, b) in enumerate(pairwise(course)) if a.step is not b.step]
    assert all(b - a > OVERLOADED_FOR_S for a, b in pairwise(changes))


def test_what_the_station_cannot_do_is_passed_over() -> None:
    allowed = {Step.NOTHING, Step.PREVIEW_RATE, Step.POSE_RATE}
    down = play([LOSING] * 40, allowed=allowed)
    assert steps(down) == [Step.NOTHING, Step.PREVIEW_RATE, Step.POSE_RATE]
    up = play([EASY] * 80, now=down[-1], allowed=allowed)
    assert steps(up) == [Step.POSE_RATE, Step.PREVIEW_RATE, Step.NOTHING]


def test_a_station_that_may_give_up_nothing_gives_up_nothing() -> None:
    assert steps(play([LOSING] * 60, allowed={Step.NOTHING})) == [Step.NOTHING]


def test_everything_is_taken_back_in_the_reverse_order_after_a_long_calm() -> None:
    course = play([EASY] * 200, now=Shedding(step=Step.POSE_RATE))
    assert steps(course) == list(reversed(Step))
    first = next(i for i, now in enumerate(course) if now.step is not Step.POSE_RATE)
    assert first == CALM_FOR_S


@pytest.mark.parametrize("step", list(Step))
def test_between_overload_and_calm_nothing_changes(step: Step) -> None:
    assert steps(play([MIDDLING] * 500, now=Shedding(step=step))) == [step]


@pytest.mark.parametrize(("busy", "back"), [(0.35, True), (0.45, False)])
def test_a_larger_model_comes_back_only_where_there_is_room_for_it(busy: float, back: bool) -> None:
    course = play([(busy, 0.0)] * 30, now=Shedding(step=Step.MODEL_SIZE))
    assert (course[-1].step is Step.PREVIEW_SIZE) == back


def test_a_step_regretted_is_taken_back_later_the_next_time() -> None:
    """A load that the previous step cannot sustain: the station must not oscillate forever."""
    now, times = Shedding(), []
    for second in range(20_000):
        load = EASY if now.step >= Step.PREVIEW_SIZE else LOSING
        (after,) = play([load], now=now, start_s=float(second))
        if after.step < now.step:
            times.append(second)
        now = after
    gaps = [b - a for a, b in pairwise(times)]
    assert gaps == sorted(gaps)
    assert gaps[-1] >= LONGEST_CALM_S
    # In 20,000 s: an hour of calm per swing in the end, not one swing after the other.
    assert len(times) < 40


def test_an_overload_long_after_is_no_regret() -> None:
    back = Shedding(step=Step.PREVIEW_RATE, back_at_s=0.0)
    later = play([LOSING] * 5, now=back, start_s=REGRETTED_WITHIN_S + 1)
    assert later[-1].patience_s == CALM_FOR_S
    soon = play([LOSING] * 5, now=back, start_s=REGRETTED_WITHIN_S - 10)
    assert soon[-1].patience_s == 2 * CALM_FOR_S


def test_a_long_calm_forgives() -> None:
    course = play([EASY] * 200, now=Shedding(patience_s=160.0))
    assert course[-1].patience_s == CALM_FOR_S


def test_without_a_camera_nothing_is_decided() -> None:
    half = [LOSING] * 2
    assert steps(play([*half, SILENT, *half, SILENT] * 20)) == [Step.NOTHING]
    assert steps(play([SILENT] * 500, now=Shedding(step=Step.MODEL_SIZE))) == [Step.MODEL_SIZE]


@given(
    st.lists(
        st.tuples(st.one_of(st.floats(0, 5), st.just(nan)), st.floats(0, 1)),
        min_size=1,
        max_size=300,
    ),
    st.sets(st.sampled_from(Step)),
)
def test_one_step_at_a_time_and_never_one_that_is_not_allowed(
    seconds: list[tuple[float, float]], allowed: set[Step]
) -> None:
    allowed |= {Step.NOTHING}
    order = sorted(allowed)
    for before, after in pairwise([Shedding(), *play(seconds, allowed=allowed)]):
        assert after.step in allowed
        assert abs(order.index(after.step) - order.index(before.step)) <= 1
        assert CALM_FOR_S <= after.patience_s <= LONGEST_CALM_S


def test_a_hot_board_gives_up_pictures_and_nothing_that_is_measured() -> None:
    now = Shedding()
    for second in range(60):
        now = next_shedding(now, Load(time_s=1000.0 + second, busy=0.2, missed=0.0, hot=True))
    assert now.step is Step.PREVIEW_SIZE
    for second in range(60, 110):
        now = next_shedding(now, Load(time_s=1000.0 + second, busy=0.2, missed=0.0))
    assert now.step is Step.NOTHING


def test_a_hot_board_that_is_too_slow_gives_up_all_the_rest() -> None:
    now = Shedding()
    for second in range(60):
        now = next_shedding(now, Load(time_s=1000.0 + second, busy=1.3, missed=0.0, hot=True))
    assert now.step is Step.POSE_RATE


def test_heat_costs_nothing_where_nothing_is_shown() -> None:
    now = Shedding()
    for second in range(60):
        load = Load(time_s=1000.0 + second, busy=0.2, missed=0.0, hot=True)
        now = next_shedding(now, load, {Step.NOTHING, Step.MODEL_SIZE, Step.POSE_RATE})
    assert now.step is Step.NOTHING
