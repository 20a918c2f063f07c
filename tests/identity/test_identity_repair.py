"""Exchanged legs are put right: whole recordings through ``LegIdentity``."""

from functools import cache

import numpy as np
import pytest
from recordings import Flaws, Recording, mirrored, record, settled, shifted
from skeletons import BODY12
from synthetic import GOOD, KNEES_FORWARD, WALK, Camera, Form, Runner, legs_of

from edge.identity.exchange import exchange_legs
from edge.identity.leg_identity import LegIdentity
from edge.identity.tracked_legs import KEPT_S
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT, LEFT_LEG, RIGHT_LEG

SECONDS = 4.0
NOISE_PX = 1.5
LEGS = [*LEFT_LEG, *RIGHT_LEG]
# Facing is known after 0.3 s and the motion of both legs a step later.
STARTED_S = 0.75
# Nearer to each other than this on average, the legs have no wrong way round, leg lengths.
APART_LEGS = 0.15


def wrong_share(recording: Recording, poses: list[Pose], after_s: float = STARTED_S) -> float:
    """Return the share of frames whose legs are on the wrong sides in the end."""
    legs = recording.true_px[:, LEFT_LEG[1:]] - recording.true_px[:, RIGHT_LEG[1:]]
    apart = np.abs(legs).mean(axis=(1, 2)) > APART_LEGS * Runner(GOOD).leg_px
    counted = apart & [p.found and p.time_s >= after_s for p in poses]
    wrong = [p.swapped != x for p, x in zip(poses, recording.exchanged, strict=True)]
    return float(np.mean(np.array(wrong)[counted]))


@cache
def exchanged_in_bursts(fps: float = 60.0, facing: Side = Side.RIGHT) -> Recording:
    flaws = Flaws(exchanged=0.1, noise_px=NOISE_PX, merged_m=0.06, jitter_s=0.002, seed=4)
    return record(Runner(GOOD, Camera(facing=facing)), min(SECONDS, 360 / fps), fps, flaws)


@cache
def put_right(fps: float = 60.0, facing: Side = Side.RIGHT) -> list[Pose]:
    return settled(exchanged_in_bursts(fps, facing).poses)


@pytest.mark.parametrize("fps", [30.0, 60.0])
@pytest.mark.parametrize("facing", list(Side))
def test_bursts_of_exchanged_legs_are_put_right(fps: float, facing: Side) -> None:
    recording = exchanged_in_bursts(fps, facing)
    assert recording.exchanged.mean() > 0.04
    assert wrong_share(recording, put_right(fps, facing)) < 0.01


def test_a_wrong_way_round_does_not_last_a_second() -> None:
    # At this rate and seed a burst just after a crossing turns all legs round at 0.75 s.
    recording = exchanged_in_bursts(120.0, Side.LEFT)
    poses = put_right(120.0, Side.LEFT)
    assert wrong_share(recording, poses, after_s=1.0) > 0.05
    assert wrong_share(recording, poses, after_s=1.75) < 0.01


@pytest.mark.parametrize("form", [KNEES_FORWARD, WALK])
def test_every_form_keeps_its_legs(form: Form) -> None:
    flaws = Flaws(exchanged=0.1, noise_px=NOISE_PX, seed=5)
    recording = record(Runner(form), SECONDS, flaws=flaws)
    assert wrong_share(recording, settled(recording.poses)) < 0.01


def test_clean_legs_are_left_as_they_are() -> None:
    recording = record(Runner(GOOD), SECONDS)
    for pose, true_px in zip(settled(recording.poses), recording.true_px, strict=True):
        assert not pose.swapped
        np.testing.assert_array_equal(pose.xy_px, true_px)


@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_a_first_second_all_exchanged_does_not_lock_in(fps: float) -> None:
    flaws = Flaws(exchanged_spans=[(0.0, 1.0)], noise_px=NOISE_PX, seed=6)
    recording = record(Runner(GOOD), SECONDS, fps, flaws)
    assert wrong_share(recording, settled(recording.poses), after_s=1.5) < 0.01


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_dropped_frames_do_not_lose_the_legs(seed: int) -> None:
    flaws = Flaws(dropped=0.06, exchanged=0.08, noise_px=NOISE_PX, jitter_s=0.002, seed=seed)
    recording = record(Runner(GOOD), SECONDS, flaws=flaws)
    assert wrong_share(recording, settled(recording.poses)) < 0.01


@pytest.mark.parametrize("start_s", [2.0, 2.15])
@pytest.mark.parametrize("lost", [True, False], ids=["nobody found", "no frames"])
def test_a_gap_of_three_tenths_does_not_lose_the_legs(lost: bool, start_s: float) -> None:
    span = [(start_s, start_s + 0.3)]
    flaws = Flaws(
        lost_spans=span if lost else (),
        dropped_spans=() if lost else span,
        exchanged=0.08,
        noise_px=NOISE_PX,
        seed=7,
    )
    recording = record(Runner(GOOD), SECONDS, flaws=flaws)
    assert wrong_share(recording, settled(recording.poses)) < 0.01


