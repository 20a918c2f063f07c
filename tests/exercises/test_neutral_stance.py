from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from feed import ClipFeed
from recordings import poses_of
from synthetic import Camera, standing_px

from edge.exercises.neutral_stance import GIVE_UP_S, STILL_S, Standing, StandingStill
from edge.messages.gait import Activity
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HIP, KNEE, LEFT_LEG, RIGHT_LEG

TIMES_S = np.arange(0, 6, 1 / 30)


def standing(camera: Camera | None = None, noise_px: float = 0.5) -> list[Pose]:
    xy_px = standing_px(camera or Camera(), TIMES_S)
    random = np.random.default_rng(7)
    return list(poses_of(xy_px + random.normal(0, noise_px, xy_px.shape), TIMES_S))


def measured(poses: Iterable[Pose], activity: Activity = Activity.STANDING) -> Standing:
    still = StandingStill()
    state = Standing(progress=0.0, code="")
    for pose in poses:
        state = still.update(pose, activity)
        if state.stance is not None or state.failed:
            break
    return state


@pytest.mark.parametrize("facing", Side)
def test_three_still_seconds_give_the_stance_of_the_near_leg(facing: Side) -> None:
    state = measured(standing(Camera(facing=facing)))
    assert state.stance is not None
    assert state.stance.side is facing
    assert state.stance.captured_at_s == pytest.approx(STILL_S, abs=0.1)
    # The figure stands with a knee that is almost straight, and its foot flat.
    assert 0 < state.stance.knee_flexion_deg < 15
    assert state.stance.foot_angle_deg == pytest.approx(0, abs=1.0)


def test_the_stance_does_not_depend_on_where_or_how_large_the_runner_is() -> None:
    poses = standing()
    moved = [replace(pose, xy_px=pose.xy_px * 1.7 + 40) for pose in poses]
    one, other = measured(poses).stance, measured(moved).stance
    assert one is not None
    assert other is not None
    assert other.knee_flexion_deg == pytest.approx(one.knee_flexion_deg)
    assert other.shank_angle_deg == pytest.approx(one.shank_angle_deg)


def test_single_misread_frames_do_no_harm() -> None:
    poses = standing()
    spoilt = [
        replace(pose, xy_px=pose.xy_px[::-1].copy()) if index % 9 == 0 else pose
        for index, pose in enumerate(poses)
    ]
    one, other = measured(poses).stance, measured(spoilt).stance
    assert one is not None
    assert other is not None
    assert other.knee_flexion_deg == pytest.approx(one.knee_flexion_deg, abs=1.0)


@pytest.mark.parametrize(
    ("activity", "code"), [(Activity.RUNNING, "moving"), (Activity.ABSENT, "no_runner")]
)
def test_whoever_does_not_stand_is_told_so(activity: Activity, code: str) -> None:
    assert measured(standing(), activity) == Standing(progress=0.0, code=code)


def test_legs_that_cannot_be_told_apart_give_nothing() -> None:
    poses = [
        replace(pose, xy_px=pose.xy_px + np.array([30.0 * (index % 2), 0.0]))
        for index, pose in enumerate(standing())
    ]
    state = measured(poses)
    assert (state.stance, state.code) == (None, "unclear")


@pytest.mark.parametrize(("spread_deg", "code"), [(6.0, "done"), (10.0, "unclear")])
def test_the_models_own_unrest_is_no_movement(spread_deg: float, code: str) -> None:
    # As it reads a knee that bends by two degrees with every sway; the ankle stays.
    poses = standing()
    hip, knee, ankle = (poses[0].xy_px[RIGHT_LEG[part]] for part in (HIP, KNEE, ANKLE))
    # The middle half of a sine is 1.41 of its height; both bones turn as the knee goes forward.
    height_rad = np.radians(spread_deg) / 1.41
    height_px = height_rad / (1 / np.hypot(*(knee - hip)) + 1 / np.hypot(*(ankle - knee)))
    for index, pose in enumerate(poses):
        xy_px = pose.xy_px.copy()
        xy_px[RIGHT_LEG[KNEE], 0] += height_px * np.sin(2 * np.pi * pose.time_s / 1.2)
        poses[index] = replace(pose, xy_px=xy_px)
    assert measured(poses).code == code


@pytest.mark.parametrize("fps", [25.0, 29.97, 30.0])
def test_what_hinders_does_not_come_and_go(fps: float) -> None:
    still = StandingStill()
    told = [
        still.update(
            replace(pose, time_s=index / fps, xy_px=pose.xy_px + np.array([30.0 * (index % 2), 0])),
            Activity.STANDING,
        ).code
        for index, pose in enumerate(standing())
    ]
    assert set(told[told.index("unclear") :]) == {"unclear"}


def test_a_leg_that_is_not_seen_gives_nothing() -> None:
    poses = standing()
    for index, pose in enumerate(poses):
        if index % 2:
            hidden = pose.xy_px.copy()
            hidden[[*LEFT_LEG[KNEE:], *RIGHT_LEG[KNEE:]]] = np.nan
            poses[index] = replace(pose, xy_px=hidden)
    state = measured(poses)
    assert state.stance is None
    assert state.code == "hidden"


def test_it_is_given_up_in_the_end_with_the_reason() -> None:
    late = [replace(pose, time_s=10 * pose.time_s) for pose in standing()]
    state = measured(late, Activity.WALKING)
    assert state.failed
    assert state.code == "moving"
    assert 10 * TIMES_S[-1] > GIVE_UP_S


def test_who_steps_on_and_shifts_about_is_not_taken_for_standing(clips_dir: Path) -> None:
    # Between stepping on and walking the near foot of session_right rests for one second, and the
    # knee goes on bending: of the exact points, no three seconds of the clip are still.
    standing = StandingStill()
    told = [
        standing.update(moment.pose, moment.state.activity)
        for moment in ClipFeed(clips_dir, "session_right").moments(8.0)
    ]
    assert all(state.stance is None for state in told)
    assert "unclear" in {state.code for state in told}
