"""Orders carried out for real: a pipeline on synthetic poses, a recorder on a real disk."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from bridge import SETTINGS, Bridge, at, standing
from fakes import end, hand, still_frame
from recordings import record
from stored import gait_rooms
from synthetic import Runner

from edge.messages.feedback import FeedbackPlan
from edge.messages.notice import Notice
from edge.messages.reading import Belt
from edge.messages.seen import Seen, Stance
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Bands, Cue, CueKind, Fault, Verdict
from edge.record.store import Store
from edge.serve.wire import commands, session_messages
from edge.serve.wire.commands import Done
from edge.serve.wire.status_messages import Exercise, Limits, Mark, Neutral, Progress, SetUp
from edge.settings.settings import Settings
from edge.station.assembly import build_rig

RUN = record(Runner(), 9.0).poses
CLIPS = Path(__file__).parents[1] / "clips"
# How far a captured neutral stance may be off the truth.
NEUTRAL_DEG = 4.0


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    made = Bridge(tmp_path)
    yield made
    made.close()


def test_a_session_is_begun_marked_and_ended_on_the_disk(bridge: Bridge, tmp_path: Path) -> None:
    began = bridge.order(commands.StartSession, runner="R-07", belt_speed_mps=3.2, incline_pct=1.0)
    assert began == Done()
    session = bridge.hub.last(session_messages.Session)
    assert (session.runner, session.recording) == ("R-07", True)
    assert (session.belt_speed_mps, session.incline_pct) == (3.2, 1.0)
    bridge.give(RUN[:120])
    assert bridge.order(commands.SetMark, kind="pain_now", note="left calf") == Done()
    mark = bridge.hub.last(Mark)
    assert (mark.kind, mark.note) == ("pain_now", "left calf")
    assert mark.time_s == pytest.approx(RUN[119].time_s)
    assert bridge.order(commands.StopSession) == Done()
    assert bridge.hub.last(session_messages.Session).name == ""
    bridge.close()
    with Store(tmp_path, create=False) as store:
        (kept,) = store.sessions(runner="R-07")
        assert [m.kind for m in store.read(kept).marks()] == ["pain_now"]


def test_what_needs_a_session_says_so_without_one(bridge: Bridge) -> None:
    for done in (
        bridge.order(commands.StopSession),
        bridge.order(commands.SetMark, kind="pain_now"),
    ):
        assert done == Done("no_session", "No session is being recorded.")


def test_a_station_that_records_nothing_says_so() -> None:
    bridge = Bridge(None)
    assert bridge.order(commands.StartSession, runner="R-07").code == "no_recording"
    assert bridge.order(commands.StopSession).code == "no_recording"
    assert bridge.order(commands.SetBelt, speed_mps=3.0) == Done()
    assert bridge.hub.last(session_messages.Session).belt_speed_mps == 3.0
    bridge.close()


def test_the_belt_reaches_the_pipeline_and_its_limits(bridge: Bridge) -> None:
    before = bridge.hub.last(session_messages.Session)
    assert before.belt_speed_mps == 0
    assert bridge.order(commands.SetBelt, speed_mps=4.0) == Done()
    assert bridge.order(commands.SetBelt, incline_pct=2.0) == Done()
    outcome = bridge.pipeline.follow(RUN[0])
    assert outcome.seen.belt == Belt(speed_mps=4.0, incline_pct=2.0)
    limits = [m for m in outcome.messages if isinstance(m, Bands)]
    bent = [m.amber for m in limits if m.fault is Fault.BENT_PUSH_OFF]
    assert bent == pytest.approx([22.5 - 2.3 * 1.5] * 2)


def test_a_disk_that_refuses_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    bridge = Bridge(tmp_path / "file")
    done = bridge.order(commands.StartSession, runner="R-07")
    assert done.code == "disk"
    assert done.text.endswith(".")
    assert bridge.hub.last(session_messages.Session).notice.startswith("recording stopped")
    bridge.close()


def test_thresholds_change_the_verdicts_limits_for_everybody(bridge: Bridge) -> None:
    assert bridge.order(
        commands.SetThresholds, knee_toe_amber_pct=2.0, knee_toe_red_pct=6.0
    ).code == ("ok")
    limits = bridge.hub.last(Limits)
    assert (limits.knee_toe_amber_pct, limits.knee_toe_red_pct) == (2.0, 6.0)
    told = [m for m in bridge.pipeline.follow(RUN[0]).messages if isinstance(m, Bands)]
    assert {m.red for m in told if m.fault is Fault.KNEES_FORWARD} == {6.0}
    # Of one pair only one given: it is held against the other that is in force.
    assert bridge.order(commands.SetThresholds, knee_toe_red_pct=1.0).code == "limits"
    # Each of these would be refused in a file, too: no room to leave a state, below nought when
    # scaled to a quick belt, out of range.
    for wrong in (
        {"knee_toe_amber_pct": 2.0, "knee_toe_red_pct": 2.5},
        {"push_off_amber_deg": 2.0},
        {"push_off_amber_deg": 20.0, "push_off_red_deg": 179.0},
        {"knee_toe_amber_pct": -45.0},
    ):
        answer = bridge.order(commands.SetThresholds, **wrong)
        assert answer.code == "limits", wrong
        assert answer.text.startswith("Setting"), answer.text
    assert bridge.hub.last(Limits) == limits


def test_the_neutral_stance_is_measured_kept_and_the_zero_of_plantarflexion(
    bridge: Bridge, tmp_path: Path
) -> None:
    without = bridge.give(RUN)
    bridge.order(commands.StartSession, runner="R-07")
    assert bridge.order(commands.CaptureNeutral) == Done()
    assert bridge.hub.last(Neutral).state is Progress.MEASURING
    bridge.give(at(standing(), 10.0))
    neutral = bridge.hub.last(Neutral)
    assert (neutral.state, neutral.kept, neutral.code) == (Progress.DONE, True, "done")
    relative = bridge.give(at(RUN, 16.0))
    before, after = (
        np.nanmedian([s.value("plantarflexion_deg") for s in strides if s.near])
        for strides in (without, relative)
    )
    assert np.isfinite(after)
    assert after != before
    # Knee angles stay as they were: their limits are absolute.
    assert np.nanmedian(
        [s.value("knee_flexion_peak_deg") for s in relative if s.near]
    ) == pytest.approx(
        np.nanmedian([s.value("knee_flexion_peak_deg") for s in without if s.near]), abs=0.5
    )
    bridge.close()
    with Store(tmp_path, create=False) as store:
        (kept,) = store.sessions(runner="R-07")
        (mark,) = store.read(kept).marks()
        assert mark.kind == "neutral"
        # What was measured comes again from the stored poses, stance and all.
        replayed: list[StrideMetrics] = []
        rooms = gait_rooms(SETTINGS)
        for seen, _ in store.read(kept).poses().seen():
            replayed += [m for m in rooms.replay(seen).messages if isinstance(m, StrideMetrics)]
        assert [repr(s) for s in replayed] == [repr(s) for s in store.read(kept).strides()]


def test_a_runner_who_stands_still_on_a_film_is_measured_by_the_real_model(
    models_dir: Path,
) -> None:
    truth = json.loads((CLIPS / "stands_then_runs.truth.json").read_text(encoding="utf-8"))
    bridge = Bridge(None, build_rig(Settings(), models_dir, smaller=False).pipeline)
    assert bridge.order(commands.CaptureNeutral) == Done()
    outcomes = bridge.film(CLIPS / "stands_then_runs.mp4")
    bridge.close()
    neutral = bridge.hub.last(Neutral)
    assert (neutral.state, neutral.code) == (Progress.DONE, "done")
    # Before the belt started.
    assert neutral.captured_at_s < truth["still_s"][1]
    for name, true_deg in truth["standing"].items():
        assert getattr(neutral, name) == pytest.approx(true_deg, abs=NEUTRAL_DEG), name

    stance = outcomes[-1].seen.neutral
    assert stance is not None
    assert stance.side == truth["near_side"]
    seen = [outcome.seen for outcome in outcomes]
    strides = near_strides(seen)
    # By quiet standing, not by the flat foot of mid stance.
    running = [s.value("plantarflexion_deg") for s in strides if s.valid]
    # The first step after standing has no toe-off: how the foot lies flat is not known yet.
    assert np.isfinite(running[1:]).all()
    true_deg = [
        stride["plantarflexion_deg"]
        for stride in truth["strides"]
        if stride["gait"] == "run" and stride["start_s"] > strides[0].start_s
    ]
    assert len(running) >= 4
    assert np.nanmedian(running) == pytest.approx(np.median(true_deg), abs=NEUTRAL_DEG)
    # The stance is their zero: with toes 10 degrees higher in it, each points 10 degrees lower.
    higher = replace(stance, foot_angle_deg=stance.foot_angle_deg + 10)
    for stride, other in zip(strides, near_strides(seen, higher), strict=True):
        assert other.value("plantarflexion_deg") == pytest.approx(
            stride.value("plantarflexion_deg") + 10, nan_ok=True
        )


def near_strides(seen: list[Seen], neutral: Stance | None = None) -> list[StrideMetrics]:
    """Return what comes of the near leg once more; with this neutral stance, if one is given."""
    rooms = gait_rooms()
    replayed = [
        rooms.replay(one if neutral is None else replace(one, neutral=neutral)) for one in seen
    ]
    return [
        message
        for outcome in replayed
        for message in outcome.messages
        if isinstance(message, StrideMetrics) and message.near
    ]


def test_another_runner_does_not_inherit_a_stance(bridge: Bridge) -> None:
    bridge.order(commands.StartSession, runner="R-07")
    bridge.order(commands.CaptureNeutral)
    bridge.give(standing())
    assert bridge.hub.last(Neutral).kept
    bridge.order(commands.StartSession, runner="R-08")
    assert not bridge.hub.last(Neutral).kept
    assert bridge.pipeline.follow(at(RUN, 9.0)[0]).seen.neutral is None


def test_nothing_that_was_entered_or_measured_outlives_a_session(bridge: Bridge) -> None:
    bridge.order(commands.StartSession, runner="R-07", belt_speed_mps=4.0, incline_pct=1.0)
    bridge.give(standing())
    bridge.order(commands.CaptureNeutral)
    bridge.give(at(standing(), 5.0))
    assert bridge.hub.last(Neutral).kept
    bridge.order(commands.StopSession)
    # The camera stands still, so that nothing else tells one runner from the next.
    assert bridge.order(commands.StartSession, runner="R-08") == Done()
    assert not bridge.hub.last(Neutral).kept
    session = bridge.hub.last(session_messages.Session)
    assert (session.runner, session.belt_speed_mps, session.started_s) == ("R-08", 0.0, None)
    seen = bridge.pipeline.follow(at(RUN, 11.0)[0]).seen
    assert (seen.neutral, seen.belt, seen.fresh) == (None, Belt(), True)


def test_a_runner_who_is_started_again_at_once_keeps_stance_and_belt(bridge: Bridge) -> None:
    bridge.order(commands.StartSession, runner="R-07", belt_speed_mps=4.0)
    bridge.order(commands.CaptureNeutral)
    bridge.give(standing())
    bridge.order(commands.StartSession, runner="R-07")
    assert bridge.hub.last(Neutral).kept
    assert bridge.hub.last(session_messages.Session).belt_speed_mps == 4.0


def test_the_end_of_a_session_forgets_the_runner_who_runs_on(bridge: Bridge) -> None:
    bridge.order(commands.StartSession, runner="R-07")
    bridge.give(RUN)
    bridge.order(commands.GiveCue, kind="cadence")
    limits = bridge.hub.last(Limits)
    assert limits.baseline_spm is not None
    assert limits.cadence_is_cue
    bridge.order(commands.StopSession)
    outcome = bridge.give_one(at(RUN, 9.0)[0])
    assert [m.reason.code for m in outcome.messages if isinstance(m, Verdict)] == [
        "session_ended"
    ] * 2
    limits = bridge.hub.last(Limits)
    assert (limits.baseline_spm, limits.cadence_is_cue) == (None, False)


def test_a_target_is_that_of_a_cue_only_until_the_next(bridge: Bridge) -> None:
    bridge.give(RUN)
    assert not bridge.hub.last(Limits).cadence_is_cue, "ten strides alone ask for nothing"
    bridge.order(commands.GiveCue, kind="cadence")
    assert bridge.hub.last(Limits).cadence_is_cue
    bridge.order(commands.GiveCue, kind="praise")
    assert not bridge.hub.last(Limits).cadence_is_cue


def test_a_step_of_a_visit_allows_its_cue_alone(bridge: Bridge) -> None:
    for index, (plan, kind, code) in enumerate(
        (
            (FeedbackPlan(step="baseline"), "sit_back", "no_feedback"),
            (FeedbackPlan(step="cue", cue=CueKind.CADENCE), "sit_back", "other_cue"),
            (FeedbackPlan(step="cue", cue=CueKind.CADENCE), "cadence", "ok"),
            (FeedbackPlan(step="cue", cue=CueKind.CADENCE), "praise", "ok"),
            (None, "sit_back", "ok"),
        )
    ):
        bridge.pipeline.coaching.use_plan(plan)
        bridge.give_one(RUN[index])
        assert bridge.order(commands.GiveCue, kind=kind).code == code


def test_a_target_is_shown_only_in_a_step_with_the_cadence_cue(bridge: Bridge) -> None:
    coaching = bridge.pipeline.coaching
    coaching.use_plan(FeedbackPlan(step="cue", cue=CueKind.CADENCE, feedback_pct=25.0))
    bridge.give(RUN[:5])
    assert bridge.hub.last(Limits).cadence_is_cue
    bridge.order(commands.GiveCue, kind="cadence")
    coaching.use_plan(FeedbackPlan(step="retention"))
    bridge.give(RUN[5:10])
    assert not bridge.hub.last(Limits).cadence_is_cue


def test_a_session_keeps_the_feedback_that_it_was_run_under(bridge: Bridge, tmp_path: Path) -> None:
    bridge.pipeline.coaching.use_plan(FeedbackPlan(step="baseline"))
    bridge.order(commands.StartSession, runner="R-07")
    bridge.give(RUN[:30])
    bridge.pipeline.coaching.use_plan(FeedbackPlan(step="cue", cue=CueKind.SIT_BACK))
    bridge.give(RUN[30:40])
    bridge.order(commands.StopSession)
    bridge.close()
    with Store(tmp_path, create=False) as store:
        gates = store.read(store.session("last")).feedback()
    told = [(gate.step, gate.on, gate.time_s) for gate in gates]
    assert told == [("baseline", False, RUN[0].time_s), ("cue", True, RUN[30].time_s)]


@pytest.mark.parametrize("code", ["camera_moved", "camera_turned"])
def test_a_stance_is_withdrawn_and_said_to_be_when_the_camera_moves(
    bridge: Bridge, code: str
) -> None:
    bridge.order(commands.CaptureNeutral)
    bridge.give(standing())
    notice = Notice(code, **({"deg": 2.5} if code == "camera_turned" else {}))
    for pose in at(RUN, 9.0)[:20]:
        frame = replace(still_frame(pose.frame_index), time_s=pose.time_s)
        outcome = bridge.pipeline.follow(pose, frame=frame, notices=(notice,))
        hand(bridge.controller, frame, outcome, 9.0)
    told = bridge.hub.last(Neutral)
    assert (told.kept, told.code, told.state) == (False, "camera_moved", Progress.NONE)
    assert "camera moved" in told.text
    assert outcome.seen.neutral is None
    # Measured anew, with the camera as it stands now, it stays.
    bridge.order(commands.CaptureNeutral)
    for pose in at(standing(), 12.0):
        frame = replace(still_frame(pose.frame_index), time_s=pose.time_s)
        outcome = bridge.pipeline.follow(pose, frame=frame, notices=(notice,))
        hand(bridge.controller, frame, outcome, 9.0)
    assert bridge.hub.last(Neutral).kept


def test_a_stance_can_be_forgotten(bridge: Bridge) -> None:
    bridge.order(commands.CaptureNeutral)
    bridge.give(standing())
    assert bridge.order(commands.ClearNeutral) == Done()
    assert bridge.hub.last(Neutral).state is Progress.NONE
    assert bridge.pipeline.follow(at(RUN, 9.0)[0]).seen.neutral is None


def test_a_cue_is_given_at_once_and_an_unknown_one_is_not(bridge: Bridge) -> None:
    assert bridge.order(commands.GiveCue, kind="sit_back") == Done()
    assert "barstool" in bridge.hub.last(Cue).wording
    assert bridge.order(commands.GiveCue, kind="jump").code == "unknown_cue"


def test_an_exercise_is_begun_by_its_name_and_told(bridge: Bridge) -> None:
    assert bridge.order(commands.StartExercise, kind="walking") == Done()
    begun = bridge.hub.last(Exercise)
    assert (begun.kind, begun.state, begun.code) == ("walking", Progress.MEASURING, "waiting")
    bridge.give(RUN)
    told = [m for m in bridge.hub.told if isinstance(m, Exercise)]
    assert {(m.kind, m.code) for m in told} >= {("running", "on"), ("walking", "waiting")}
    assert bridge.order(commands.StopExercise, kind="walking") == Done()
    assert bridge.hub.last(Exercise).state is Progress.NONE
    for order in (commands.StartExercise, commands.StopExercise):
        assert bridge.order(order, kind="juggling").code == "unknown_exercise"


def test_a_session_that_begins_with_a_stance_keeps_it(bridge: Bridge, tmp_path: Path) -> None:
    bridge.order(commands.CaptureNeutral)
    bridge.give(standing())
    bridge.order(commands.StartSession, runner="R-07")
    bridge.give(at(RUN, 6.0))
    bridge.close()
    with Store(tmp_path, create=False) as store:
        (kept,) = store.sessions(runner="R-07")
        (mark,) = store.read(kept).marks()
        assert (mark.kind, mark.time_s) == ("neutral", kept.origin_s)
        assert mark.data is not None
        assert set(mark.data) == {field.name for field in fields(Stance)}


def test_a_set_up_check_is_kept_with_the_session(bridge: Bridge, tmp_path: Path) -> None:
    bridge.order(commands.StartSession, runner="R-07")
    bridge.order(commands.CheckSetUp)
    bridge.give(RUN)
    bridge.close()
    with Store(tmp_path, create=False) as store:
        (mark,) = store.read(store.sessions(runner="R-07")[0]).marks()
        assert mark.kind == "set_up"
        assert mark.data is not None
        assert mark.data["frame_rate"] == "well"


def test_the_set_up_check_ends_with_its_lines(bridge: Bridge) -> None:
    assert bridge.order(commands.CheckSetUp) == Done()
    assert bridge.hub.last(SetUp).state is Progress.MEASURING
    bridge.give(RUN)
    told = bridge.hub.last(SetUp)
    assert told.state is Progress.DONE
    assert {check.name for check in told.checks} == {
        "frame_rate",
        "light",
        "blur",
        "runner_size",
        "centre",
        "squareness",
        "roll",
        "lens_height",
        "feet",
    }


def test_the_runners_cadence_and_its_target_are_told_once_learnt(bridge: Bridge) -> None:
    assert bridge.hub.last(Limits).baseline_spm is None
    bridge.give(RUN)
    limits = bridge.hub.last(Limits)
    assert limits.baseline_spm is not None
    assert limits.target_low_spm > limits.baseline_spm


def test_after_the_end_orders_are_refused(bridge: Bridge) -> None:
    end(bridge.controller)
    assert bridge.order(commands.StopSession).code == "ended"
