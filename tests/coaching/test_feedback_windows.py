"""Windows with feedback are spread evenly over a step, and the tempo rises slowly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.coaching.feedback_windows import ramp_left_s, tempo_spm, window_on

PERIOD_S = 40.0


def share(seconds: int, on_s: float) -> float:
    """Return the share of a step's time in windows, sampled ten times a second."""
    on = [window_on(tenth / 10, PERIOD_S, on_s) for tenth in range(10 * seconds)]
    return sum(on) / len(on)


@pytest.mark.parametrize("pct", [100, 75, 50, 25, 10, 0])
def test_a_step_of_two_minutes_has_its_share_of_feedback(pct: float) -> None:
    assert share(120, PERIOD_S * pct / 100) == pytest.approx(pct / 100)


@given(st.floats(0, 100), st.floats(0, 3600))
def test_the_share_so_far_is_never_wrong_by_more_than_a_window(pct: float, until_s: float) -> None:
    on_s = PERIOD_S * pct / 100
    whole, rest_s = divmod(until_s, PERIOD_S)
    given_s = whole * on_s + min(rest_s, on_s)
    assert abs(given_s - until_s * pct / 100) <= min(on_s, PERIOD_S - on_s) + 1e-6


def test_feedback_is_on_at_the_beginning_and_off_before_it() -> None:
    assert window_on(0.0, PERIOD_S, 4.0)
    assert not window_on(-0.1, PERIOD_S, PERIOD_S)


@pytest.mark.parametrize(
    ("elapsed_s", "tempo"), [(-5, 160), (0, 160), (30, 162), (60, 164), (90, 166), (600, 166)]
)
def test_the_tempo_rises_by_two_steps_in_half_a_minute(elapsed_s: float, tempo: float) -> None:
    assert tempo_spm(elapsed_s, 160, 166, 2) == tempo
    assert ramp_left_s(tempo, 166, 2) == (166 - tempo) * 15
