"""In a visit only its step's cue is given, and only while feedback is on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isnan
from typing import Any

import pytest
from coaching_strides import (
    BENT,
    BOTH,
    GOOD,
    KNEE_AND_HIPS,
    KNEE_ONLY,
    SPEED_MPS,
    STRIDE_S,
    Numbers,
    strides,
)

from edge.coaching.coaching import Coaching
from edge.messages.feedback import DoseSource, FeedbackGate, FeedbackPlan, GateReason
from edge.messages.reading import BeltInForce, BeltSource
from edge.messages.reason import Reason
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Cue, CueKind
from edge.settings.coaching_settings import CoachingSettings

SETTINGS = CoachingSettings()
BELT = BeltInForce(time_s=0.0, speed_mps=SPEED_MPS, source=BeltSource.ENTERED)
BASELINE = FeedbackPlan(step="baseline")
SIT_BACK = FeedbackPlan(cue=CueKind.SIT_BACK, step="cue")
BEAT = FeedbackPlan(cue=CueKind.CADENCE, step="cue.2", metronome=True, baseline_spm=160.0)
# Of strides, each decided 0.77 s after its contact.
TWO_MINUTES = 165


def run(coaching: Coaching, given: Iterable[StrideMetrics]) -> tuple[list[Cue], list[FeedbackGate]]:
    """Return the cues and the changes of feedback of strides, with one frame before each."""
    cues: list[Cue] = []
    gates: list[FeedbackGate] = []
    for metrics in given:
        gates += coaching.feedback(metrics.decided_at_s)
        said = coaching.update(metrics, BELT, Reason())
        cues += [message for message in said if isinstance(message, Cue)]
    return cues, gates


def led(
    plan: FeedbackPlan | None, count: int = TWO_MINUTES, **numbers: Any
) -> tuple[list[Cue], list[FeedbackGate]]:
    """Return the same for a runner who was judged in silence before the plan's step."""
    coaching = Coaching(SETTINGS)
    coaching.use_plan(BASELINE)
    silent, _ = run(coaching, strides(12, **numbers))
    assert silent == []
    coaching.use_plan(None if plan is None else replace(plan, since_s=12 * STRIDE_S))
    return run(coaching, strides(count, 12, **numbers))


def kinds(cues: Sequence[Cue]) -> list[str]:
    return [cue.kind for cue in cues]


def test_without_a_visit_nothing_is_said_about_feedback_and_cues_are_as_ever() -> None:
    coaching = Coaching(SETTINGS)
    cues, gates = run(coaching, strides(80, **BOTH))
    assert gates == []
    assert kinds(cues) == ["sit_back", "cadence", "sit_back"]
    assert coaching.gate.reason is GateReason.FREE


@pytest.mark.parametrize("numbers", [GOOD, BENT, KNEE_ONLY, BOTH], ids=str)
def test_a_step_without_a_cue_gives_none_not_even_praise(numbers: Numbers) -> None:
    coaching = Coaching(SETTINGS)
    coaching.use_plan(BASELINE)
    cues, gates = run(coaching, strides(TWO_MINUTES, **numbers))
    assert cues == []
    assert [(gate.on, gate.reason, gate.cue) for gate in gates] == [(False, GateReason.NO_CUE, "")]
    assert isnan(gates[0].target_low_spm)


def test_a_step_gives_its_one_cue_whatever_else_is_wrong() -> None:
    cues, _ = led(SIT_BACK, **BOTH)
    assert set(kinds(cues)) == {"sit_back"}
    assert len(cues) >= 5


def test_the_cue_is_said_once_at_the_start_and_then_only_for_its_fault() -> None:
    # Bent in push-off alone: sitting back is not about that.
    cues, _ = led(SIT_BACK, **BENT)
    assert kinds(cues) == ["sit_back"]


def test_good_strides_get_the_cue_at_the_start_and_one_praise() -> None:
    cues, _ = led(SIT_BACK, **GOOD)
    assert kinds(cues) == ["sit_back", "praise"]


def test_a_cadence_cue_ends_with_the_target_reached() -> None:
    quick = replace(BEAT, metronome=False)
    assert kinds(led(quick, **KNEE_ONLY | {"cadence_spm": 160.0})[0])[:3] == ["cadence"] * 3
    assert kinds(led(quick, **KNEE_ONLY | {"cadence_spm": 167.0})[0]) == ["cadence"]


