"""The rooms together, on poses of a synthetic runner: order, settling, breaks and distrust."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from recordings import EXACT as EXACT_GAIT
from recordings import Flaws, poses_of, record
from synthetic import (
    BENT_PUSH_OFF,
    GOOD,
    KNEES_FORWARD,
    QUICK,
    WALK,
    Camera,
    Form,
    Runner,
    standing_px,
)

from edge.i18n.reasons import english
from edge.messages.frame import Frame
from edge.messages.gait import Activity, GaitEvent, GaitState
from edge.messages.message import Message
from edge.messages.outcome import Outcome
from edge.messages.pose import Pose
from edge.messages.reading import BeltSource
from edge.messages.side import Side
from edge.messages.stride import KeyPose, Stride, StrideMetrics
from edge.messages.verdict import Bands, Cue, Fault, Verdict, VerdictState
from edge.metrics.model_offsets import NO_OFFSETS
from edge.pipeline import Pipeline
from edge.settings.coaching_settings import CoachingSettings
from edge.settings.settings import Settings

EXACT = Settings(gait=EXACT_GAIT)
UNKNOWN, GREEN, AMBER, RED = (
    VerdictState.UNKNOWN,
    VerdictState.GREEN,
    VerdictState.AMBER,
    VerdictState.RED,
)


class KnownPoses:
    """An estimator with a known pose for every frame."""

    def __init__(self, poses: Iterable[Pose]) -> None:
        self._poses = {pose.frame_index: pose for pose in poses}
        self.resets = 0

    def update(self, frame: Frame) -> Pose:
        return self._poses[frame.index]

    def reset(self) -> None:
        self.resets += 1


def frames_of(poses: Iterable[Pose]) -> list[Frame]:
    image = np.zeros((2, 2, 3), np.uint8)
    return [
        Frame(index=p.frame_index, time_s=p.time_s, image=image, breaks=p.breaks) for p in poses
    ]


def a_pipeline(poses: Iterable[Pose], settings: Settings = EXACT) -> Pipeline:
    return Pipeline(KnownPoses(poses), settings, NO_OFFSETS)


def outcomes(poses: Sequence[Pose], settings: Settings = EXACT) -> list[Outcome]:
    pipeline = a_pipeline(poses, settings)
    return [pipeline.update(frame) for frame in frames_of(poses)]


def messages(poses: Sequence[Pose], settings: Settings = EXACT) -> list[Message]:
    return [message for outcome in outcomes(poses, settings) for message in outcome.messages]


def a_run(form: Form = GOOD, seconds: float = 12.0, fps: float = 60.0) -> list[Pose]:
    return record(Runner(form), seconds, fps).poses


def spoken(message: Message) -> tuple[Any, ...]:
    """Return a message in comparable form, with its arrays as bytes."""
    values = (getattr(message, field.name) for field in fields(message))
    plain = (v.tobytes() if isinstance(v, np.ndarray) else repr(v) for v in values)
    return (type(message).__name__, *plain)


def last_verdicts(given: Iterable[Message], side: Side = Side.RIGHT) -> dict[Fault, Verdict]:
    return {m.fault: m for m in given if isinstance(m, Verdict) and m.side is side}


def last_bands(
    given: Iterable[Message], side: Side = Side.RIGHT, fault: Fault = Fault.BENT_PUSH_OFF
) -> Bands:
    return [m for m in given if isinstance(m, Bands) and (m.side, m.fault) == (side, fault)][-1]


def metrics_of(given: Iterable[Message], side: Side = Side.RIGHT) -> list[StrideMetrics]:
    return [m for m in given if isinstance(m, StrideMetrics) and m.side is side]


@pytest.mark.parametrize("form", [GOOD, WALK, QUICK])
def test_reset_replays_identically(form: Form) -> None:
    flawed = record(Runner(form), 8.0, flaws=Flaws(noise_px=1.0, exchanged=0.05, dropped=0.03))
    pipeline = a_pipeline(flawed.poses)
    runs = []
    for _ in range(2):
        pipeline.reset()
        told = [m for frame in frames_of(flawed.poses) for m in pipeline.update(frame).messages]
        runs.append([spoken(message) for message in told + pipeline.finish()])
    assert runs[0] == runs[1]
    assert len(runs[0]) > len(flawed.poses)


def test_reset_forgets_the_speed_and_resets_the_estimator() -> None:
    poses = a_run()
    estimator = KnownPoses(poses)
    pipeline = Pipeline(estimator, EXACT, NO_OFFSETS)
    for frame in frames_of(poses):
        pipeline.update(frame)
    assert np.isfinite(pipeline.belt.seen_mps)
    pipeline.reset()
    assert np.isnan(pipeline.belt.seen_mps)
    assert estimator.resets == 1


def test_settled_poses_come_once_each_in_order() -> None:
    poses = record(Runner(), 6.0, flaws=Flaws(exchanged=0.1, dropped=0.05)).poses
    pipeline = a_pipeline(poses)
    settled: list[Pose] = []
    for frame in frames_of(poses):
        came = [m for m in pipeline.update(frame).messages if isinstance(m, Pose)]
        # Leave time for later frames to settle the pose.
        assert all(pose.time_s <= frame.time_s - 0.15 for pose in came)
        settled += came
    settled += [m for m in pipeline.finish() if isinstance(m, Pose)]
    assert [p.frame_index for p in settled] == [p.frame_index for p in poses]


def test_finish_gives_the_open_poses_once() -> None:
    poses = a_run(seconds=3.0)
    pipeline = a_pipeline(poses)
    before = [m for frame in frames_of(poses) for m in pipeline.update(frame).messages]
    count = sum(isinstance(m, Pose) for m in before)
    rest = pipeline.finish()
    assert 0 < len(rest) == len(poses) - count
    assert all(isinstance(m, Pose) for m in rest)
    assert pipeline.finish() == []


def test_finish_before_any_frame_gives_nothing() -> None:
    assert a_pipeline([]).finish() == []


def test_settled_poses_have_their_legs_told_apart() -> None:
    recording = record(Runner(), 8.0, flaws=Flaws(exchanged=0.08))
    told = messages(recording.poses)
    swapped = {m.frame_index for m in told if isinstance(m, Pose) and m.swapped}
    wrong = {
        pose.frame_index
        for pose, exchanged in zip(recording.poses, recording.exchanged, strict=True)
        if exchanged and 2.0 < pose.time_s < 7.8
    }
    assert wrong
    assert len(wrong & swapped) >= 0.95 * len(wrong)


def test_a_break_settles_all_before_it_and_no_stride_spans_it() -> None:
    first, second = a_run(seconds=5.0), a_run(seconds=5.0)
    seam = len(first)
    again = [
        replace(p, frame_index=p.frame_index + seam, time_s=p.time_s + 5.0, breaks=i == 0)
        for i, p in enumerate(second)
    ]
    poses = first + again
    came = outcomes(poses)
    at_seam = [m.frame_index for m in came[seam].messages if isinstance(m, Pose)]
    assert at_seam
    assert at_seam[-1] == seam - 1
    told = [m for outcome in came for m in outcome.messages]
    spans = [(m.start_s, m.end_s) for m in told if isinstance(m, StrideMetrics)]
    assert any(end < 5.0 for _, end in spans)
    assert any(start > 5.0 for start, _ in spans)
    assert not [span for span in spans if span[0] < 5.0 < span[1]]


def test_messages_come_in_the_order_in_which_they_follow_from_each_other() -> None:
    last_metrics: dict[Side, StrideMetrics] = {}
    seen = set()
    for outcome in outcomes(a_run(KNEES_FORWARD, 12.0)):
        kinds = [type(m) for m in outcome.messages]
        seen |= set(kinds)
        assert kinds.count(GaitState) == 1
        assert outcome.messages[-1] is outcome.state
        poses = kinds.count(Pose)
        assert all(kind is Pose for kind in kinds[:poses])
        assert Stride not in kinds
        for message in outcome.messages:
            if isinstance(message, StrideMetrics):
                last_metrics[message.side] = message
            if isinstance(message, Verdict):
                assert message.decided_at_s == last_metrics[message.side].decided_at_s
            if isinstance(message, KeyPose):
                stride = last_metrics[message.side]
                assert stride.start_s <= message.time_s <= stride.end_s
    assert seen >= {Pose, GaitEvent, StrideMetrics, KeyPose, Verdict, Cue, GaitState}


def test_a_verdict_is_withdrawn_before_the_state_that_says_why() -> None:
    run = a_run(seconds=10.0)
    times = 10.0 + np.arange(360) / 60
    still = poses_of(standing_px(Camera(), times), times, np.arange(600, 960))
    (withdrawing,) = (
        outcome
        for outcome in outcomes(run + still)
        if outcome.state.time_s > 10.0
        and any(
            isinstance(m, Verdict) and english(m.reason) == "standing" for m in outcome.messages
        )
    )
    assert withdrawing.state.activity is Activity.STANDING
    assert withdrawing.messages[-1] is withdrawing.state


def test_the_overlay_s_pose_is_the_newest() -> None:
    poses = a_run(seconds=2.0)
    assert [o.pose.frame_index for o in outcomes(poses)] == [p.frame_index for p in poses]


@pytest.mark.parametrize(
    ("form", "states"),
    [
        (GOOD, (GREEN, GREEN)),
        (KNEES_FORWARD, (AMBER, GREEN)),
        (BENT_PUSH_OFF, (GREEN, AMBER)),
    ],
)
def test_form_decides_the_near_leg_s_lights(
    form: Form, states: tuple[VerdictState, VerdictState]
) -> None:
    told = messages(a_run(form, 12.0))
    near, far = last_verdicts(told), last_verdicts(told, Side.LEFT)
    assert (near[Fault.KNEES_FORWARD].state, near[Fault.BENT_PUSH_OFF].state) == states
    assert {(v.state, english(v.reason)) for v in far.values()} == {(UNKNOWN, "far leg")}


def test_the_speed_entered_goes_before_the_one_seen() -> None:
    # Bent enough to be a fault at 4.3 m/s, not at the 2.5 m/s of the picture. In no other unit
    # would 4.3 be what the picture shows.
    poses = a_run(replace(GOOD, push_off_deg=17.5), 12.0)
    seen = messages(poses)
    entered = messages(poses, replace(EXACT, gait=replace(EXACT.gait, belt_speed_mps=4.3)))
    assert last_verdicts(seen)[Fault.BENT_PUSH_OFF].state is GREEN
    assert last_verdicts(entered)[Fault.BENT_PUSH_OFF].state in (AMBER, RED)
    assert metrics_of(seen) == metrics_of(entered)


def test_limits_told_are_those_that_were_judged_by_at_a_speed_nobody_entered() -> None:
    # Before, pages drew the limit of the 3 m/s that stand for an unknown speed: 21.35 degrees.
    fast = replace(GOOD, belt_mps=4.5, push_off_deg=19.5, cadence_spm=195.0, duty=0.24)
    told = messages(a_run(fast, 12.0))
    verdict = last_verdicts(told)[Fault.BENT_PUSH_OFF]
    limits = last_bands(told)
    assert verdict.state is AMBER
    assert limits.amber < verdict.mean < 21.35
    assert limits.speed_source is BeltSource.PICTURE
    assert limits.speed_mps == pytest.approx(4.5, abs=0.3)
    assert limits.amber == pytest.approx(22.5 - 2.3 * (limits.speed_mps - 2.5))


def test_limits_are_told_before_anybody_is_judged_and_when_they_change() -> None:
    poses = a_run(seconds=9.0)
    pipeline = a_pipeline(poses)
    first, *rest = (pipeline.update(frame) for frame in frames_of(poses))
    bands = [m for m in first.messages if isinstance(m, Bands)]
    assert {(m.side, m.fault) for m in bands} == {(s, f) for s in Side for f in Fault}
    assert {(m.speed_mps, m.speed_source) for m in bands} == {(3.0, BeltSource.NONE)}
    told: dict[tuple[Side, Fault], Bands] = {(m.side, m.fault): m for m in bands}
    for message in (m for outcome in rest for m in outcome.messages):
        if isinstance(message, Bands):
            before = told[message.side, message.fault]
            assert replace(message, decided_at_s=before.decided_at_s) != before
            told[message.side, message.fault] = message
    pipeline.coaching.use_limits(CoachingSettings(knee_toe_red_pct=6.0))
    later = replace(poses[-1], frame_index=len(poses), time_s=poses[-1].time_s + 1 / 60)
    changed = [m for m in pipeline.follow(later).messages if isinstance(m, Bands)]
    assert {m.red for m in changed if m.fault is Fault.KNEES_FORWARD} == {6.0}


def test_a_new_session_is_told_the_limits_anew() -> None:
    poses = a_run(seconds=4.0)
    pipeline = a_pipeline(poses)
    for frame in frames_of(poses[:-1]):
        pipeline.update(frame)
    pipeline.begin_anew()
    outcome = pipeline.update(frames_of(poses)[-1])
    assert outcome.seen.fresh
    assert len([m for m in outcome.messages if isinstance(m, Bands)]) == 4


def test_the_speed_seen_is_the_belt_s() -> None:
    poses = a_run()
    pipeline = a_pipeline(poses)
    speeds = [pipeline.belt.seen_mps for frame in frames_of(poses) if pipeline.update(frame)]
    assert np.isnan(speeds[0])
    assert speeds[-1] == pytest.approx(GOOD.belt_mps, rel=0.1)


def test_a_low_frame_rate_is_distrusted() -> None:
    told = messages(a_run(KNEES_FORWARD, 12.0, fps=24.0))
    near = last_verdicts(told)
    assert metrics_of(told)
    assert {(v.state, english(v.reason)) for v in near.values()} == {
        (UNKNOWN, "only 24 frames a second; at least 30 are needed")
    }
    assert not [m for m in told if isinstance(m, Cue)]


@pytest.mark.parametrize("fps", [29.97, 30.0, 120.0])
def test_thirty_frames_a_second_are_enough(fps: float) -> None:
    near = last_verdicts(messages(a_run(GOOD, 12.0, fps)))
    assert all(verdict.state is not UNKNOWN for verdict in near.values())
    assert all(verdict.strides >= 8 for verdict in near.values())


@pytest.mark.parametrize("centre_px", [640.0 - 190.0, 640.0 + 190.0])
def test_a_runner_off_the_middle_is_distrusted(centre_px: float) -> None:
    aside = Runner(KNEES_FORWARD, Camera(centre_px=centre_px))
    told = messages(record(aside, 12.0).poses)
    near = last_verdicts(told)
    assert metrics_of(told)
    assert {(v.state, english(v.reason)) for v in near.values()} == {
        (UNKNOWN, "runner too far from the middle of the picture")
    }
    assert {english(v.reason) for v in last_verdicts(told, Side.LEFT).values()} == {"far leg"}


def test_a_walker_gets_no_running_verdict() -> None:
    told = messages(a_run(WALK, 12.0))
    near = last_verdicts(told)
    assert {(v.state, english(v.reason)) for v in near.values()} == {(UNKNOWN, "walking")}
    assert not [m for m in metrics_of(told) if m.valid]


def test_a_facing_that_was_told_is_kept() -> None:
    told = replace(EXACT, gait=replace(EXACT.gait, facing="left"))
    left = Runner(GOOD, Camera(facing=Side.LEFT))
    states = [outcome.state for outcome in outcomes(record(left, 3.0).poses, told)]
    assert {state.facing for state in states} == {Side.LEFT}


def nobody(first: int, count: int, fps: float = 60.0) -> list[Pose]:
    """Return poses of an empty picture."""
    times = np.arange(first, first + count) / fps
    return poses_of(np.full((count, 12, 2), np.nan), times, np.arange(first, first + count))


def test_no_pose_is_lost_when_frames_come_late() -> None:
    run = a_run(seconds=4.0)
    late = [p if p.frame_index < 120 else replace(p, time_s=p.time_s + 0.4) for p in run]
    pipeline = a_pipeline(late)
    given = [m for f in frames_of(late) for m in pipeline.update(f).messages] + pipeline.finish()
    assert [m.frame_index for m in given if isinstance(m, Pose)] == [p.frame_index for p in late]


@pytest.mark.parametrize("fps", [2.5, 5.0])
def test_no_pose_is_lost_at_a_crawl(fps: float) -> None:
    poses = nobody(0, 20, fps)
    pipeline = a_pipeline(poses)
    given = [m for f in frames_of(poses) for m in pipeline.update(f).messages] + pipeline.finish()
    assert [m.frame_index for m in given if isinstance(m, Pose)] == list(range(20))


def test_a_moment_without_camera_ends_no_verdict() -> None:
    run = a_run(seconds=16.0)
    broken = [replace(p, breaks=p.frame_index == 720) for p in run]
    after = [m for o in outcomes(broken) if o.state.time_s >= 12.0 for m in o.messages]
    reasons = [english(m.reason) for m in after if isinstance(m, Verdict) and m.side is Side.RIGHT]
    assert "standing" not in reasons
    assert last_verdicts(after)[Fault.KNEES_FORWARD].state is GREEN


def test_who_comes_after_an_empty_belt_starts_anew() -> None:
    run = a_run(seconds=12.0)
    pipeline = a_pipeline(run + nobody(720, 120))
    for frame in frames_of(run):
        pipeline.update(frame)
    assert pipeline.belt.seen_mps > 0
    for frame in frames_of(nobody(720, 120)):
        pipeline.update(frame)
    assert np.isnan(pipeline.belt.seen_mps)


def test_another_person_in_the_picture_gets_no_verdict_of_the_last() -> None:
    run = a_run(seconds=13.0)
    frames = frames_of(run)
    changed = [replace(p, breaks=p.frame_index == 720) for p in run]
    pipeline = Pipeline(KnownPoses(changed), EXACT, NO_OFFSETS)
    given = [m for f in frames if f.time_s < 12.0 for m in pipeline.update(f).messages]
    assert last_verdicts(given)[Fault.KNEES_FORWARD].state is GREEN
    later = [m for f in frames if f.time_s >= 12.0 for m in pipeline.update(f).messages]
    assert last_verdicts(later)[Fault.KNEES_FORWARD].state is UNKNOWN


def test_a_steep_belt_gets_no_light() -> None:
    steep = replace(EXACT, gait=replace(EXACT.gait, incline_pct=5.0))
    verdict = last_verdicts(messages(a_run(), steep))[Fault.KNEES_FORWARD]
    assert verdict.state is UNKNOWN
    assert "incline" in english(verdict.reason)
