"""A visit step by step, on frames made by hand."""

from dataclasses import replace
from itertools import pairwise
from math import isnan

import pytest
from visiting import SHORT, STRIDE_S, Played, stride

from edge.messages.exercise import ExerciseState, ExerciseUpdate, Finding, Result
from edge.messages.feedback import FeedbackGate, GateReason
from edge.messages.gait import Activity
from edge.messages.reading import BeltSource
from edge.messages.reason import Reason
from edge.messages.seen import Stance
from edge.messages.side import Side
from edge.messages.verdict import Fault, Verdict, VerdictState
from edge.messages.visit import Screen, StepKind, StepState
from edge.visit.template_shelf import BUILT_IN, TemplateShelf

RUN, STAND, WALK, GONE = Activity.RUNNING, Activity.STANDING, Activity.WALKING, Activity.ABSENT


def verdict(fault: Fault, state: VerdictState, cue: str | None = None) -> Verdict:
    return Verdict(
        side=Side.RIGHT, fault=fault, state=state, reason=Reason(), cue=cue, decided_at_s=0.0
    )


def to_step(played: Played, id_: str) -> None:
    """Press Next until a step is the current one."""
    for _ in range(20):
        if played.step.id == id_:
            return
        played.run.next(played.step.id)
    raise AssertionError(id_)


@pytest.fixture
def played() -> Played:
    return Played()


def test_a_visit_goes_by_itself_from_warm_up_to_pain(played: Played) -> None:
    assert (played.step.id, played.step.state) == ("warm_up", StepState.WAITING)
    played.do(STAND, 3)
    assert played.missing == ["moving"]
    assert played.blocks() == ()
    played.do(WALK, 2)
    assert played.step.state is StepState.RUNNING
    played.run_for(3.2)
    assert played.step.id == "baseline"
    assert played.screen() is Screen.TIME_ONLY
    played.run_for(6.5)
    assert played.step.id == "cue"
    assert (played.step.cue, played.step.why) == ("cadence", "not_judged")
    assert played.screen() is Screen.COACH
    played.run_for(6.2)
    assert (played.step.id, played.screen()) == ("retention", Screen.TIME_ONLY)
    played.run_for(6)
    assert (played.step.id, played.missing) == ("pain", ["answer"])
    done = [step for step in played.run.status.steps if step.state is StepState.DONE]
    assert [step.id for step in done] == ["patient", "warm_up", "baseline", "cue", "retention"]
    blocks = played.blocks()
    assert [block.step for block in blocks] == ["warm_up", "baseline", "cue", "retention"]
    assert [block.state for block in blocks] == [StepState.DONE] * 4
    for earlier, later in pairwise(blocks):
        assert earlier.end_s <= later.start_s < earlier.end_s + 0.3
    assert {block.side for block in blocks} == {Side.RIGHT}