def test_cues_keep_their_gap_over_the_change_of_a_step() -> None:
    coaching = Coaching(SETTINGS)
    coaching.use_plan(SIT_BACK)
    first, _ = run(coaching, strides(14, **KNEE_AND_HIPS))
    coaching.use_plan(replace(SIT_BACK, step="cue.2"))
    second, _ = run(coaching, strides(40, 14, **KNEE_AND_HIPS))
    assert second[0].issued_at_s - first[-1].issued_at_s >= SETTINGS.cue_gap_s


@pytest.mark.parametrize("pct", [75.0, 50.0, 25.0, 10.0])
def test_faded_feedback_goes_on_and_off_and_says_why(pct: float) -> None:
    faded = replace(SIT_BACK, feedback_pct=pct, dose=DoseSource.SCHEDULED)
    cues, gates = led(faded, **KNEE_AND_HIPS)
    assert [gate.on for gate in gates] == [True, False] * 3
    assert {gate.reason for gate in gates if not gate.on} == {GateReason.FADED}
    assert {(gate.feedback_pct, gate.dose) for gate in gates} == {(pct, DoseSource.SCHEDULED)}
    for cue in cues:
        before = [gate for gate in gates if gate.time_s <= cue.issued_at_s]
        assert before[-1].on


def test_whole_feedback_is_never_interrupted() -> None:
    assert [gate.on for gate in led(SIT_BACK, **KNEE_AND_HIPS)[1]] == [True]


def test_the_metronome_beats_a_minute_and_pauses_a_minute() -> None:
    slow = GOOD | {"cadence_spm": 160.0}
    _, gates = led(BEAT, 2 * TWO_MINUTES, **slow)
    assert [gate.reason for gate in gates] == [GateReason.ON, GateReason.PAUSE] * 2
    first, pause, second, _ = gates
    assert pause.time_s - first.time_s == pytest.approx(60, abs=STRIDE_S)
    assert first.metronome_spm == second.metronome_spm == 166.0
    assert first.metronome_from_spm == pytest.approx(160.0, abs=0.1)
    assert first.metronome_ramp_s == pytest.approx(90, abs=2)
    assert (second.metronome_from_spm, second.metronome_ramp_s) == (166.0, 0.0)
    assert isnan(pause.metronome_spm)
    assert (first.target_low_spm, first.target_high_spm) == (165.0, 168.0)


def test_the_metronome_of_a_faded_visit_beats_for_less_of_its_minute() -> None:
    slow = GOOD | {"cadence_spm": 160.0}
    _, gates = led(replace(BEAT, feedback_pct=50.0), TWO_MINUTES, **slow)
    assert [g.reason for g in gates] == [GateReason.ON, GateReason.FADED, GateReason.PAUSE]
    assert gates[1].time_s - gates[0].time_s == pytest.approx(30, abs=STRIDE_S)


def test_a_cadence_held_inside_the_target_ends_the_metronome() -> None:
    _, gates = led(BEAT, **GOOD | {"cadence_spm": 166.0})
    assert [gate.reason for gate in gates] == [GateReason.ON, GateReason.REACHED]
    assert gates[1].time_s - gates[0].time_s == pytest.approx(45, abs=2 * STRIDE_S)
    assert not gates[1].on


def test_without_a_baseline_the_metronome_waits_for_the_one_that_is_learnt() -> None:
    coaching = Coaching(SETTINGS)
    coaching.use_plan(replace(BEAT, baseline_spm=float("nan")))
    _, gates = run(coaching, strides(20, **GOOD | {"cadence_spm": 160.0}))
    assert [isnan(gate.metronome_spm) for gate in gates] == [True, False]


def test_the_end_of_a_visit_allows_everything_again() -> None:
    coaching = Coaching(SETTINGS)
    coaching.use_plan(BASELINE)
    run(coaching, strides(20, **BENT))
    coaching.use_plan(None)
    cues, gates = run(coaching, strides(20, 20, **BENT))
    assert [gate.reason for gate in gates] == [GateReason.FREE]
    assert kinds(cues)[0] == "cadence"


def test_another_session_says_the_feedback_in_force_again() -> None:
    coaching = Coaching(SETTINGS)
    coaching.use_plan(BASELINE)
    assert len(coaching.feedback(0.0)) == 1
    assert coaching.feedback(1.0) == []
    coaching.reset()
    assert [gate.reason for gate in coaching.feedback(2.0)] == [GateReason.NO_CUE]
    coaching.use_plan(None)
    coaching.reset()
    assert [gate.reason for gate in coaching.feedback(3.0)] == [GateReason.FREE]
    coaching.reset()
    assert coaching.feedback(4.0) == []
