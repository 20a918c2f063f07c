from dataclasses import replace

import numpy as np
import pytest
from recordings import poses_of
from skeletons import BODY12

from edge.gait.foot_signals import BALL_SHARE, leg_indices, leg_signals
from edge.gait.smoother import PoseSmoother, SmoothPose, extrapolated
from edge.gait.smoothing import MIN_SAMPLES
from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, BODY_COUNT, LEFT_HIP, LEFT_LEG, RIGHT_HIP
from edge.settings.gait_settings import GaitSettings

WINDOW_S = GaitSettings().window_s
LEG_PX = 200.0
ANKLE_AT = LEFT_LEG[ANKLE]


def falling(times_s: Floats) -> Floats:
    """Return bodies whose points all move on parabolas, shape (n, 12, 2)."""
    start = np.arange(2.0 * BODY_COUNT).reshape(BODY_COUNT, 2)
    t = times_s[:, None, None]
    return np.asarray(start + t * [200.0, -100.0] + t**2 * [400.0, 300.0])


def described(
    poses: list[Pose], window_s: float = WINDOW_S, smoother: PoseSmoother | None = None
) -> list[SmoothPose]:
    smoother = smoother or PoseSmoother(window_s)
    found: list[SmoothPose] = []
    for i in range(len(poses)):
        found += smoother.update(poses[max(0, i - 30) : i + 1], LEG_PX)
    return found


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_parabolas_are_described_exactly_and_without_lag(fps: float) -> None:
    times = np.arange(round(fps)) / fps
    for pose in described(poses_of(falling(times), times))[2:]:
        truth = falling(np.array([pose.time_s]))[0]
        np.testing.assert_allclose(pose.xy_px, truth, atol=1e-6)
        speed = np.array([200.0, -100.0]) + 2 * pose.time_s * np.array([400.0, 300.0])
        np.testing.assert_allclose(pose.velocity_px_s, np.tile(speed, (BODY_COUNT, 1)), atol=1e-4)
        bend = np.tile([800.0, 600.0], (BODY_COUNT, 1))
        np.testing.assert_allclose(pose.acceleration_px_s2, bend, rtol=1e-4)


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_the_end_of_the_window_is_foretold_on_the_same_parabola(fps: float) -> None:
    times = np.arange(round(fps)) / fps
    for pose in described(poses_of(falling(times), times))[2:]:
        later = extrapolated(pose, pose.decided_at_s - pose.time_s)
        truth = falling(np.array([later.time_s]))[0]
        assert later.time_s == pytest.approx(pose.decided_at_s)
        np.testing.assert_allclose(later.xy_px, truth, atol=1e-5)
        speed = np.array([200.0, -100.0]) + 2 * later.time_s * np.array([400.0, 300.0])
        np.testing.assert_allclose(later.velocity_px_s, np.tile(speed, (BODY_COUNT, 1)), atol=1e-3)


@pytest.mark.parametrize(("fps", "frames"), [(30.0, 2), (60.0, 3), (120.0, 7)])
def test_the_look_ahead_is_half_the_window(fps: float, frames: int) -> None:
    times = np.arange(round(fps)) / fps
    for pose in described(poses_of(falling(times), times)):
        assert pose.decided_at_s - pose.time_s == pytest.approx(frames / fps)


def test_every_frame_but_the_last_few_is_described_once_in_order() -> None:
    times = np.arange(60) / 60
    found = described(poses_of(falling(times), times))
    assert [p.frame_index for p in found] == list(range(57))


def test_irregular_frames_make_no_difference_to_parabolas() -> None:
    random = np.random.default_rng(1)
    times = np.sort(np.arange(60) / 60 + random.uniform(-0.005, 0.005, 60))
    for pose in described(poses_of(falling(times), times))[2:]:
        truth = falling(np.array([pose.time_s]))[0]
        np.testing.assert_allclose(pose.xy_px, truth, atol=1e-6)


def test_one_point_on_the_wrong_leg_does_not_show() -> None:
    times = np.arange(40) / 60
    xy = falling(times)
    xy[20, ANKLE_AT] += 0.4 * LEG_PX
    for pose in described(poses_of(xy, times))[2:]:
        truth = falling(np.array([pose.time_s]))[0]
        np.testing.assert_allclose(pose.xy_px[ANKLE_AT], truth[ANKLE_AT], atol=1e-6)


