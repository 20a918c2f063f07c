"""The share of time with feedback follows the number of the visit."""

import pytest

from edge.messages.errors import SettingsError
from edge.messages.feedback import DoseSource
from edge.settings.coaching_settings import CoachingSettings
from edge.settings.feedback_schedule import feedback_dose
from edge.settings.settings_file import read_settings

SCHEDULE = CoachingSettings().feedback_by_visit


@pytest.mark.parametrize(
    ("number", "share_pct"),
    [(1, 100), (2, 100), (3, 100), (4, 100), (5, 75), (6, 50), (7, 25), (8, 10)],
)
def test_feedback_fades_from_the_fifth_visit_on(number: int, share_pct: float) -> None:
    assert feedback_dose(SCHEDULE, number) == (share_pct, DoseSource.SCHEDULED)


def test_a_visit_after_the_schedule_has_the_share_of_its_last() -> None:
    assert feedback_dose(SCHEDULE, 12) == (10, DoseSource.LAST)


@pytest.mark.parametrize("number", [None, 0, -3])
def test_a_visit_without_a_number_has_feedback_all_the_time_and_says_so(number: int | None) -> None:
    assert feedback_dose(SCHEDULE, number) == (100, DoseSource.NUMBER_UNKNOWN)


@pytest.mark.parametrize("wrong", ["", "100 101", "-1", "100, 50", "nan", "1e400", "9 " * 51])
def test_a_schedule_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"coaching\.feedback_by_visit must be 1 to 50 numbers"):
        read_settings(None, [f"coaching.feedback_by_visit='{wrong}'"])
