"""Periods of motions, at the times at which they were sampled."""

import numpy as np
import pytest

from edge.numerics.periodicity import evenly_spaced, likeness, period_of

RATE_HZ = 30.0


@pytest.mark.parametrize("period", [15, 21, 30])
def test_a_wave_has_its_period_not_twice_that(period: int) -> None:
    wave = np.sin(2 * np.pi * np.arange(66) / period)
    lag, alike = period_of(wave, 14, 42)
    assert abs(lag - period) <= 1
    assert alike > 0.95


def test_noise_is_not_like_itself() -> None:
    noise = np.random.default_rng(1).normal(0.0, 1.0, 66)
    assert period_of(noise, 14, 42)[1] < 0.6


@pytest.mark.parametrize("values", [np.zeros(66), np.arange(66.0), np.arange(20.0)])
def test_what_does_not_turn_has_no_period(values: np.ndarray) -> None:
    lag, alike = period_of(values, 14, 42)
    assert (lag, alike) == (0, 0.0)


def test_a_wave_shifted_by_half_a_period_is_the_opposite() -> None:
    wave = np.sin(2 * np.pi * np.arange(60) / 20)
    assert likeness(wave, wave, 10) == pytest.approx(-1.0)
    assert likeness(wave, np.roll(wave, 10), 10) == pytest.approx(1.0)
    assert likeness(wave, np.ones(60), 10) == 0.0


def test_even_samples_lie_on_the_line_between_the_given_ones() -> None:
    times = np.array([0.0, 0.1, 0.35, 0.4, 1.0])
    spaced = evenly_spaced(times, 3 * times, RATE_HZ)
    np.testing.assert_allclose(spaced, 3 * np.arange(spaced.size) / RATE_HZ)
