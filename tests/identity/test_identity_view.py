from dataclasses import replace

import numpy as np
import pytest
from recordings import Flaws, poses_of, record
from synthetic import GOOD, Camera, Runner, standing_px

from edge.identity.view import View, ViewFinder, both_legs
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_LEG, RIGHT_LEG


def views(poses: list[Pose], facing: Side | None = None) -> list[View]:
    finder = ViewFinder(facing)
    return [finder.update(p) for p in poses]


def joined(*parts: list[Pose]) -> list[Pose]:
    """Return recordings one after the other in time."""
    poses: list[Pose] = []
    for part in parts:
        start = poses[-1].time_s + 1 / 60 if poses else 0.0
        poses += [replace(p, time_s=p.time_s + start) for p in part]
    return poses


def running(facing: Side, seconds: float = 1.0, px_per_m: float = 250.0) -> list[Pose]:
    camera = Camera(facing=facing, px_per_m=px_per_m)
    return record(Runner(GOOD, camera), seconds, flaws=Flaws(exchanged=0.2, seed=3)).poses


@pytest.mark.parametrize("facing", list(Side))
def test_facing_is_the_side_the_toes_point_to(facing: Side) -> None:
    view = views(running(facing))[-1]
    assert view.facing is facing
    assert view.near_side is facing


@pytest.mark.parametrize("facing", list(Side))
def test_a_standing_person_faces_where_the_toes_point(facing: Side) -> None:
    times = np.arange(60) / 60
    assert views(poses_of(standing_px(Camera(facing=facing), times), times))[-1].facing is facing


def test_facing_is_unknown_at_first() -> None:
    seen = views(running(Side.RIGHT))
    assert seen[0].facing is None
    assert seen[10].facing is None
    assert seen[20].facing is Side.RIGHT


@pytest.mark.parametrize("px_per_m", [100.0, 250.0, 400.0])
def test_the_leg_is_as_long_as_in_the_picture(px_per_m: float) -> None:
    camera = Camera(px_per_m=px_per_m)
    middle = Runner(GOOD, camera).leg_px * (1 + camera.far_scale) / 2
    view = views(running(Side.RIGHT, px_per_m=px_per_m))[-1]
    assert view.leg_px == pytest.approx(middle, rel=1e-6)


def test_a_person_who_turns_round_is_believed_after_the_window() -> None:
    poses = joined(running(Side.RIGHT, 2.5), running(Side.LEFT, 2.5))
    facings = [v.facing for v in views(poses)]
    assert facings[160] is Side.RIGHT
    assert facings[-1] is Side.LEFT


def test_a_short_look_the_other_way_is_not_a_turn() -> None:
    poses = joined(running(Side.RIGHT, 2.5), running(Side.LEFT, 0.8), running(Side.RIGHT, 2.0))
    assert {v.facing for v in views(poses)} == {None, Side.RIGHT}


def test_a_given_facing_is_never_overturned() -> None:
    seen = views(running(Side.LEFT, 4.0), facing=Side.RIGHT)
    assert {v.facing for v in seen} == {Side.RIGHT}


def test_nobody_in_view_changes_nothing_for_a_while() -> None:
    flaws = Flaws(lost_spans=[(1.0, 2.0)])
    recording = record(Runner(GOOD), 2.0, flaws=flaws)
    assert views(recording.poses)[-1].facing is Side.RIGHT
    assert np.isfinite(views(recording.poses)[-1].leg_px)


def test_the_leg_is_unknown_when_nobody_was_seen_for_the_window() -> None:
    flaws = Flaws(lost_spans=[(1.0, 4.0)])
    assert np.isnan(views(record(Runner(GOOD), 4.0, flaws=flaws).poses)[-1].leg_px)


def test_a_person_without_legs_in_view_tells_nothing() -> None:
    poses = running(Side.RIGHT)
    xy = poses[0].xy_px.copy()
    xy[[*LEFT_LEG, *RIGHT_LEG]] = np.nan
    headless = [replace(p, xy_px=xy.copy()) for p in poses]
    view = views(headless)[-1]
    assert view.facing is None
    assert np.isnan(view.leg_px)


def test_reset_forgets_the_facing() -> None:
    finder = ViewFinder()
    for pose in running(Side.LEFT):
        finder.update(pose)
    finder.reset()
    assert finder.update(running(Side.RIGHT)[0]).facing is None


def test_both_legs_are_left_then_right() -> None:
    pose = running(Side.RIGHT)[0]
    np.testing.assert_array_equal(both_legs(pose)[0], pose.xy_px[list(LEFT_LEG)])
    np.testing.assert_array_equal(both_legs(pose)[1], pose.xy_px[list(RIGHT_LEG)])
