import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.gait.smoothing import (
    MIN_SAMPLES,
    crossing_time,
    peak_offset,
    robust_quadratic,
)
from edge.messages.arrays import Floats

FINITE = st.floats(-1e3, 1e3)
SEEDS = st.integers(0, 2**32 - 1)


def local_quadratic(times_s: Floats, values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return value and slope of columns, nothing being far enough off to be left out."""
    value, slope, _ = robust_quadratic(times_s, np.stack([values, values], 2), weights, np.inf)
    return value[:, 0], slope[:, 0]


def around_zero(random: np.random.Generator, count: int) -> Floats:
    """Return irregular times of a window, with samples on both sides of zero."""
    grid = (np.arange(count) - count // 2) / 60
    return grid + random.uniform(-0.006, 0.006, count)


@given(seed=SEEDS, a=FINITE, b=FINITE, c=FINITE, count=st.integers(MIN_SAMPLES, 15))
@settings(max_examples=60, deadline=None)
def test_parabolas_at_irregular_times_come_back_exactly(
    seed: int, a: float, b: float, c: float, count: int
) -> None:
    random = np.random.default_rng(seed)
    t = around_zero(random, count)
    weights = random.uniform(0.3, 1.0, (count, 1))
    value, slope = local_quadratic(t, (a + b * t + c * t**2)[:, None], weights)
    assert value[0] == pytest.approx(a, abs=1e-6)
    assert slope[0] == pytest.approx(b, abs=1e-4)


@given(seed=SEEDS, scale=st.floats(0.01, 100.0), shift=FINITE)
@settings(max_examples=30, deadline=None)
def test_scaling_and_shifting_values_does_the_same_to_the_fit(
    seed: int, scale: float, shift: float
) -> None:
    random = np.random.default_rng(seed)
    t, y, w = around_zero(random, 7), random.normal(size=(7, 3)), random.uniform(0.3, 1, (7, 3))
    value, slope = local_quadratic(t, y, w)
    moved, steeper = local_quadratic(t, scale * y + shift, w)
    np.testing.assert_allclose(moved, scale * value + shift, atol=1e-7 * (1 + abs(shift)))
    np.testing.assert_allclose(steeper, scale * slope, atol=1e-5 * (1 + abs(shift)))


@given(seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_turning_time_round_turns_only_the_slope(seed: int) -> None:
    random = np.random.default_rng(seed)
    t, y, w = around_zero(random, 7), random.normal(size=(7, 2)), random.uniform(0.3, 1, (7, 2))
    value, slope = local_quadratic(t, y, w)
    mirrored, turned = local_quadratic(-t[::-1], y[::-1], w[::-1])
    np.testing.assert_allclose(mirrored, value, atol=1e-9)
    np.testing.assert_allclose(turned, -slope, atol=1e-7)


def test_the_fit_is_the_least_squares_one() -> None:
    random = np.random.default_rng(5)
    t, y = around_zero(random, 9), random.normal(size=9)
    w = random.uniform(0.2, 1.0, 9)
    _, b, a = np.polyfit(t, y, 2, w=np.sqrt(w))
    value, slope = local_quadratic(t, y[:, None], w[:, None])
    assert value[0] == pytest.approx(a)
    assert slope[0] == pytest.approx(b)


def test_equal_weights_at_equal_times_are_savitzky_golay() -> None:
    t = np.arange(-3, 4) / 60
    y = np.array([1.0, 5.0, 2.0, 8.0, 3.0, 9.0, 4.0])
    value, slope = local_quadratic(t, y[:, None], np.ones((7, 1)))
    assert value[0] == pytest.approx(np.dot([-2, 3, 6, 7, 6, 3, -2], y) / 21)
    assert slope[0] == pytest.approx(np.dot([-3, -2, -1, 0, 1, 2, 3], y) / 28 * 60)


@pytest.mark.parametrize("hole", ["nan", "zero weight"])
def test_a_sample_left_out_changes_nothing(hole: str) -> None:
    random = np.random.default_rng(6)
    t, y, w = around_zero(random, 7), random.normal(size=(7, 2)), np.ones((7, 2))
    without = local_quadratic(np.delete(t, 2), np.delete(y, 2, 0), np.delete(w, 2, 0))
    if hole == "nan":
        y[2] = np.nan
    else:
        y[2], w[2] = 1e6, 0.0
    np.testing.assert_allclose(local_quadratic(t, y, w), without, atol=1e-9)


@pytest.mark.parametrize(
    ("kept", "known"),
    [
        ([0, 1, 2, 3, 4, 5, 6], True),
        ([1, 2, 4, 5], True),
        ([0, 1, 2, 6], True),
        ([2, 3, 4], False),
        ([0, 1, 2], False),
        ([], False),
    ],
)
def test_fewer_than_four_samples_leave_a_point_absent(kept: list[int], known: bool) -> None:
    t = np.arange(-3, 4) / 60
    y = np.full((7, 1), np.nan)
    y[kept] = 2.0
    value, slope = local_quadratic(t, y, np.ones((7, 1)))
    assert np.isfinite(value[0]) == known
    assert np.isfinite(slope[0]) == known


@pytest.mark.parametrize("kept", [slice(0, 4), slice(5, 9)])
def test_samples_on_one_side_only_say_nothing(kept: slice) -> None:
    t = np.arange(-4, 5) / 60
    y = np.full((9, 1), np.nan)
    y[kept] = 1.0
    assert np.isnan(local_quadratic(t, y, np.ones((9, 1)))).all()


def test_columns_do_not_touch_each_other() -> None:
    random = np.random.default_rng(7)
    t, y = around_zero(random, 7), random.normal(size=(7, 2))
    alone = local_quadratic(t, y[:, :1], np.ones((7, 1)))
    y[:, 1] = np.nan
    together = local_quadratic(t, y, np.ones((7, 2)))
    np.testing.assert_allclose(np.array(together)[:, 0], np.array(alone)[:, 0], atol=1e-12)
    assert np.isnan(together[0][1])


def parabola_points(t: Floats) -> Floats:
    """Return two moving points, shape (n, 2, 2), that a parabola describes exactly."""
    x = 100 + 300 * t + 2000 * t**2
    return np.stack([np.stack([x, 50 - x], axis=-1), np.stack([-x, 2 * x], axis=-1)], axis=1)


@pytest.mark.parametrize("outliers", [[0], [1], [2], [3], [4], [5], [6], [0, 1], [5, 6], [0, 6]])
def test_points_the_others_contradict_are_left_out(outliers: list[int]) -> None:
    t = np.arange(-3, 4) / 60
    xy = parabola_points(t)
    xy[outliers, 0] += [40.0, -30.0]
    position, velocity, acceleration = robust_quadratic(t, xy, np.ones((7, 2)), 10.0)
    np.testing.assert_allclose(position, [[100, -50], [-100, 200]], atol=1e-6)
    np.testing.assert_allclose(velocity, [[300, -300], [-300, 600]], atol=1e-4)
    bend = np.diff(parabola_points(np.array([-1.0, 0.0, 1.0])), 2, axis=0)[0]
    np.testing.assert_allclose(acceleration, bend, rtol=1e-4)


def test_small_errors_are_averaged_not_left_out() -> None:
    random = np.random.default_rng(8)
    t = np.arange(-3, 4) / 60
    xy = parabola_points(t) + random.normal(scale=1.0, size=(7, 2, 2))
    robust = robust_quadratic(t, xy, np.ones((7, 2)), 50.0)
    plain = local_quadratic(t, xy.reshape(7, 4), np.ones((7, 4)))
    np.testing.assert_allclose(robust[0].ravel(), plain[0])
    np.testing.assert_allclose(robust[1].ravel(), plain[1])


def test_an_outlier_among_the_fewest_samples_leaves_the_point_absent() -> None:
    t = np.array([-2, -1, 1, 2]) / 60
    xy = parabola_points(t)
    xy[1, 0] += 200.0
    position, _, _ = robust_quadratic(t, xy, np.ones((4, 2)), 10.0)
    assert np.isnan(position[0]).all()
    assert np.isfinite(position[1]).all()


def test_inputs_are_left_as_they_were() -> None:
    t = np.arange(-3, 4) / 60
    xy, weights = parabola_points(t), np.ones((7, 2))
    xy[3, 0] += 500.0
    before = t.copy(), xy.copy(), weights.copy()
    robust_quadratic(t, xy, weights, 10.0)
    for now, then in zip((t, xy, weights), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("a", "b", "c", "offset"),
    [
        (0.0, 1.0, 0.0, 0.0),
        (0.0, 1.0, 1.0, 0.5),
        (1.0, 1.0, 0.0, -0.5),
        (0.0, 3.0, 2.0, 0.25),
        (2.0, 3.0, 0.0, -0.25),
        (1.0, 1.0, 1.0, 0.0),
        (5.0, 6.0, 5.0, 0.0),
    ],
)
def test_the_top_of_a_parabola(a: float, b: float, c: float, offset: float) -> None:
    assert peak_offset(a, b, c) == pytest.approx(offset)


@given(top=st.floats(-0.5, 0.5), height=FINITE, bend=st.floats(0.1, 100.0))
def test_the_top_of_any_parabola_is_found(top: float, height: float, bend: float) -> None:
    a, b, c = (height - bend * (t - top) ** 2 for t in (-1, 0, 1))
    assert peak_offset(a, b, c) == pytest.approx(top, abs=1e-6)


@pytest.mark.parametrize(
    ("t0", "v0", "t1", "v1", "level", "time"),
    [
        (0.0, 0.0, 1.0, 2.0, 1.0, 0.5),
        (2.0, 10.0, 3.0, 0.0, 7.5, 2.25),
        (0.0, -1.0, 0.1, 3.0, 0.0, 0.025),
        (1.0, 4.0, 2.0, 4.0, 4.0, 1.0),
        (1.0, 0.0, 2.0, 5.0, 5.0, 2.0),
    ],
)
def test_where_a_line_reaches_a_level(
    t0: float, v0: float, t1: float, v1: float, level: float, time: float
) -> None:
    assert crossing_time(t0, v0, t1, v1, level) == pytest.approx(time)
