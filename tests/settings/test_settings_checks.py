"""Settings that are right alone and wrong together are refused in one sentence."""

import re

import pytest

from edge.messages.errors import SettingsError
from edge.settings.settings import Settings
from edge.settings.settings_checks import mistakes_across
from edge.settings.settings_file import read_settings
from edge.settings.settings_table import settings_of


def test_the_defaults_fit_together() -> None:
    assert mistakes_across(Settings()) == []


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (
            ["knee_toe_amber_pct=5"],
            "coaching.knee_toe_red_pct must be above coaching.knee_toe_amber_pct (5), got 4",
        ),
        (
            ["shank_red_deg=30"],
            "coaching.shank_red_deg must be above coaching.shank_amber_deg (30), got 30",
        ),
        (
            ["hip_ankle_red_pct=-9"],
            "coaching.hip_ankle_red_pct must be above coaching.hip_ankle_amber_pct (9), got -9",
        ),
        (["share_beyond=7"], "coaching.share_beyond must be 0 to 1, got 7"),
        (["shank_amber_deg=-30"], "coaching.shank_amber_deg must be 0 to 90 degrees, got -30"),
        (
            ["push_off_red_above_deg=-5"],
            "coaching.push_off_red_above_deg must be 0 to 90 degrees, got -5",
        ),
        (["angle_inside_deg=-1"], "coaching.angle_inside_deg must be 0 to 30 degrees, got -1"),
        (
            ["angle_inside_deg=3"],
            "coaching.angle_inside_deg must be below the 3 between coaching.shank_amber_deg and "
            "shank_red_deg, got 3",
        ),
        (
            ["thigh_red_below_deg=1.5"],
            "coaching.thigh_red_below_deg must be above coaching.angle_inside_deg (1.5), got 1.5",
        ),
        (
            ["thigh_slope_deg=-6"],
            "coaching.thigh_amber_deg, thigh_slope_deg and thigh_red_below_deg give a limit of -3.1"
            " degrees at 4.8 m/s; it must be 0 to 90",
        ),
        (
            ["plantarflexion_slope_deg=14"],
            "plantarflexion_red_below_deg give a limit of -0.2 degrees at 2.2 m/s",
        ),
        (
            ["cadence_low_spm=9"],
            "coaching.cadence_high_spm must not be below coaching.cadence_low_spm (9), got 8",
        ),
        (["min_valid_strides=11"], "must rise in this order, got 11, 10, 12"),
        (["window_strides=13"], "must rise in this order, got 8, 13, 12"),
    ],
)
def test_what_does_not_fit_together_is_said(overrides: list[str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        read_settings(None, [f"coaching.{override}" for override in overrides])


@pytest.mark.parametrize(
    "overrides",
    [
        ["knee_toe_amber_pct=-4", "knee_toe_red_pct=-1"],
        ["angle_inside_deg=0", "knee_toe_inside_pct=0"],
        ["cadence_low_spm=8"],
        ["push_off_slope_deg=0"],
    ],
)
def test_what_a_clinic_may_want_is_taken(overrides: list[str]) -> None:
    read_settings(None, [f"coaching.{override}" for override in overrides])


@pytest.mark.parametrize("zone", ["Nowhere/Town", "../UTC", "Europe/", "UTC\0"])
def test_a_time_zone_that_is_none_is_said(zone: str) -> None:
    with pytest.raises(SettingsError, match=r"clinic\.time_zone must be the name of a time zone"):
        settings_of({"clinic": {"time_zone": zone}})


@pytest.mark.parametrize("zone", ["", "UTC", "Europe/Berlin", "America/Argentina/Ushuaia"])
def test_a_time_zone_is_taken(zone: str) -> None:
    assert settings_of({"clinic": {"time_zone": zone}}).clinic.time_zone == zone
