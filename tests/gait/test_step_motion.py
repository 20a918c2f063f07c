"""Legs at step rate are running, whichever is which; nothing else that people do is."""

from dataclasses import replace

import numpy as np
import pytest
from mimes import NO_RUN, Mime, mimed_px
from recordings import EXACT, poses_of, record
from synthetic import GOOD, KNEES_FORWARD, QUICK, WALK, Camera, Form, Runner

from edge.gait.gait_tracker import GaitTracker
from edge.gait.step_motion import StepMotion, steps_of
from edge.messages.gait import Activity, GaitState
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, LEFT_HIP, LEFT_LEG, RIGHT_HIP, RIGHT_LEG
from edge.messages.stride import Stride

FPS = 60.0
SECONDS = 4.0


def motion_of(poses: list[Pose], leg_px: float, *, seed: int | None = None) -> StepMotion:
    """Return the motion after some poses; with a seed, either leg may come first."""
    motion = StepMotion()
    random = None if seed is None else np.random.default_rng(seed)
    for pose in poses:
        body = pose.body_px
        hips = body[[LEFT_HIP, RIGHT_HIP]].mean(axis=0)
        legs = [(body[leg[ANKLE]] - hips) / leg_px for leg in (LEFT_LEG, RIGHT_LEG)]
        if random is not None and random.random() < 0.5:
            legs.reverse()
        one, other = ((float(x), float(y)) for x, y in legs)
        motion.add(pose.time_s, one, other)
    return motion


@pytest.mark.parametrize("form", [GOOD, KNEES_FORWARD, QUICK])
@pytest.mark.parametrize("fps", [25.0, 60.0])
def test_a_runner_steps_at_the_cadence(form: Form, fps: float) -> None:
    runner = Runner(form)
    motion = motion_of(record(runner, SECONDS, fps).poses, runner.leg_px)
    assert motion.steps().step_s == pytest.approx(runner.stride_s / 2, abs=0.025)


def test_it_does_not_matter_which_leg_is_which() -> None:
    runner = Runner(GOOD)
    poses = record(runner, SECONDS).poses
    sure, mixed = (motion_of(poses, runner.leg_px, seed=seed) for seed in (None, 3))
    assert mixed.steps() == sure.steps()


@pytest.mark.parametrize("mime", NO_RUN)
@pytest.mark.parametrize("faster", [0.7, 1.0, 1.6])
def test_nothing_else_steps(mime: Mime, faster: float) -> None:
    times = np.arange(0, SECONDS, 1 / FPS)
    poses = poses_of(mimed_px(mime, faster * times), times)
    assert np.isnan(motion_of(poses, Runner(GOOD).leg_px).steps().step_s)


def test_too_little_time_tells_nothing() -> None:
    runner = Runner(GOOD)
    assert np.isnan(motion_of(record(runner, 1.4).poses, runner.leg_px).steps().step_s)
    assert np.isnan(StepMotion().steps().step_s)


def test_noise_has_no_rhythm() -> None:
    random = np.random.default_rng(1)
    times = np.arange(0, 2, 1 / FPS)
    apart = random.normal(0.0, 0.4, (times.size, 2))
    assert np.isnan(steps_of(times, apart, random.normal(0.0, 0.05, times.size)).step_s)


def activities(poses: list[Pose]) -> tuple[list[GaitState], list[Stride]]:
    tracker = GaitTracker(EXACT)
    messages = []
    leg_px = Runner(GOOD).leg_px
    for last in range(1, len(poses) + 1):
        messages += tracker.update(poses[max(0, last - 18) : last], Side.RIGHT, leg_px)
    states = [m for m in messages if isinstance(m, GaitState)]
    return states, [m for m in messages if isinstance(m, Stride)]


def legs_that_hop(poses: list[Pose], every_s: float) -> list[Pose]:
    """Return the poses with the near leg's points on the leg that is behind, at times."""
    hopped = []
    for pose in poses:
        xy = pose.xy_px.copy()
        near, far = xy[list(RIGHT_LEG)], xy[list(LEFT_LEG)]
        if pose.time_s % every_s < every_s / 2 and near[ANKLE, 0] > far[ANKLE, 0]:
            xy[list(RIGHT_LEG)], xy[list(LEFT_LEG)] = far, near
        hopped.append(replace(pose, xy_px=xy))
    return hopped


@pytest.mark.parametrize("every_s", [0.31, 0.5, 1e6])
def test_a_runner_whose_legs_change_places_is_not_standing(every_s: float) -> None:
    poses = legs_that_hop(record(Runner(GOOD), SECONDS).poses, every_s)
    states, _ = activities(poses)
    assert {s.activity for s in states if s.time_s > 2.2} == {Activity.RUNNING}


@pytest.mark.parametrize("mime", NO_RUN)
def test_no_other_exercise_is_running(mime: Mime) -> None:
    times = np.arange(0, SECONDS, 1 / FPS)
    states, strides = activities(poses_of(mimed_px(mime, times), times))
    assert Activity.RUNNING not in {s.activity for s in states}
    assert not any(s.valid for s in strides)


@pytest.mark.parametrize("cadence_spm", [107.0, 110.0, 116.0])
def test_walking_stays_walking(cadence_spm: float) -> None:
    runner = Runner(replace(WALK, cadence_spm=cadence_spm), Camera())
    states, _ = activities(record(runner, SECONDS).poses)
    assert Activity.RUNNING not in {s.activity for s in states}
    assert states[-1].activity is Activity.WALKING