def test_a_baseline_waits_for_its_strides_beyond_its_time(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(12, reason="tracking_gap")
    assert played.step.id == "baseline"
    (missing,) = played.step.missing
    assert missing.code == "strides_last"
    assert dict(missing.params) == {"seen": 0, "needed": 5, "last": "tracking_gap"}
    played.run_for(6)
    assert played.step.id == "cue"
    assert played.at("baseline").strides == 5


def test_a_block_pauses_when_the_runner_stops_and_says_what_is_missing(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(3)
    before = played.step
    played.do(STAND, 4)
    assert (played.missing[0], played.step.state) == ("running", StepState.WAITING)
    assert played.step.elapsed_s == pytest.approx(before.elapsed_s, abs=0.11)
    (block,) = played.blocks()
    assert block.split == "belt_stopped"
    assert block.end_s == pytest.approx(3.0, abs=0.11)
    played.do(WALK, 1)
    assert played.missing[0] == "running"
    played.run_for(1)
    assert [block.step for block in played.blocks()] == ["baseline", "baseline"]
    assert played.step.split == "belt_stopped"


def test_a_stumble_is_no_pause(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(2)
    played.do(WALK, 1.5)
    played.run_for(1)
    assert len(played.blocks()) == 1


@pytest.mark.parametrize(
    ("activity", "split", "missing"),
    [
        (GONE, "runner_left", "runner"),
        (STAND, "belt_stopped", "running"),
        (WALK, "walked", "running"),
    ],
)
def test_each_way_of_stopping_is_told(activity: Activity, split: str, missing: str) -> None:
    played = Played()
    to_step(played, "retention")
    played.run_for(2)
    played.do(activity, 3)
    assert (played.blocks()[-1].split, played.missing[0]) == (split, missing)


def test_another_person_counts_nothing_until_somebody_says_who_it_is(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(3)
    strides = played.step.strides
    played.give(another_person=True)
    assert played.missing[0] == "another_person"
    assert played.blocks()[-1].split == "another_person"
    played.run_for(5)
    assert (played.step.strides, len(played.blocks())) == (strides, 1)
    assert played.run.go_on("warm_up") == "step_over"
    assert played.run.go_on("baseline") == "ok"
    played.run_for(2)
    assert played.step.strides > strides
    assert len(played.blocks()) == 2


def test_somebody_who_comes_back_after_an_absence_may_be_another(played: Played) -> None:
    to_step(played, "cue")
    played.run_for(2)
    played.do(GONE, 12)
    assert played.missing == ["runner"]
    played.activity = RUN
    played.give(fresh=True)
    assert played.missing[0] == "another_person"


def test_a_new_recording_or_a_break_in_the_film_is_no_other_person(played: Played) -> None:
    to_step(played, "cue")
    played.run_for(2)
    played.give(fresh=True)
    assert "another_person" not in played.missing


def test_whoever_comes_before_a_step_has_counted_anybody_is_its_runner(played: Played) -> None:
    played.do(GONE, 12)
    played.activity = WALK
    played.give(fresh=True)
    assert "another_person" not in played.missing


def test_a_change_of_speed_splits_the_block_and_a_baseline_begins_anew(played: Played) -> None:
    to_step(played, "baseline")
    played.give(played.belt(2.8))
    played.run_for(4)
    assert played.blocks()[-1].speed_mps == 2.8
    played.give(played.belt(2.95))
    assert len(played.blocks()) == 1
    played.give(played.belt(3.2))
    played.run_for(1)
    first, second = played.blocks()
    assert (first.split, second.speed_mps) == ("speed_changed", 3.2)
    assert played.step.split == "speed_changed"
    assert played.step.elapsed_s < 1.2
    assert played.step.strides <= 1


def test_a_warm_up_and_a_cue_keep_their_time_when_the_speed_changes(played: Played) -> None:
    played.give(played.belt(2.0))
    played.do(WALK, 3)
    played.give(played.belt(2.8))
    played.run_for(1)
    assert played.step.elapsed_s == pytest.approx(3.9, abs=0.3)
    assert [block.speed_mps for block in played.blocks()] == [2.0, 2.8]


def test_the_estimate_of_the_picture_and_a_late_entry_split_nothing(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(1)
    for speed, source in (
        (2.6, BeltSource.PICTURE),
        (3.0, BeltSource.PICTURE),
        (float("nan"), BeltSource.NONE),
        (2.8, BeltSource.ENTERED),
    ):
        played.give(played.belt(speed, source))
    assert len(played.blocks()) == 1
    assert played.blocks()[0].speed_mps == 2.8


def test_missing_pictures_end_a_block_and_not_its_step(played: Played) -> None:
    to_step(played, "cue")
    played.run_for(2)
    played.run.no_pictures()
    assert played.missing[0] == "camera_lost"
    played.give(wait_s=30.0)
    assert "camera_lost" not in played.missing
    assert played.blocks()[0].split == "camera_lost"
    played.run_for(3)
    assert played.step.elapsed_s == pytest.approx(5.0, abs=0.3)


def test_pictures_that_stop_unnoticed_do_so_too(played: Played) -> None:
    to_step(played, "cue")
    played.run_for(2)
    played.give(wait_s=30.0)
    assert played.blocks()[0].split == "camera_lost"
    assert played.step.elapsed_s < 2.5


def test_next_on_a_step_that_is_over_changes_nothing(played: Played) -> None:
    assert played.run.next("warm_up") == "ok"
    before = played.run.status
    for press in (played.run.next, played.run.skip, played.run.repeat, played.run.go_on):
        assert press("warm_up") == "step_over"
    assert played.run.stop_by_pain("warm_up") == "step_over"
    assert played.run.answer("warm_up") == "step_over"
    assert played.run.status == before


def test_next_keeps_what_was_lacking(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(2)
    played.run.next("baseline")
    left = played.at("baseline")
    assert (left.state, left.missing[0].code) == (StepState.DONE, "strides")
    assert played.run.next("cue") == "ok"
    assert played.at("cue").state is StepState.SKIPPED


def test_a_repeated_step_replaces_the_earlier_one_whose_blocks_stay(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(3)
    assert played.run.repeat("baseline") == "ok"
    assert (played.step.id, played.step.of) == ("baseline.3", "baseline")
    assert (played.step.strides, played.step.elapsed_s) == (0, 0.0)
    assert played.at("baseline").state is StepState.REPEATED
    assert played.blocks()[0].state is StepState.REPEATED
    played.run_for(7)
    assert played.step.id == "cue"


def test_an_earlier_step_is_repeated_before_the_current_one_goes_on(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(6.5)
    played.run_for(2)
    assert played.step.id == "cue"
    assert played.run.repeat("cue", "baseline") == "ok"
    assert played.step.of == "baseline"
    assert played.at("baseline").state is StepState.REPEATED
    played.run_for(6.5)
    assert played.step.id == "cue"
    assert played.step.elapsed_s > 1.5
    assert played.run.repeat("cue", "retention") == "unknown_step"
    assert played.run.repeat("cue", "patient") == "unknown_step"


def test_pain_stops_a_step_and_the_next_waits_until_it_may_go_on(played: Played) -> None:
    to_step(played, "cue")
    played.run_for(2)
    assert played.run.stop_by_pain("cue") == "ok"
    assert played.at("cue").state is StepState.STOPPED
    assert played.blocks()[-1].state is StepState.STOPPED
    played.run_for(8)
    assert (played.step.id, played.missing[0]) == ("retention", "after_pain")
    assert played.step.strides == 0
    played.run.go_on("retention")
    played.run_for(2)
    assert played.step.strides > 0


def test_the_answer_about_pain_ends_its_step(played: Played) -> None:
    to_step(played, "pain")
    assert played.run.answer("pain") == "ok"
    assert (played.at("pain").state, played.step.id) == (StepState.DONE, "other_side")


def test_the_other_side_begins_once_the_runner_has_turned(played: Played) -> None:
    played.do(WALK, 1)
    to_step(played, "other_side")
    played.do(STAND, 3)
    (missing,) = played.step.missing
    assert (missing.code, dict(missing.params)) == ("turn_round", {"side": "left"})
    played.side = Side.LEFT
    played.do(STAND, 0.5)
    assert played.step.id == "other_side"
    played.do(STAND, 1)
    assert (played.step.id, played.step.side) == ("baseline.2", Side.LEFT)
    played.run_for(6)
    assert played.at("baseline.2").state is StepState.DONE
    assert played.blocks()[-1].side is Side.LEFT


def test_a_step_of_the_other_side_counts_no_strides_of_the_first(played: Played) -> None:
    played.do(WALK, 1)
    to_step(played, "baseline.2")
    played.run_for(5)
    assert (played.step.strides, played.missing[0]) == (0, "far_leg")
    assert len(played.blocks()) == 1


def test_without_the_other_side_nothing_of_it_is_run(played: Played) -> None:
    to_step(played, "other_side")
    played.run.skip("other_side")
    assert played.at("baseline.2").state is StepState.SKIPPED
    assert played.step.id == "calf_raises"


def test_a_leg_that_turns_away_ends_the_block(played: Played) -> None:
    to_step(played, "cue")
    played.run_for(2)
    played.side = Side.LEFT
    played.run_for(3)
    assert (played.blocks()[-1].split, played.missing[0]) == ("other_leg", "far_leg")


@pytest.mark.parametrize(
    ("codes", "cue", "why"),
    [
        ([(Fault.KNEES_FORWARD, "red", "sit_back")], "sit_back", "hips_forward"),
        ([(Fault.KNEES_FORWARD, "amber", "cadence")], "cadence", "knees_only"),
        (
            [(Fault.KNEES_FORWARD, "green", None), (Fault.BENT_PUSH_OFF, "red", "cadence")],
            "cadence",
            "push_off",
        ),
        (
            [(Fault.KNEES_FORWARD, "red", "sit_back"), (Fault.BENT_PUSH_OFF, "red", "cadence")],
            "sit_back",
            "hips_forward",
        ),
        (
            [(Fault.KNEES_FORWARD, "green", None), (Fault.BENT_PUSH_OFF, "green", None)],
            "cadence",
            "no_fault",
        ),
        ([(Fault.KNEES_FORWARD, "unknown", None)], "cadence", "not_judged"),
        # The last answer stands, though the verdict was withdrawn since.
        (
            [(Fault.KNEES_FORWARD, "red", "sit_back"), (Fault.KNEES_FORWARD, "unknown", None)],
            "sit_back",
            "hips_forward",
        ),
    ],
)
def test_the_baseline_asks_for_one_cue(
    codes: list[tuple[Fault, str, str | None]], cue: str, why: str
) -> None:
    played = Played()
    to_step(played, "baseline")
    played.run_for(1)
    for fault, state, asked in codes:
        played.give(verdict(fault, VerdictState(state), asked))
    played.run.next("baseline")
    assert (played.step.cue, played.step.why) == (cue, why)


def test_verdicts_of_the_warm_up_choose_nothing(played: Played) -> None:
    played.do(WALK, 1)
    played.give(verdict(Fault.KNEES_FORWARD, VerdictState.RED, "sit_back"))
    to_step(played, "cue")
    assert played.step.why == "not_judged"


def _update(kind: str, state: ExerciseState, **more: object) -> ExerciseUpdate:
    return ExerciseUpdate(**{"kind": kind, "state": state, "time_s": 1e6} | more)  # type: ignore[arg-type]


def _stance(side: Side) -> Stance:
    return Stance(
        side=side, knee_flexion_deg=3, shank_angle_deg=4, foot_angle_deg=-5, captured_at_s=1.0
    )


def default() -> Played:
    return Played(TemplateShelf().template("default").text, "default")


def test_a_green_check_goes_on_and_a_fault_that_spoils_everything_waits() -> None:
    played = default()
    assert (played.step.id, played.run.exercise) == ("set_up", ("set_up", "set_up", 0))
    fix = Finding(name="light", result=Result.FIX, code="dark", value=1.0, unit="")
    fine = Finding(name="lens_height", result=Result.FIX, code="high", value=1.0, unit="m")
    played.give(_update("set_up", ExerciseState.DONE, findings=(fix, fine)))
    (missing,) = played.step.missing
    assert (missing.code, dict(missing.params)) == ("set_up_fix", {"checks": "light"})
    played.run.repeat("set_up")
    assert played.run.exercise == ("set_up.2", "set_up", 0)
    played.give(_update("set_up", ExerciseState.DONE, findings=(fine,)))
    assert (played.step.id, played.run.exercise) == ("neutral", ("neutral", "neutral", 0))


def test_going_on_anyway_is_kept_in_the_record() -> None:
    played = default()
    fix = Finding(name="roll", result=Result.FIX, code="clockwise", value=3.0, unit="deg")
    played.give(_update("set_up", ExerciseState.DONE, findings=(fix,)))
    played.run.next("set_up")
    left = played.at("set_up")
    assert (left.state, left.missing[0].code) == (StepState.DONE, "set_up_fix")


def test_a_check_that_found_something_is_repeated_until_it_is_put_right() -> None:
    played = default()
    fix = Finding(name="light", result=Result.FIX, code="dark", value=1.0, unit="")
    played.give(_update("set_up", ExerciseState.DONE, findings=(fix,)))
    assert played.run.exercise == ("set_up", "set_up", 1)
    played.give(_update("set_up", ExerciseState.MEASURING, code="looking"))
    # What is to be put right stays in view while the next check measures.
    assert played.missing == ["set_up_fix"]
    played.give(_update("set_up", ExerciseState.DONE, findings=(replace(fix, code="no_runner"),)))
    assert (played.missing, played.run.exercise) == (["runner"], ("set_up", "set_up", 2))
    played.give(_update("set_up", ExerciseState.DONE))
    assert played.step.id == "neutral"


def test_a_stance_that_is_not_found_is_looked_for_again_and_may_be_skipped() -> None:
    played = default()
    to_step(played, "neutral")
    played.give(_update("neutral", ExerciseState.FAILED, code="moving"))
    assert played.run.exercise == ("neutral", "neutral", 1)
    for code, said, cause in (
        ("waiting", "stance_failed", "moving"),
        ("bent", "stance_failed", "bent"),
        ("still", "stance", "still"),
    ):
        played.give(_update("neutral", ExerciseState.MEASURING, code=code))
        (missing,) = played.step.missing
        assert (missing.code, dict(missing.params)) == (said, {"cause": cause})
    played.give(_update("neutral", ExerciseState.DONE, stance=_stance(Side.RIGHT)))
    assert played.step.id == "warm_up"
    again = default()
    to_step(again, "neutral")
    again.run.next("neutral")
    assert again.at("neutral").state is StepState.SKIPPED


def test_a_stance_of_the_far_leg_is_measured_again_on_the_near_one() -> None:
    played = default()
    played.do(WALK, 1)
    to_step(played, "warm_up")
    played.do(WALK, 1)
    to_step(played, "neutral.2")
    played.give(_update("neutral", ExerciseState.DONE, stance=_stance(Side.RIGHT)))
    assert (played.missing, played.run.exercise) == (["far_leg"], ("neutral.2", "neutral", 1))
    played.give(_update("neutral", ExerciseState.DONE, stance=_stance(Side.LEFT)))
    assert played.step.id == "baseline.2"


def test_a_set_in_which_the_runner_turned_round_is_begun_again(played: Played) -> None:
    to_step(played, "calf_raises")
    played.do(STAND, 1)
    played.give(_update("calf_raise", ExerciseState.DONE, code="turned"))
    assert played.missing[-1] == "raises_turned"
    assert played.run.exercise == ("calf_raises", "calf_raise", 1)
    played.give(_update("calf_raise", ExerciseState.MEASURING, code="waiting"))
    assert played.missing[-1] == "raises_turned"
    first = {"full_count": 1.0, "partial_count": 0.0}
    played.give(_update("calf_raise", ExerciseState.MEASURING, code="counting", values=first))
    assert played.missing[-1] == "raises"
    played.give(_update("calf_raise", ExerciseState.DONE, code="stopped"))
    assert played.step.id == "result"


def test_raises_that_could_not_be_counted_are_tried_again(played: Played) -> None:
    to_step(played, "calf_raises")
    played.do(STAND, 1)
    played.give(_update("calf_raise", ExerciseState.FAILED, code="no_standing"))
    assert (played.missing[-1], played.run.exercise) == (
        "raises_failed",
        ("calf_raises", "calf_raise", 1),
    )


def test_raises_of_an_exercise_that_is_not_there_are_said_to_be_missing(played: Played) -> None:
    to_step(played, "calf_raises")
    assert played.run.exercise == ("calf_raises", "calf_raise", 0)
    played.run.no_exercise()
    assert "exercise_unknown" in played.missing


def test_raises_on_the_far_leg_are_refused(played: Played) -> None:
    played.do(WALK, 1)
    to_step(played, "calf_raises")
    played.side = Side.LEFT
    played.do(STAND, 3)
    assert played.missing[0] == "far_leg"
    assert played.blocks()[-1].kind is not StepKind.CALF_RAISES


def test_raises_that_are_over_end_their_step_and_its_block(played: Played) -> None:
    to_step(played, "calf_raises")
    played.do(STAND, 3)
    played.give(_update("calf_raise", ExerciseState.DONE))
    assert played.step.id == "result"
    assert played.blocks()[-1].kind is StepKind.CALF_RAISES


def test_the_visit_is_over_after_its_result(played: Played) -> None:
    to_step(played, "result")
    assert played.screen() is Screen.THANKS
    played.run.next("result")
    status = played.run.status
    assert (status.over, status.current, status.step) == (True, "", None)
    assert played.run.next("result") == "step_over"
    played.give()


def test_stopping_a_visit_keeps_its_blocks(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(3)
    played.run.stop()
    assert played.run.status.over
    assert (played.blocks()[-1].state, isnan(played.blocks()[-1].end_s)) == (
        StepState.STOPPED,
        False,
    )


def test_a_recording_that_fails_is_said_and_goes_on_in_another_session(played: Played) -> None:
    to_step(played, "cue")
    played.run_for(2)
    played.run.follow_session("")
    assert played.missing[0] == "not_recorded"
    played.run_for(3)
    assert len(played.blocks()) == 1
    played.run.follow_session("s2")
    played.run_for(2)
    assert [block.session for block in played.blocks()] == ["s1", "s2"]
    assert played.blocks()[0].split == "new_session"


def test_a_visit_goes_on_after_a_restart_where_it_was(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(4)
    played.do(STAND, 3)
    before = played.step
    played.again()
    assert played.step.id == "baseline"
    played.run_for(2.5)
    assert played.at("baseline").elapsed_s == pytest.approx(before.elapsed_s + 2.4, abs=0.2)
    assert played.at("baseline").strides > before.strides
    assert [block.session for block in played.blocks()][:2] == ["s1", "s2"]


def test_a_stride_known_only_in_the_next_step_counts_where_it_was_run(played: Played) -> None:
    to_step(played, "baseline")
    played.run_for(4)
    before = played.step.strides
    ended_s = played.time_s - 0.05
    played.run.next("baseline")
    played.give(stride(ended_s - STRIDE_S))
    assert (played.at("baseline").strides, played.step.strides) == (before + 1, 0)


def test_a_late_stride_of_the_speed_before_counts_for_nothing(played: Played) -> None:
    to_step(played, "baseline")
    played.give(played.belt(2.8))
    played.run_for(4)
    ended_s = played.time_s - 0.05
    played.give(played.belt(3.2))
    played.run_for(0.1)
    played.give(stride(ended_s - STRIDE_S))
    assert played.step.strides == 0


def test_a_stride_beyond_the_end_of_its_block_is_taken_back(played: Played) -> None:
    to_step(played, "cue")
    played.run_for(3)
    before, on_s = played.step.strides, played.time_s
    played.do(STAND, 1)
    played.give(stride(on_s + 0.2 - STRIDE_S))
    assert played.step.strides == before + 1
    played.do(STAND, 2)
    assert played.blocks()[-1].end_s == pytest.approx(on_s)
    assert played.step.strides == before


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_template_can_be_pressed_through(name: str) -> None:
    played = Played(TemplateShelf().template(name).text, name)
    for _ in played.run.status.steps:
        if not played.run.status.over:
            played.give()
            assert played.run.next(played.step.id) == "ok"
    assert played.run.status.over


def test_the_end_of_one_legs_raises_is_not_the_end_of_the_others() -> None:
    played = default()
    to_step(played, "calf_raises")
    played.do(STAND, 1)
    played.run.next("calf_raises")
    # What the station reports of the set that was stopped, one frame later.
    played.give(_update("calf_raise", ExerciseState.DONE, time_s=played.time_s))
    assert played.step.id == "calf_raises.2"
    played.give(_update("calf_raise", ExerciseState.DONE))
    assert played.step.id == "result"


def test_a_cadence_that_was_reached_ends_its_step() -> None:
    played = Played(SHORT.replace('"auto"', '"cadence"\nmetronome = true'))
    to_step(played, "cue")
    played.run_for(1)
    assert (played.run.plan.cue, played.run.plan.metronome) == ("cadence", True)
    gate = FeedbackGate(time_s=0.0, on=False, reason=GateReason.REACHED, step="other")
    played.give(gate)
    assert played.step.id == "cue"
    played.give(replace(gate, step="cue"))
    assert played.step.id == "retention"


def test_feedback_is_planned_only_while_a_cue_is_run(played: Played) -> None:
    for id_ in ("warm_up", "baseline"):
        to_step(played, id_)
        played.run_for(1)
        assert played.run.plan.cue is None
    to_step(played, "cue")
    assert played.run.plan.cue is None
    played.run_for(2)
    plan = played.run.plan
    assert (plan.cue, plan.step) == ("cadence", "cue")
    assert played.time_s - plan.since_s == pytest.approx(played.step.elapsed_s, abs=0.01)
    played.do(STAND, 4)
    assert played.run.plan.cue is None
    played.run_for(1)
    plan = played.run.plan
    assert played.time_s - plan.since_s == pytest.approx(played.step.elapsed_s, abs=0.01)
    to_step(played, "retention")
    played.run_for(1)
    assert played.run.plan.cue is None
