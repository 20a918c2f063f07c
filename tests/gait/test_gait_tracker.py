"""The gait room's door: poses in; events, strides and state out, whatever happens on the belt."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from recordings import EXACT, Flaws, mirrored, poses_of, record, shifted, strides_of, tracked
from synthetic import GOOD, WALK, Camera, Form, Runner, standing_px

from edge.gait.gait_tracker import GaitMessage, GaitTracker
from edge.i18n.reasons import english
from edge.identity.leg_identity import LegIdentity
from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.stride import Stride

SECONDS = 4.0


@cache
def plain_poses() -> list[Pose]:
    return record(Runner(GOOD), SECONDS).poses


@cache
def plain() -> list[GaitMessage]:
    return tracked(plain_poses())


def events(messages: list[GaitMessage], *, confirmed: bool = True) -> list[GaitEvent]:
    return [m for m in messages if isinstance(m, GaitEvent) and m.confirmed is confirmed]


def states(messages: list[GaitMessage]) -> list[GaitState]:
    return [m for m in messages if isinstance(m, GaitState)]


def strides(messages: list[GaitMessage]) -> list[Stride]:
    return [m for m in messages if isinstance(m, Stride)]


def joined(*parts: list[Pose]) -> list[Pose]:
    poses: list[Pose] = []
    for part in parts:
        start = poses[-1].time_s + 1 / 60 if poses else 0.0
        poses += [
            replace(p, time_s=p.time_s + start, frame_index=len(poses) + i)
            for i, p in enumerate(part)
        ]
    return poses


def moving(form: Form, seconds: float) -> list[Pose]:
    return record(Runner(form), seconds).poses


def standing(seconds: float) -> list[Pose]:
    times = np.arange(round(seconds * 60)) / 60
    return poses_of(standing_px(Camera(), times), times)


def nobody(seconds: float) -> list[Pose]:
    times = np.arange(round(seconds * 60)) / 60
    return poses_of(np.full((times.size, 12, 2), np.nan), times)


def test_every_frame_has_one_state_at_its_end() -> None:
    found = states(plain())
    assert [s.frame_index for s in found] == [p.frame_index for p in plain_poses()]
    assert isinstance(plain()[-1], GaitState)


def test_cadence_and_belt_speed_are_the_runners() -> None:
    runner = Runner(GOOD)
    last = states(plain())[-1]
    assert last.cadence_spm == pytest.approx(runner.form.cadence_spm, rel=0.005)
    # While the foot swings backwards it is slower than the belt, so a low percentile is not it yet.
    assert last.belt_speed_px_s == pytest.approx(runner.belt_px_s, rel=0.03)
    for stride in strides_of(plain(), Side.RIGHT):
        assert stride.belt_speed_px_s == pytest.approx(runner.belt_px_s, rel=0.02)


def test_phases_are_those_of_the_legs() -> None:
    runner = Runner(GOOD)
    for state in states(plain())[120:]:
        # The state at a frame shows what was settled by then, a look-ahead and a fall later.
        for side, phase in ((Side.LEFT, state.left_phase), (Side.RIGHT, state.right_phase)):
            since = (state.time_s - runner.contact_s(side)) % runner.stride_s
            if 0.13 < since < runner.stance_s:
                assert phase is Phase.STANCE, (state.time_s, side)
            if runner.stance_s + 0.13 < since:
                assert phase is Phase.SWING, (state.time_s, side)


@pytest.mark.parametrize("facing", list(Side))
def test_facing_and_near_side_are_the_pictures(facing: Side) -> None:
    state = states(tracked(moving_to(facing)))[-1]
    assert state.facing is facing
    assert state.near_side is facing


def moving_to(facing: Side) -> list[Pose]:
    return record(Runner(GOOD, Camera(facing=facing)), 1.0).poses


def test_strides_of_a_steady_runner_follow_each_other_and_are_valid() -> None:
    for side in Side:
        found = strides_of(plain(), side)
        assert len(found) >= 3
        assert {english(s.reason) for s in found if s.start_s > 1.0} == {""}
        for before, after in pairwise(found):
            assert after.start_s == before.end_s


def test_a_stride_covers_itself_with_frames() -> None:
    for stride in strides(plain()):
        assert stride.times_s[0] <= stride.start_s
        assert stride.times_s[-1] >= stride.end_s
        assert np.diff(stride.times_s) == pytest.approx(1 / 60)
        np.testing.assert_array_equal(stride.frame_indices, np.round(stride.times_s * 60))


def test_a_stride_has_the_other_contact_inside() -> None:
    runner = Runner(GOOD)
    for stride in strides(plain()):
        step = stride.opposite_contact_s - stride.start_s
        assert step == pytest.approx(runner.stride_s / 2, abs=0.01)


@pytest.mark.parametrize("start_s", [2.0, 2.3])
@pytest.mark.parametrize("kind", ["nobody found", "no frames"])
def test_no_stride_spans_a_tracking_gap(kind: str, start_s: float) -> None:
    span = [(start_s, start_s + 0.35)]
    flaws = Flaws(lost_spans=span) if kind == "nobody found" else Flaws(dropped_spans=span)
    messages = tracked(record(Runner(GOOD), 4.2, flaws=flaws).poses)
    assert strides(messages)
    for stride in strides(messages):
        assert stride.end_s < start_s + 0.03 or stride.start_s > start_s + 0.32
        assert not english(stride.reason) or stride.start_s < 1.0
    assert any(s.start_s > start_s + 0.3 for s in strides(messages))


def test_no_stride_spans_a_break() -> None:
    poses = plain_poses()
    broken = [replace(p, breaks=True) if i == 150 else p for i, p in enumerate(poses)]
    for stride in strides(tracked(broken)):
        assert not stride.start_s < poses[150].time_s < stride.end_s


def test_a_short_hole_makes_an_invalid_stride() -> None:
    flaws = Flaws(dropped_spans=[(2.0, 2.15)])
    spanning = [
        s
        for s in strides(tracked(record(Runner(GOOD), SECONDS, flaws=flaws).poses))
        if s.start_s < 2.0 and s.end_s > 2.15
    ]
    assert spanning
    assert {english(s.reason) for s in spanning} == {"tracking gap"}
    assert not any(s.valid for s in spanning)


def test_reset_makes_the_next_recording_like_the_first() -> None:
    identity, tracker = LegIdentity(), GaitTracker(EXACT)
    tracked(moving(WALK, 2.0), identity=identity, tracker=tracker)
    identity.reset()
    tracker.reset()
    again = tracked(plain_poses(), identity=identity, tracker=tracker)
    assert events(again) == events(plain())
    for a, b in zip(strides(again), strides(plain()), strict=True):
        np.testing.assert_array_equal(a.xy_px, b.xy_px)
        assert a.belt_speed_px_s == b.belt_speed_px_s
    for state, before in zip(states(again), states(plain()), strict=True):
        assert repr(state) == repr(before)


def test_shifting_time_shifts_events_only() -> None:
    # Frame times and shift are exact in binary, so that no threshold is met by rounding.
    poses = record(Runner(GOOD), SECONDS, 64.0).poses
    first, later = events(tracked(poses)), events(tracked([shifted(p, 1024.0) for p in poses]))
    assert [(e.kind, e.side, e.near) for e in later] == [(e.kind, e.side, e.near) for e in first]
    for after, before in zip(later, first, strict=True):
        assert after.time_s - 1024.0 == pytest.approx(before.time_s, abs=1e-9)
        assert after.decided_at_s - 1024.0 == before.decided_at_s


def test_a_mirrored_runner_has_the_same_events_on_the_other_legs() -> None:
    other = events(tracked([mirrored(p) for p in plain_poses()]))
    for a, b in zip(other, events(plain()), strict=True):
        assert a.kind is b.kind
        assert a.side is b.side.other
        assert a.near == b.near
        assert a.time_s == pytest.approx(b.time_s, abs=1e-6)


def test_how_much_past_is_given_with_a_frame_changes_nothing() -> None:
    poses = plain_poses()
    outcomes = []
    for past in (20, 60, len(poses)):
        tracker = GaitTracker(EXACT)
        found: list[GaitMessage] = []
        for i in range(len(poses)):
            window = poses[max(0, i - past) : i + 1]
            found += tracker.update(window, Side.RIGHT, Runner(GOOD).leg_px)
        outcomes.append(events(found))
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_a_nearer_camera_changes_no_event() -> None:
    close = record(Runner(GOOD, Camera(px_per_m=400.0)), SECONDS).poses
    for a, b in zip(events(tracked(close)), events(plain()), strict=True):
        assert (a.kind, a.side) == (b.kind, b.side)
        assert a.time_s == pytest.approx(b.time_s, abs=1e-3)


def test_noise_dropped_frames_and_exchanged_legs_are_survived() -> None:
    flaws = Flaws(noise_px=1.5, dropped=0.04, exchanged=0.08, jitter_s=0.002, seed=2)
    runner = Runner(GOOD)
    messages = tracked(record(runner, 5.0, flaws=flaws).poses)
    for kind, tolerance_s in zip(EventKind, (0.02, 0.02, 0.03), strict=True):
        for side in Side:
            found = np.array(
                [e.time_s for e in events(messages) if (e.kind, e.side) == (kind, side)]
            )
            truth = runner.events(kind, side, 4.6)
            truth = truth[truth > 0.8]
            gaps = np.abs(found[None] - truth[:, None]).min(axis=1)
            assert (gaps < tolerance_s).mean() > 0.85, (kind, side)


def test_a_provisional_event_comes_once_before_the_confirmed_one() -> None:
    early, sure = events(plain(), confirmed=False), events(plain())
    assert len(early) > 0.8 * len(sure)
    for kind in EventKind:
        for side in Side:
            told, kept = (
                [e for e in some if (e.kind, e.side) == (kind, side)] for some in (early, sure)
            )
            assert np.diff([e.time_s for e in told]).min() > 0.5 * Runner(GOOD).stride_s
            for event in told:
                same = [e for e in kept if abs(e.time_s - event.time_s) < 0.025]
                # The last ones are still to be confirmed.
                if event.time_s < SECONDS - 0.2:
                    assert len(same) == 1
                    assert event.decided_at_s < same[0].decided_at_s
                assert event.near == (side is Side.RIGHT)


def test_strides_rest_on_confirmed_events_only() -> None:
    sure = {e.time_s for e in events(plain()) if e.kind is EventKind.INITIAL_CONTACT}
    for stride in strides(plain()):
        assert {stride.start_s, stride.end_s} <= sure


def test_nothing_provisional_is_told_across_a_gap() -> None:
    flaws = Flaws(lost_spans=[(2.0, 2.5)])
    messages = tracked(record(Runner(GOOD), SECONDS, flaws=flaws).poses)
    assert any(e.time_s > 3.0 for e in events(messages, confirmed=False))
    for event in events(messages, confirmed=False):
        assert not 2.03 < event.time_s < 2.5


def activities(poses: list[Pose]) -> list[tuple[float, Activity]]:
    """Return when each activity began."""
    changes: list[tuple[float, Activity]] = []
    for state in states(tracked(poses)):
        if not changes or changes[-1][1] is not state.activity:
            changes.append((state.time_s, state.activity))
    return changes


def test_a_whole_session_is_told_apart() -> None:
    poses = joined(
        nobody(0.5),
        standing(2.0),
        moving(WALK, 4.0),
        moving(GOOD, 3.0),
        moving(WALK, 3.5),
        standing(2.5),
        nobody(1.0),
    )
    changes = activities(poses)
    assert [a for _, a in changes] == [
        Activity.ABSENT,
        Activity.STANDING,
        Activity.WALKING,
        Activity.RUNNING,
        Activity.WALKING,
        Activity.STANDING,
        Activity.ABSENT,
    ]
    began = np.array([t for t, _ in changes])
    late = began - np.array([0.0, 0.5, 2.5, 6.5, 9.5, 13.0, 15.5])
    assert late.min() >= 0.0
    assert late.max() < 3.0


def test_a_walker_is_not_judged() -> None:
    found = strides(tracked(moving(WALK, 4.0)))
    assert found
    assert not any(s.valid for s in found)
    assert {english(s.reason) for s in found if s.start_s > 2.0} == {"walking"}


def test_a_standing_person_has_no_events() -> None:
    messages = tracked(standing(2.0))
    assert not events(messages)
    last = states(messages)[-1]
    assert last.activity is Activity.STANDING
    assert last.left_phase is Phase.UNKNOWN
    assert np.isnan(last.cadence_spm)


def test_nobody_is_absent_without_events() -> None:
    messages = tracked(nobody(1.0))
    assert not events(messages)
    assert {s.activity for s in states(messages)} == {Activity.ABSENT}
