"""Unclear legs of a runner are told, steadily, and only of a runner."""

from dataclasses import replace
from math import nan

import pytest

from edge.coaching.legs_watch import LegsWatch
from edge.messages.gait import Activity, GaitState, Phase
from edge.messages.legs import LegFlaw, LegQuality
from edge.messages.notice import Notice

STATE = GaitState(
    frame_index=0,
    time_s=0.0,
    activity=Activity.RUNNING,
    facing=None,
    near_side=None,
    left_phase=Phase.UNKNOWN,
    right_phase=Phase.UNKNOWN,
    cadence_spm=nan,
    belt_speed_px_s=nan,
)
CLEAR = LegQuality(score=0.9)
UNCLEAR = LegQuality(score=0.2, flaw=LegFlaw.RHYTHM)
TOLD = Notice("legs_not_clear", flaw="rhythm")


def told(*spells: tuple[float, LegQuality], activity: Activity = Activity.RUNNING) -> list[Notice]:
    """Return the notice ten times per second through spells of so many seconds each."""
    watch = LegsWatch()
    found: list[Notice] = []
    for seconds, legs in spells:
        for _ in range(round(10 * seconds)):
            now_s = len(found) / 10
            found.append(watch.update(replace(STATE, time_s=now_s, legs=legs, activity=activity)))
    return found


def test_clear_legs_are_no_notice() -> None:
    assert not any(told((3.0, CLEAR)))


def test_unclear_legs_are_told_after_a_second_until_a_second_after() -> None:
    found = told((3.0, UNCLEAR), (3.0, CLEAR))
    assert not any(found[:10])
    assert set(found[10:39]) == {TOLD}
    assert not any(found[40:])


def test_a_short_spell_changes_nothing() -> None:
    assert not any(told((2.0, CLEAR), (0.6, UNCLEAR), (2.0, CLEAR)))
    assert set(told((3.0, UNCLEAR), (0.6, CLEAR), (2.0, UNCLEAR))[10:]) == {TOLD}


@pytest.mark.parametrize("activity", [Activity.STANDING, Activity.WALKING, Activity.ABSENT])
def test_who_does_not_run_is_not_told(activity: Activity) -> None:
    assert not any(told((3.0, UNCLEAR), activity=activity))


def test_a_runner_without_strides_is_told() -> None:
    found = told((2.0, LegQuality(score=0.0, flaw=LegFlaw.STRIDES)))
    assert found[-1] == Notice("legs_not_clear", flaw="strides")
