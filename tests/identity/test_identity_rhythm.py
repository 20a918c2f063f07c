import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.identity.rhythm import stride_time_s
from edge.messages.arrays import Floats


def turning(times_s: Floats, stride_s: float, uneven: float = 0.0) -> Floats:
    """Return leg differences that turn over every half stride, shape (n, 8)."""
    turn = 2 * np.pi * times_s / stride_s
    phases = np.arange(8) * 0.4
    wave = np.cos(turn[:, None] + phases)
    return wave + uneven * np.cos(2 * turn[:, None] + phases)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
@pytest.mark.parametrize("stride_s", [0.6, 0.72, 0.9, 1.1, 1.3])
def test_the_stride_time_is_read_to_a_hundredth(stride_s: float, fps: float) -> None:
    times = np.arange(round(3 * fps)) / fps
    assert stride_time_s(times, turning(times, stride_s)) == pytest.approx(stride_s, rel=0.01)


@given(seed=st.integers(0, 2**32 - 1), stride_s=st.floats(0.56, 1.2))
@settings(max_examples=20, deadline=None)
def test_signs_do_not_matter(seed: int, stride_s: float) -> None:
    random = np.random.default_rng(seed)
    times = np.arange(180) / 60
    vectors = turning(times, stride_s)
    signs = random.choice([-1.0, 1.0], times.size)
    scrambled = stride_time_s(times, vectors * signs[:, None])
    assert scrambled == pytest.approx(stride_time_s(times, vectors))
    assert scrambled == pytest.approx(stride_s, rel=0.01)


def test_uneven_frame_times_are_no_harm() -> None:
    random = np.random.default_rng(2)
    times = np.arange(180) / 60 + random.uniform(-0.005, 0.005, 180)
    kept = random.random(180) > 0.1
    assert stride_time_s(times[kept], turning(times[kept], 0.72)) == pytest.approx(0.72, rel=0.02)


def test_legs_that_differ_do_not_make_the_stride_two() -> None:
    times = np.arange(180) / 60
    assert stride_time_s(times, turning(times, 0.72, uneven=0.15)) == pytest.approx(0.72, rel=0.02)


def test_scale_and_time_shift_change_nothing() -> None:
    times = np.arange(180) / 60
    vectors = turning(times, 0.72)
    expected = stride_time_s(times, vectors)
    assert stride_time_s(times + 512.0, 30 * vectors) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "times_s",
    [np.zeros(0), np.arange(7) / 60, np.arange(24) / 60],
    ids=["nothing", "seven frames", "less than two steps"],
)
def test_too_little_has_no_rhythm(times_s: Floats) -> None:
    assert np.isnan(stride_time_s(times_s, turning(times_s, 0.72)))


def test_noise_has_no_rhythm() -> None:
    vectors = np.random.default_rng(3).normal(size=(180, 8))
    assert np.isnan(stride_time_s(np.arange(180) / 60, vectors))


def test_legs_on_top_of_each_other_have_no_rhythm() -> None:
    assert np.isnan(stride_time_s(np.arange(180) / 60, np.zeros((180, 8))))
