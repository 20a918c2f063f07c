"""The cadence to reach, and how long it must be held."""

from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.coaching.cadence_target import CadenceGoal, cadence_target
from edge.settings.coaching_settings import CoachingSettings

SETTINGS = CoachingSettings()
BASE_SPM = 160.0
STEP_S = 0.72


def reached_after_s(*stretches: tuple[float, float]) -> float:
    """Return when the goal was reached by stretches of so many seconds at a cadence; NaN if not."""
    goal, time_s = CadenceGoal(SETTINGS), 0.0
    for seconds, cadence_spm in stretches:
        end_s = time_s + seconds
        while time_s < end_s:
            goal.update(time_s, cadence_spm, BASE_SPM)
            if goal.reached:
                return time_s
            time_s += STEP_S
    return nan


@given(st.floats(120, 220))
def test_the_target_is_within_its_limits_for_any_baseline(baseline_spm: float) -> None:
    target = cadence_target(baseline_spm, SETTINGS)
    assert baseline_spm + 5 <= target.low_spm <= target.high_spm <= baseline_spm + 8
    assert target.low_spm % 1 == target.high_spm % 1 == 0
    assert target.aim_spm == baseline_spm + 6


def test_a_slow_runner_is_asked_for_at_most_a_tenth_more() -> None:
    target = cadence_target(50.0, SETTINGS)
    assert target.high_spm == 55.0
    assert target.aim_spm == pytest.approx(55.0)


def test_no_baseline_has_no_target() -> None:
    assert all(map(isnan, cadence_target(nan, SETTINGS)))


def test_a_mean_of_15_s_inside_the_target_for_30_s_is_success() -> None:
    assert reached_after_s((120, 166.0)) == pytest.approx(45.0, abs=STEP_S)


@pytest.mark.parametrize("cadence_spm", [164.0, 169.0, 160.0, nan])
def test_a_cadence_outside_the_target_never_is(cadence_spm: float) -> None:
    assert isnan(reached_after_s((200, cadence_spm)))


def test_one_excursion_starts_the_30_s_anew() -> None:
    # Ten seconds at 150 bring the mean of 15 s out of the target.
    assert reached_after_s((30, 166.0), (10, 150.0), (60, 166.0)) > 75.0


def test_a_runner_who_stepped_off_has_not_held_it() -> None:
    goal = CadenceGoal(SETTINGS)
    for index in range(25):
        goal.update(index * STEP_S, 166.0, BASE_SPM)
    goal.update(100.0, 166.0, BASE_SPM)
    assert not goal.reached


def test_it_stays_reached_until_the_next_step() -> None:
    goal = CadenceGoal(SETTINGS)
    for index in range(80):
        goal.update(index * STEP_S, 166.0, BASE_SPM)
    goal.update(60.0, 150.0, BASE_SPM)
    assert goal.reached
    goal.reset()
    assert not goal.reached
