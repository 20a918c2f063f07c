"""Belt speed in the units of treadmills."""

from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.i18n.speed_words import speed_text
from edge.i18n.word_catalogue import load
from edge.numerics.speed_units import SpeedUnit, pace, speed_in, speed_mps


@pytest.mark.parametrize(
    ("mps", "kmh", "mph", "min_km"),
    [(2.5, 9.0, 5.592, 6.667), (3.0, 10.8, 6.711, 5.556), (5.0, 18.0, 11.185, 3.333)],
)
def test_a_speed_is_what_a_treadmill_shows(
    mps: float, kmh: float, mph: float, min_km: float
) -> None:
    shown = [speed_in(mps, unit) for unit in SpeedUnit]
    assert shown == pytest.approx([kmh, mph, min_km], abs=1e-3)


@given(st.floats(0.1, 12.0), st.sampled_from(SpeedUnit))
def test_there_and_back_is_the_same_speed(mps: float, unit: SpeedUnit) -> None:
    assert speed_mps(speed_in(mps, unit), unit) == pytest.approx(mps)


def test_a_belt_that_stands_has_no_pace() -> None:
    assert isnan(speed_in(0.0, SpeedUnit.PACE))
    assert isnan(speed_mps(0.0, SpeedUnit.PACE))
    with pytest.raises(ValueError, match=r"no pace of 0\.0 m/s"):
        pace(0.0)


@pytest.mark.parametrize(("mps", "shown"), [(2.7785, (6, 0)), (1000 / 359.6, (6, 0))])
def test_a_pace_is_rounded_to_whole_seconds_never_to_sixty(
    mps: float, shown: tuple[int, int]
) -> None:
    assert pace(mps) == shown


@pytest.mark.parametrize(
    ("language", "unit", "text"),
    [
        ("en", SpeedUnit.KMH, "10.8 km/h (3.0 m/s)"),
        ("en", SpeedUnit.MPH, "6.7 mph (3.0 m/s)"),
        ("en", SpeedUnit.PACE, "5:33 min/km (3.0 m/s)"),
        ("de", SpeedUnit.KMH, "10,8 km/h (3,0 m/s)"),
        ("de", SpeedUnit.MPH, "6,7 mph (3,0 m/s)"),
        ("de", SpeedUnit.PACE, "5:33 min/km (3,0 m/s)"),
    ],
)
def test_a_speed_is_written_as_the_language_does(language: str, unit: SpeedUnit, text: str) -> None:
    assert speed_text(load(language), 3.0, unit) == text


@pytest.mark.parametrize("unit", SpeedUnit)
def test_no_speed_is_a_dash(unit: SpeedUnit) -> None:
    assert speed_text(load("en"), nan, unit) == "\N{EN DASH}"
    assert "0:" not in speed_text(load("en"), 0.0, unit)
