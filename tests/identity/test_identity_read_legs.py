"""Legs from the reader: put in place, and not believed where it is unsure."""

from dataclasses import replace

import numpy as np
import pytest
from leg_sources import read
from recordings import record
from synthetic import GOOD, Camera, Runner

from edge.identity.exchange import exchange_legs
from edge.identity.leg_identity import LegIdentity
from edge.identity.read_legs import disagreement_legs, with_read_legs
from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import (
    KNEE,
    LEFT_LEG,
    RIGHT_LEG,
)

BIG_TOE = 5


def run(facing: Side, seconds: float = 2.0) -> list[Pose]:
    recording = record(Runner(GOOD, Camera(facing=facing, px_per_m=250.0)), seconds)
    return [read(p, facing) for p in recording.poses]


def mixed(poses: list[Pose], seed: int = 5) -> list[Pose]:
    """Return the poses with the model's own legs exchanged, or laid on one, at random."""
    random = np.random.default_rng(seed)
    changed = []
    for pose in poses:
        choice = random.integers(3)
        if choice == 1:
            pose = exchange_legs(pose)
        elif choice == 2:
            xy = pose.xy_px.copy()
            xy[list(LEFT_LEG)] = xy[list(RIGHT_LEG)]
            pose = replace(pose, xy_px=xy)
        changed.append(replace(pose, swapped=False))
    return changed


def repaired(poses: list[Pose]) -> list[Pose]:
    identity = LegIdentity()
    return [identity.update(p)[-1] for p in poses]


def legs_of(poses: list[Pose]) -> Floats:
    return np.array([p.xy_px[[*LEFT_LEG, *RIGHT_LEG]] for p in poses])


@pytest.mark.parametrize("facing", list(Side))
def test_the_read_legs_stand_whatever_the_model_says(facing: Side) -> None:
    poses = run(facing)
    found = repaired(mixed(poses))
    settled = slice(30, None)
    np.testing.assert_allclose(legs_of(found)[settled], legs_of(poses)[settled])


@pytest.mark.parametrize("facing", list(Side))
def test_an_exchange_by_the_model_is_told(facing: Side) -> None:
    poses = run(facing)
    exchanged = [replace(exchange_legs(p), swapped=False) for p in poses]
    apart = [
        np.hypot(*(p.xy_px[list(LEFT_LEG[KNEE:])] - p.xy_px[list(RIGHT_LEG[KNEE:])]).T).mean() > 45
        for p in poses
    ]
    told = [p.swapped for p in repaired(exchanged)]
    assert all(t for t, a in zip(told[30:], apart[30:], strict=True) if a)
    assert not any(p.swapped for p in repaired(poses)[30:])


def test_a_point_of_which_the_reader_is_unsure_is_absent() -> None:
    pose = run(Side.RIGHT)[40]
    assert pose.legs_error_px is not None
    error = pose.legs_error_px.copy()
    error[0, 2], error[1, 6] = 25.0, np.nan
    found = with_read_legs(replace(pose, legs_error_px=error), Side.RIGHT, 200.0)
    assert np.isnan(found.xy_px[RIGHT_LEG[KNEE]]).all()
    assert np.isnan(found.xy_px[LEFT_LEG[-1]]).all()
    others = [i for i in (*LEFT_LEG, *RIGHT_LEG) if i not in (RIGHT_LEG[KNEE], LEFT_LEG[-1])]
    np.testing.assert_array_equal(found.xy_px[others], pose.xy_px[others])


def test_an_exchange_is_no_disagreement_and_a_shift_is() -> None:
    pose = run(Side.RIGHT)[40]
    assert disagreement_legs(pose, 200.0) == pytest.approx(0)
    assert disagreement_legs(exchange_legs(pose), 200.0) == pytest.approx(0)
    moved = replace(pose, xy_px=pose.xy_px + np.array([30.0, 40.0]))
    assert disagreement_legs(moved, 200.0) == pytest.approx(0.25)
    assert np.isnan(disagreement_legs(replace(pose, xy_px=pose.xy_px * np.nan), 200.0))


def test_the_view_tells_how_far_reader_and_model_are_apart() -> None:
    identity = LegIdentity()
    for pose in mixed(run(Side.RIGHT)):
        identity.update(pose)
    assert identity.view.disagreement_legs == pytest.approx(0, abs=1e-9)
    for pose in run(Side.RIGHT):
        moved = replace(pose, time_s=pose.time_s + 2, xy_px=pose.xy_px + np.array([40.0, 30.0]))
        identity.update(moved)
    assert identity.view.disagreement_legs == pytest.approx(50 / identity.view.leg_px, rel=0.05)