def test_a_point_gone_for_too_long_is_absent_and_comes_back() -> None:
    times = np.arange(60) / 60
    xy = falling(times)
    xy[20:35, ANKLE_AT] = np.nan
    found = {p.frame_index: p for p in described(poses_of(xy, times))}
    absent = [i for i, p in found.items() if np.isnan(p.xy_px[ANKLE_AT]).any()]
    assert absent == list(range(min(absent), max(absent) + 1))
    # Seven frames fit in the window; where fewer than four of them are real, nothing is said.
    assert set(range(20, 35)) >= set(absent) >= set(range(23 - (7 - MIN_SAMPLES) + 2, 32))
    assert np.isfinite(found[15].xy_px[ANKLE_AT]).all()
    assert np.isfinite(found[40].xy_px[ANKLE_AT]).all()


def test_points_hardly_visible_are_not_used() -> None:
    times = np.arange(40) / 60
    xy = falling(times)
    xy[20, ANKLE_AT] += 9.0
    poses = poses_of(xy, times)
    visibility = poses[20].visibility.copy()
    visibility[ANKLE_AT] = 0.05
    poses[20] = Pose(
        frame_index=20,
        time_s=poses[20].time_s,
        size_px=poses[20].size_px,
        skeleton=BODY12,
        xy_px=poses[20].xy_px,
        visibility=visibility,
        depth_px=poses[20].depth_px,
        presence=1.0,
    )
    found = {p.frame_index: p for p in described(poses)}
    np.testing.assert_allclose(found[20].xy_px[ANKLE_AT], falling(times)[20, ANKLE_AT], atol=1e-6)


def test_no_frame_is_described_twice_until_reset() -> None:
    times = np.arange(30) / 60
    poses = poses_of(falling(times), times)
    smoother = PoseSmoother(WINDOW_S)
    first = smoother.update(poses, LEG_PX)
    assert len(first) == 27
    assert smoother.update(poses, LEG_PX) == []
    smoother.reset()
    assert len(smoother.update(poses, LEG_PX)) == 27


def test_inputs_are_left_as_they_were() -> None:
    times = np.arange(30) / 60
    xy = falling(times)
    poses = poses_of(xy, times)
    described(poses)
    for pose, before in zip(poses, xy, strict=True):
        np.testing.assert_array_equal(pose.xy_px, before)


def still(**moved: tuple[float, float]) -> SmoothPose:
    """Return a standing right leg, 200 px from hip to ankle, with some points elsewhere."""
    xy = np.full((BODY_COUNT, 2), np.nan)
    velocity = np.full((BODY_COUNT, 2), np.nan)
    xy[[LEFT_HIP, RIGHT_HIP]] = 500.0, 300.0
    places = {"knee": (500, 400), "ankle": (500, 500), "heel": (490, 520), "toe": (540, 520)}
    for name, index in zip(places, leg_indices(Side.RIGHT)[1:], strict=True):
        xy[index] = moved.get(name, places[name])
        velocity[index] = moved.get(f"{name}_velocity", (0.0, 0.0))
    return SmoothPose(
        frame_index=1,
        time_s=0.1,
        decided_at_s=0.2,
        xy_px=xy,
        velocity_px_s=velocity,
        acceleration_px_s2=np.zeros_like(xy),
        measured=np.ones(len(xy), bool),
        score=0.7,
    )


@pytest.mark.parametrize(("facing", "sign"), [(Side.RIGHT, 1.0), (Side.LEFT, -1.0)])
def test_reach_is_positive_with_the_ankle_ahead(facing: Side, sign: float) -> None:
    signals = leg_signals(still(ankle=(560, 500)), Side.RIGHT, facing, LEG_PX)
    assert signals.reach == pytest.approx(sign * 0.3)
    assert (signals.time_s, signals.decided_at_s, signals.score) == (0.1, 0.2, 0.7)


