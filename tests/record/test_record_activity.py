"""The activity clock gives every second to one activity, and the wait at the start to the gait."""

from collections.abc import Iterable
from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_samples import a_state

from edge.messages.gait import Activity, GaitState
from edge.record.activity_clock import ActivityClock

ABSENT, STANDING, WALKING, RUNNING = Activity

Stretches = list[tuple[Activity, float]]


def states(stretches: Stretches, rate_hz: float = 10.0) -> list[GaitState]:
    """Return one state per frame: each stretch begins where the one before ended."""
    made = []
    time_s = 0.0
    for activity, length_s in stretches:
        frames = round(length_s * rate_hz)
        made += [a_state(time_s + i / rate_hz, activity) for i in range(frames)]
        time_s += frames / rate_hz
    return made


def seconds(messages: Iterable[GaitState]) -> dict[Activity, float]:
    clock = ActivityClock()
    for state in messages:
        clock.update(state)
    return clock.totals_s()


def expected(absent: float, standing: float, walking: float, running: float) -> object:
    values = (absent, standing, walking, running)
    return pytest.approx(dict(zip(Activity, values, strict=True)))


@pytest.mark.parametrize(
    ("stretches", "totals"),
    [
        # The last state begins an interval that nothing ends: 0.1 s less than its stretch.
        ([(RUNNING, 8.1)], (0, 0, 0, 8)),
        ([(STANDING, 1.5), (RUNNING, 6.6)], (0, 0, 0, 8)),
        ([(STANDING, 2.4), (WALKING, 6.1)], (0, 0, 8.4, 0)),
        ([(STANDING, 2.5), (RUNNING, 6.1)], (0, 2.5, 0, 6)),
        ([(ABSENT, 0.8), (STANDING, 1.2), (RUNNING, 6.1)], (0.8, 0, 0, 7.2)),
        ([(RUNNING, 3), (STANDING, 1), (RUNNING, 3.1)], (0, 1, 0, 6)),
        ([(RUNNING, 3), (ABSENT, 1), (STANDING, 1), (WALKING, 3.1)], (1, 0, 4, 3)),
        ([(STANDING, 1), (ABSENT, 1), (RUNNING, 3.1)], (1, 1, 0, 3)),
        ([(STANDING, 1.1)], (0, 1, 0, 0)),
        ([(WALKING, 2), (RUNNING, 3), (STANDING, 5.1)], (0, 5, 2, 3)),
        ([], (0, 0, 0, 0)),
    ],
)
def test_seconds_by_hand(stretches: Stretches, totals: tuple[float, float, float, float]) -> None:
    assert seconds(states(stretches)) == expected(*totals)


def test_a_gap_without_states_is_absence() -> None:
    messages = [a_state(t, RUNNING) for t in (0.0, 1.0, 31.0, 32.0)]
    assert seconds(messages) == expected(30, 0, 0, 2)


def test_after_a_gap_the_wait_for_the_gait_is_settled_again() -> None:
    messages = [a_state(t, RUNNING) for t in (0.0, 1.0)]
    messages += [a_state(31.0, STANDING), a_state(32.0, RUNNING), a_state(33.0, RUNNING)]
    assert seconds(messages) == expected(30, 0, 0, 3)


def test_a_state_without_a_time_is_left_out_and_time_never_runs_back() -> None:
    messages = [a_state(t, RUNNING) for t in (0.0, 1.0, nan, 0.5, 1.5)]
    assert seconds(messages) == expected(0, 0, 0, 1.5)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Activity), st.floats(0, 5)), max_size=12))
def test_the_seconds_add_up_to_the_duration(stretches: Stretches) -> None:
    messages = states(stretches)
    duration_s = messages[-1].time_s - messages[0].time_s if messages else 0.0
    assert sum(seconds(messages).values()) == pytest.approx(duration_s)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(Activity), st.floats(0, 5)), max_size=12),
    st.floats(0, 1000),
)
def test_shifting_time_changes_nothing(stretches: Stretches, shift_s: float) -> None:
    messages = states(stretches)
    shifted = [a_state(state.time_s + shift_s, state.activity) for state in messages]
    before, after = seconds(messages), seconds(shifted)
    # A stretch at the very limit may fall to either side when its time is rounded.
    if not any(np.isclose(length_s, 2.5, atol=0.06) for _, length_s in stretches):
        assert after == pytest.approx(before, abs=1e-6)


def test_the_latest_activity_is_known() -> None:
    clock = ActivityClock()
    assert clock.activity is None
    clock.update(a_state(0.0, WALKING))
    assert clock.activity is WALKING