def test_the_swapped_flag_says_what_was_done_to_the_points() -> None:
    for raw, last in zip(exchanged_in_bursts().poses, put_right(), strict=True):
        points = exchange_legs(raw).xy_px if last.swapped else raw.xy_px
        known = np.isfinite(last.xy_px)
        np.testing.assert_array_equal(last.xy_px[known], points[known])


def test_points_are_taken_away_but_never_made_up() -> None:
    for raw, last in zip(exchanged_in_bursts().poses, put_right(), strict=True):
        kept = np.isfinite(last.xy_px).all(axis=1)
        assert not set(map(tuple, last.xy_px[kept])) - set(map(tuple, raw.xy_px))


def test_a_point_far_from_every_stride_before_is_not_believed() -> None:
    recording = record(Runner(GOOD), 5.0)
    poses = list(recording.poses)
    ankle = LEFT_LEG[2]
    xy = poses[240].xy_px.copy()
    xy[ankle] += [0.0, -0.4 * Runner(GOOD).leg_px]
    poses[240] = Pose(
        frame_index=240,
        time_s=poses[240].time_s,
        size_px=poses[240].size_px,
        skeleton=BODY12,
        xy_px=xy,
        visibility=poses[240].visibility,
        depth_px=poses[240].depth_px,
        presence=1.0,
    )
    last = settled(poses)
    assert np.isnan(last[240].xy_px[ankle]).all()
    assert last[240].expected_px is not None
    error = last[240].expected_px[ankle] - recording.true_px[240, ankle]
    assert np.hypot(*error) < 0.04 * Runner(GOOD).leg_px
    others = [i for i in range(BODY_COUNT) if i != ankle]
    np.testing.assert_array_equal(last[240].xy_px[others], recording.true_px[240, others])


def test_inputs_are_left_as_they_were() -> None:
    recording = exchanged_in_bursts()
    before = [p.xy_px.copy() for p in recording.poses]
    settled(recording.poses)
    for pose, xy in zip(recording.poses, before, strict=True):
        assert not pose.swapped
        np.testing.assert_array_equal(pose.xy_px, xy)


def test_replay_after_reset_is_identical() -> None:
    poses = exchanged_in_bursts().poses
    identity = LegIdentity()
    settled(poses[:200], identity)
    identity.reset()
    for a, b in zip(put_right(), settled(poses, identity), strict=True):
        assert a.swapped == b.swapped
        np.testing.assert_array_equal(a.xy_px, b.xy_px)


def test_a_mirrored_runner_gives_mirrored_poses() -> None:
    poses = exchanged_in_bursts().poses
    for a, b in zip(put_right(), settled(map(mirrored, poses)), strict=True):
        assert a.swapped == b.swapped
        np.testing.assert_allclose(mirrored(a).xy_px, b.xy_px, atol=1e-9)


def test_a_later_time_gives_the_same_poses() -> None:
    poses = exchanged_in_bursts().poses
    for a, b in zip(put_right(), settled([shifted(p, 1024.0) for p in poses]), strict=True):
        assert a.swapped == b.swapped
        np.testing.assert_array_equal(a.xy_px, b.xy_px)


def test_the_window_is_as_long_as_the_memory_and_ends_with_the_newest() -> None:
    identity = LegIdentity()
    for pose in exchanged_in_bursts().poses:
        window = identity.update(pose)
        times = [p.time_s for p in window]
        assert times == sorted(times)
        assert times[-1] == pose.time_s
        assert times[-1] - times[0] <= KEPT_S


def test_nothing_is_carried_across_a_break() -> None:
    poses = record(Runner(GOOD), 3.0).poses
    identity = LegIdentity()
    settled(poses, identity)
    fresh = record(Runner(GOOD, Camera(facing=Side.LEFT)), 1.0, start_s=3.0).poses
    broken = Pose(
        frame_index=0,
        time_s=fresh[0].time_s,
        size_px=fresh[0].size_px,
        skeleton=BODY12,
        xy_px=fresh[0].xy_px,
        visibility=fresh[0].visibility,
        depth_px=fresh[0].depth_px,
        presence=1.0,
        breaks=True,
    )
    assert len(identity.update(broken)) == 1
    assert identity.view.facing is None
    settled(fresh[1:], identity)
    assert identity.view.facing is Side.LEFT


def test_nobody_in_view_is_passed_through() -> None:
    poses = record(Runner(GOOD), 2.0, flaws=Flaws(lost_spans=[(0.0, 2.0)])).poses
    for raw, last in zip(poses, settled(poses), strict=True):
        assert last is raw


@pytest.mark.parametrize("side", list(Side))
def test_exchanging_twice_gives_the_pose_back(side: Side) -> None:
    pose = record(Runner(GOOD, Camera(facing=side)), 0.1).poses[0]
    once, twice = exchange_legs(pose), exchange_legs(exchange_legs(pose))
    near, far = legs_of(side)
    np.testing.assert_array_equal(once.xy_px[near], pose.xy_px[far])
    np.testing.assert_array_equal(once.xy_px[: LEGS[0]], pose.xy_px[: LEGS[0]])
    assert once.swapped
    assert not twice.swapped
    np.testing.assert_array_equal(twice.xy_px, pose.xy_px)