@pytest.mark.parametrize(("facing", "sign"), [(Side.RIGHT, 1.0), (Side.LEFT, -1.0)])
def test_the_knee_bends_forward(facing: Side, sign: float) -> None:
    signals = leg_signals(still(knee=(600, 400)), Side.RIGHT, facing, LEG_PX)
    assert signals.knee_flexion_deg == pytest.approx(sign * 90.0)


@pytest.mark.parametrize(("facing", "sign"), [(Side.RIGHT, 1.0), (Side.LEFT, -1.0)])
def test_the_ball_lies_between_heel_and_toe_and_rises_positive(facing: Side, sign: float) -> None:
    pose = still(heel_velocity=(-100.0, -60.0), toe_velocity=(-200.0, -10.0))
    signals = leg_signals(pose, Side.RIGHT, facing, LEG_PX)
    assert signals.ball_forward_px_s == pytest.approx(sign * (-100 - BALL_SHARE * 100))
    assert signals.ball_up_px_s == pytest.approx(60 - BALL_SHARE * 50)


@pytest.mark.parametrize(("facing", "sign"), [(Side.RIGHT, 1.0), (Side.LEFT, -1.0)])
def test_speeds_are_forward_and_up_from_hip_to_toe(facing: Side, sign: float) -> None:
    pose = still(heel_velocity=(-100.0, -60.0), toe_velocity=(-200.0, 30.0))
    pose.velocity_px_s[[LEFT_HIP, RIGHT_HIP]] = [[0.0, -4.0], [0.0, -8.0]]
    signals = leg_signals(pose, Side.RIGHT, facing, LEG_PX)
    expected = [6.0, 0.0, 0.0, 0.0, 0.0, -100.0 * sign, 60.0, -200.0 * sign, -30.0]
    assert signals.speeds_px_s == pytest.approx(expected)
    assert signals.heel_forward_px_s == pytest.approx(-100.0 * sign)


@pytest.mark.parametrize(("facing", "sign"), [(Side.RIGHT, 1.0), (Side.LEFT, -1.0)])
@pytest.mark.parametrize("moving", ["hip", "knee", "ankle"])
def test_the_knee_rate_is_how_fast_flexion_grows(facing: Side, sign: float, moving: str) -> None:
    pose = still(knee=(520, 405))
    at = dict(zip(("hip", "knee", "ankle"), leg_indices(Side.RIGHT), strict=False))
    pose.velocity_px_s[leg_indices(Side.RIGHT)] = 0.0
    pose.velocity_px_s[at[moving]] = [70.0, -20.0]
    moved = replace(pose, xy_px=pose.xy_px + 1e-5 * np.nan_to_num(pose.velocity_px_s))
    before, after = (leg_signals(p, Side.RIGHT, facing, LEG_PX) for p in (pose, moved))
    rate = (after.knee_flexion_deg - before.knee_flexion_deg) / 1e-5
    assert before.knee_rate_deg_s == pytest.approx(rate, rel=1e-3)
    assert np.sign(before.knee_flexion_deg) == sign


def test_an_absent_leg_has_absent_signals() -> None:
    signals = leg_signals(still(), Side.LEFT, Side.RIGHT, LEG_PX)
    assert np.isnan([signals.reach, signals.knee_flexion_deg, signals.ball_up_px_s]).all()
    assert np.isnan([signals.knee_rate_deg_s, *signals.speeds_px_s[1:]]).all()


def test_what_is_carried_by_memory_alone_is_not_called_measured() -> None:
    times = np.arange(40) / 60
    truth = falling(times)
    poses = []
    for i, pose in enumerate(poses_of(truth, times)):
        xy = truth[i].copy()
        if 15 <= i < 25:
            xy[LEFT_HIP] = np.nan
        poses.append(replace(pose, xy_px=xy, expected_px=truth[i].copy()))
    found = {p.frame_index: p for p in described(poses)}
    carried = found[20]
    assert np.isfinite(carried.xy_px[LEFT_HIP]).all()
    assert not carried.measured[LEFT_HIP]
    assert carried.measured[RIGHT_HIP]
    assert found[8].measured[LEFT_HIP]
    assert found[33].measured[LEFT_HIP]
