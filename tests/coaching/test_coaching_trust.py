from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from edge.coaching.trust import Conditions, distrust
from edge.messages.legs import LegQuality, LegSource
from edge.messages.reason import Reason

READ = LegQuality(source=LegSource.READER, score=0.9)
GOOD = Conditions(
    has_feet=True,
    rate_hz=60.0,
    incline_pct=0.0,
    legs=READ,
    disagreement_legs=0.05,
    off_axis_legs=0.1,
)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"rate_hz": inf, "disagreement_legs": nan, "off_axis_legs": nan}, ""),
        ({"incline_pct": 2.0}, ""),
        ({"has_feet": False}, "no_feet"),
        ({"rate_hz": 28.0}, "frame_rate_low"),
        ({"incline_pct": 2.1}, "incline"),
        ({"incline_pct": -2.1}, "incline"),
        ({"disagreement_legs": 0.11}, "legs_disagree"),
        ({"legs": replace(READ, score=0.39)}, "legs_not_clear"),
        ({"legs": replace(READ, score=0.41)}, ""),
        ({"legs": replace(READ, score=nan)}, ""),
        # That the reader differs says nothing once it is not followed.
        ({"legs": LegQuality(score=0.8), "disagreement_legs": 0.2}, ""),
        ({"off_axis_legs": 0.38}, "off_centre"),
        ({"rate_hz": 28.0, "off_axis_legs": 0.38}, "frame_rate_low"),
    ],
)
def test_the_first_reason_is_given(changes: dict[str, Any], code: str) -> None:
    assert distrust(replace(GOOD, **changes)).code == code


def test_a_reason_names_its_numbers() -> None:
    assert distrust(replace(GOOD, rate_hz=24.6)) == Reason("frame_rate_low", rate_hz=25)
