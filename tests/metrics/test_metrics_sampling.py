import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.messages.arrays import Floats
from edge.metrics.planted_foot import planted
from edge.metrics.sampling import at_time, within
from edge.metrics.speed import estimated_speed_mps

TIMES = np.array([0.0, 0.02, 0.04, 0.1, 0.3])
VALUES = np.array([[0.0, 10.0], [2.0, 8.0], [4.0, 6.0], [10.0, 0.0], [30.0, -20.0]])


@pytest.mark.parametrize(
    ("time_s", "value"),
    [
        (0.0, [0.0, 10.0]),
        (0.01, [1.0, 9.0]),
        (0.02, [2.0, 8.0]),
        (0.07, [7.0, 3.0]),
        (0.3, [30.0, -20.0]),
        (0.2, [np.nan, np.nan]),
        (-0.001, [np.nan, np.nan]),
        (0.301, [np.nan, np.nan]),
        (np.nan, [np.nan, np.nan]),
    ],
)
def test_values_are_read_between_frames_but_not_in_holes(time_s: float, value: list[float]) -> None:
    np.testing.assert_allclose(at_time(TIMES, VALUES, time_s), value, atol=1e-12)


def test_a_frame_at_the_very_instant_is_read_beside_a_hole() -> None:
    np.testing.assert_array_equal(at_time(TIMES, VALUES, 0.1), [10.0, 0.0])


def test_an_absent_neighbour_leaves_the_value_absent() -> None:
    values = VALUES.copy()
    values[1, 0] = np.nan
    np.testing.assert_array_equal(at_time(TIMES, values, 0.03), [np.nan, 7.0])
    np.testing.assert_array_equal(at_time(TIMES, values, 0.04), [4.0, 6.0])


@pytest.mark.parametrize("time_s", [0.0, 0.02, 0.03])
def test_what_is_read_is_a_copy(time_s: float) -> None:
    values = VALUES.copy()
    at_time(TIMES, values, time_s)[:] = -1.0
    np.testing.assert_array_equal(values, VALUES)


def test_no_frames_say_nothing() -> None:
    read = at_time(np.zeros(0), np.zeros((0, 5, 2)), 0.1)
    assert read.shape == (5, 2)
    assert np.isnan(read).all()


@given(time_s=st.floats(0.0, 1.0), a=st.floats(-100, 100), b=st.floats(-100, 100))
def test_straight_lines_are_read_exactly(time_s: float, a: float, b: float) -> None:
    times = np.arange(61) / 60
    assert at_time(times, a + b * times, time_s) == pytest.approx(a + b * time_s, abs=1e-9)


@pytest.mark.parametrize(
    ("start_s", "end_s", "count"),
    [(0.0, 0.3, 5), (0.02, 0.1, 3), (0.021, 0.039, 0), (0.2, 0.1, 0), (np.nan, 1.0, 0)],
)
def test_within_takes_both_ends(start_s: float, end_s: float, count: int) -> None:
    assert within(TIMES, VALUES, start_s, end_s).shape == (count, 2)


STANCE = np.arange(10) / 60


def riding(speed: float = 500.0) -> Floats:
    """Return a point that rides backwards on the belt, 300 at time 0.05."""
    return np.asarray(300 - speed * (STANCE - 0.05))


def test_the_line_of_a_riding_foot_is_read_at_any_instant() -> None:
    for time_s, x in ((0.05, 300.0), (0.0, 325.0), (0.25, 200.0)):
        assert planted(STANCE, riding(), 20.0, time_s).x == pytest.approx(x)


def test_a_foot_that_creeps_on_the_belt_has_its_own_line() -> None:
    assert planted(STANCE, riding(420.0), 20.0, 0.25).x == pytest.approx(216.0)


def test_a_few_samples_on_the_other_foot_do_not_move_the_line() -> None:
    x = riding()
    x[[2, 6, 7]] += [80.0, -60.0, 90.0]
    assert planted(STANCE, x, 20.0, 0.05).x == pytest.approx(300.0, abs=2.0)


def test_noise_is_averaged() -> None:
    x = riding() + np.array([3.0, -3.0] * 5)
    assert planted(STANCE, x, 20.0, STANCE.mean()).x == pytest.approx(300 - 500 * 0.025, abs=0.1)


def test_absent_samples_are_left_out() -> None:
    x = riding()
    x[[0, 3, 4, 5]] = np.nan
    assert planted(STANCE, x, 20.0, 0.05).x == pytest.approx(300.0)


def test_a_line_of_its_own_has_no_error_of_the_belt() -> None:
    found = planted(STANCE, riding(), 20.0, 0.25, 900.0)
    assert found.x == pytest.approx(200.0)
    assert found.error95 == 0


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_a_few_samples_are_read_at_the_speed_of_the_belt(kept: int) -> None:
    x = riding()
    x[kept:] = np.nan
    found = planted(STANCE, x, 20.0, 0.05, 500.0)
    assert found.x == pytest.approx(300.0)
    # 7 % of the way that the belt went between sample and instant.
    assert found.error95 == pytest.approx(0.07 * 500.0 * (0.05 - STANCE[:kept].mean()))
    wrong = planted(STANCE, x, 20.0, 0.05, 500.0 * 1.07)
    assert abs(wrong.x - 300.0) <= wrong.error95


def test_two_samples_that_contradict_each_other_give_no_position() -> None:
    x = riding() + np.where(np.arange(10) == 1, 50.0, 0.0)
    x[2:] = np.nan
    assert np.isnan(planted(STANCE, x, 20.0, 0.05, 500.0)).all()
    x[2] = riding()[2]
    assert planted(STANCE, x, 20.0, 0.05, 500.0).x == pytest.approx(300.0)


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_fewer_than_four_samples_make_no_line_at_an_unknown_speed(kept: int) -> None:
    x = riding()
    x[kept:] = np.nan
    assert np.isnan(planted(STANCE, x, 20.0, 0.05).x)


def test_samples_that_agree_on_nothing_make_no_line() -> None:
    x = riding() + np.array([0, 400, -300, 900, -700, 200, 1500, -900, 600, -1300])
    assert np.isnan(planted(STANCE, x, 20.0, 0.05, 500.0).x)


@pytest.mark.parametrize(("tolerance", "time_s"), [(np.nan, 0.05), (20.0, np.nan)])
def test_what_is_unknown_makes_no_line(tolerance: float, time_s: float) -> None:
    assert np.isnan(planted(STANCE, riding(), tolerance, time_s).x)


def test_speed_in_metres_grows_with_the_pictures_and_shrinks_with_the_leg() -> None:
    plain = estimated_speed_mps(600.0, 200.0)
    assert plain > 0
    assert estimated_speed_mps(1200.0, 200.0) == pytest.approx(2 * plain)
    assert estimated_speed_mps(1200.0, 400.0) == pytest.approx(plain)


@pytest.mark.parametrize(("belt", "leg"), [(np.nan, 200.0), (600.0, np.nan), (600.0, 0.0)])
def test_speed_is_unknown_without_belt_or_leg(belt: float, leg: float) -> None:
    assert np.isnan(estimated_speed_mps(belt, leg))
