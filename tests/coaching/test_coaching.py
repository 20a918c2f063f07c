"""Bands, verdicts and cues of one runner together, and when the verdicts are withdrawn."""

from dataclasses import replace

import pytest
from coaching_strides import BENT, SPEED_MPS, at, strides

from edge.coaching.coaching import Coaching
from edge.messages.gait import Activity
from edge.messages.reading import BeltInForce, BeltSource
from edge.messages.reason import Reason
from edge.messages.verdict import Bands, Cue, Verdict, VerdictState
from edge.settings.coaching_settings import CoachingSettings

BELT = BeltInForce(time_s=0.0, speed_mps=SPEED_MPS, source=BeltSource.ENTERED)
NONE = Reason()


def judged() -> Coaching:
    """Return coaching with a verdict on each fault in force."""
    coaching = Coaching(CoachingSettings())
    for metrics in strides(12, **BENT):
        coaching.update(metrics, BELT, NONE)
    return coaching


def test_a_stride_brings_its_bands_then_verdicts_then_the_cue() -> None:
    coaching = Coaching(CoachingSettings())
    said = [coaching.update(metrics, BELT, NONE) for metrics in strides(20, **BENT)]
    kinds = [[type(each) for each in one] for one in said]
    assert kinds[0] == [Bands] * 4 + [Verdict] * 2
    # The limits are sent once.
    assert [Verdict, Verdict, Cue] in kinds
    assert not any(Bands in each for each in kinds[1:])
    assert coaching.cadence_spm[0] == BENT["cadence_spm"]


def test_a_reason_outside_the_stride_is_that_of_the_verdicts() -> None:
    coaching = judged()
    (metrics,) = strides(1, 12, **BENT)
    verdicts = coaching.update(metrics, BELT, Reason("off_centre"))
    assert {v.reason.code for v in verdicts if isinstance(v, Verdict)} == {"off_centre"}


@pytest.mark.parametrize("activity", [Activity.STANDING, Activity.ABSENT])
def test_verdicts_end_at_once_when_nobody_is_there_and_after_a_while_of_standing(
    activity: Activity,
) -> None:
    coaching = judged()
    waits_s = 2.5 if activity is Activity.STANDING else 0.0
    withdrawn = [
        (time_s, verdict)
        for time_s in (10.0, 11.0, 12.5, 12.6, 13.0)
        for verdict in coaching.rest(at(time_s, activity), withheld=False)
    ]
    assert [time_s for time_s, _ in withdrawn] == [12.6 if waits_s else 10.0] * 2
    assert {(v.state, v.reason.code) for _, v in withdrawn} == {
        (VerdictState.UNKNOWN, activity.value)
    }


def test_standing_does_not_replace_a_reason_that_matters_more() -> None:
    coaching = judged()
    coaching.pause(Reason("camera_moved"), 10.0)
    for time_s in (10.0, 13.0):
        assert coaching.rest(at(time_s, Activity.STANDING), withheld=True) == []


def test_with_too_few_frames_nobody_is_said_to_stand() -> None:
    """At 15 frames a second a runner's steps were taken for standing."""
    coaching = judged()
    withdrawn = [
        verdict
        for time_s in (10.0, 13.0)
        for verdict in coaching.rest(at(time_s, Activity.STANDING), withheld=False, rate_hz=15.0)
    ]
    assert {(v.state, v.reason.code) for v in withdrawn} == {
        (VerdictState.UNKNOWN, "frame_rate_low")
    }


def test_who_leaves_takes_the_baseline_cadence_along() -> None:
    coaching = judged()
    coaching.rest(at(10.0, Activity.STANDING), withheld=False)
    assert coaching.cadence_spm[0] == BENT["cadence_spm"]
    coaching.rest(at(11.0, Activity.ABSENT), withheld=False)
    assert coaching.cadence_spm[0] != coaching.cadence_spm[0]


def test_another_runner_gets_the_bands_anew_and_no_verdict_of_the_last() -> None:
    coaching = judged()
    assert coaching.bands(BELT, 10.0) == []
    coaching.begin_runner()
    assert len(coaching.bands(replace(BELT, time_s=10.0), 10.0)) == 4
    assert coaching.pause(Reason("standing"), 10.0) == []
