"""Signs by hand: the runner runs towards one side, y of the picture grows downwards."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.numerics.sagittal import (
    distance_to_line,
    foot_angle_deg,
    image_axes,
    knee_flexion_deg,
    runner_axes,
    shank_angle_deg,
    thigh_angle_deg,
    trunk_lean_deg,
)

Point = tuple[float, float]
PLACES = st.floats(-1000, 1000)


def axes(*points: Point, facing: Side) -> list[Floats]:
    """Return points given for a runner to the right, as a camera with this facing sees them."""
    forward = 1.0 if facing is Side.RIGHT else -1.0
    return [runner_axes(np.array([forward * x, y]), facing) for x, y in points]


@pytest.mark.parametrize(
    ("image", "facing", "runner"),
    [
        ((3.0, 4.0), Side.RIGHT, (3.0, -4.0)),
        ((3.0, 4.0), Side.LEFT, (-3.0, -4.0)),
        ((-3.0, -4.0), Side.LEFT, (3.0, 4.0)),
    ],
)
def test_forward_is_the_running_direction_and_up_is_up(
    image: Point, facing: Side, runner: Point
) -> None:
    np.testing.assert_array_equal(runner_axes(np.array(image), facing), runner)


@pytest.mark.parametrize("facing", list(Side))
def test_ground_that_falls_to_the_right_is_positive_roll(facing: Side) -> None:
    # A level metre seen turned clockwise: its right end lower in the picture, so y greater.
    left, right = np.array([0.0, 0.0]), np.array([np.cos(0.1), np.sin(0.1)])
    a, b = (runner_axes(p, facing, np.rad2deg(0.1)) for p in (left, right))
    assert b[1] - a[1] == pytest.approx(0.0)
    assert abs(b[0] - a[0]) == pytest.approx(1.0)


@given(x=PLACES, y=PLACES, roll=st.floats(-20, 20), facing=st.sampled_from(list(Side)))
def test_image_axes_undo_runner_axes(x: float, y: float, roll: float, facing: Side) -> None:
    point = np.array([[x, y]])
    back = image_axes(runner_axes(point, facing, roll), facing, roll)
    np.testing.assert_allclose(back, point, atol=1e-9)


@pytest.mark.parametrize("facing", list(Side))
@pytest.mark.parametrize(
    ("hip", "knee", "degrees"),
    [
        ((0, 0), (0, 100), 0.0),
        ((0, 0), (100, 100), 45.0),
        ((0, 0), (-100, 100), -45.0),
        ((0, 0), (100, 0), 90.0),
    ],
)
def test_thigh_is_positive_with_the_knee_ahead(
    hip: Point, knee: Point, degrees: float, facing: Side
) -> None:
    assert thigh_angle_deg(*axes(hip, knee, facing=facing)) == pytest.approx(degrees)


@pytest.mark.parametrize("facing", list(Side))
@pytest.mark.parametrize(
    ("knee", "ankle", "degrees"),
    [
        ((0, 0), (0, 100), 0.0),
        ((100, 0), (0, 100), 45.0),
        ((0, 0), (100, 100), -45.0),
        ((0, 0), (-100, 0), 90.0),
    ],
)
def test_shank_is_positive_with_the_knee_ahead_of_the_ankle(
    knee: Point, ankle: Point, degrees: float, facing: Side
) -> None:
    assert shank_angle_deg(*axes(knee, ankle, facing=facing)) == pytest.approx(degrees)


@pytest.mark.parametrize("facing", list(Side))
@pytest.mark.parametrize(
    ("hip", "knee", "ankle", "degrees"),
    [
        ((0, 0), (0, 100), (0, 200), 0.0),
        ((0, 0), (100, 100), (0, 200), 90.0),
        ((0, 0), (0, 100), (-100, 100), 90.0),
        ((0, 0), (-100, 100), (0, 200), -90.0),
        ((0, 0), (100, 100), (200, 200), 0.0),
        ((0, 0), (0, 100), (-100, 0), 135.0),
    ],
)
def test_knee_flexion_is_positive_when_bent_and_negative_beyond_straight(
    hip: Point, knee: Point, ankle: Point, degrees: float, facing: Side
) -> None:
    assert knee_flexion_deg(*axes(hip, knee, ankle, facing=facing)) == pytest.approx(degrees)


@pytest.mark.parametrize("facing", list(Side))
@pytest.mark.parametrize(
    ("heel", "toe", "degrees"),
    [((0, 0), (50, 0), 0.0), ((0, 0), (50, -50), 45.0), ((0, 0), (50, 50), -45.0)],
)
def test_foot_is_positive_with_the_toes_up(
    heel: Point, toe: Point, degrees: float, facing: Side
) -> None:
    assert foot_angle_deg(*axes(heel, toe, facing=facing)) == pytest.approx(degrees)


@pytest.mark.parametrize("facing", list(Side))
@pytest.mark.parametrize(
    ("shoulder", "degrees"), [((0, 0), 0.0), ((100, 0), 45.0), ((-100, 0), -45.0)]
)
def test_trunk_is_positive_leaning_forward(shoulder: Point, degrees: float, facing: Side) -> None:
    assert trunk_lean_deg(*axes(shoulder, (0, 100), facing=facing)) == pytest.approx(degrees)


@pytest.mark.parametrize(
    ("point", "distance"),
    [((5.0, 3.0), 3.0), ((5.0, -3.0), 3.0), ((0.0, 0.0), 0.0), ((20.0, 4.0), 4.0)],
)
def test_distance_is_to_the_whole_line_and_never_negative(point: Point, distance: float) -> None:
    line = np.array([0.0, 0.0]), np.array([10.0, 0.0])
    assert distance_to_line(np.array(point), *line) == pytest.approx(distance)
    assert distance_to_line(np.array(point), line[1], line[0]) == pytest.approx(distance)


def test_a_line_without_length_has_no_distance() -> None:
    place = np.array([1.0, 2.0])
    assert np.isnan(distance_to_line(np.array([3.0, 4.0]), place, place))


@pytest.mark.parametrize(
    "angle", [thigh_angle_deg, shank_angle_deg, foot_angle_deg, trunk_lean_deg]
)
def test_absent_points_have_absent_angles(angle: Callable[[Floats, Floats], Floats]) -> None:
    absent, present = np.full((3, 2), np.nan), np.ones((3, 2))
    assert np.isnan(angle(absent, present)).all()
    assert np.isnan(angle(present, absent)).all()


@given(
    x=PLACES,
    y=PLACES,
    scale=st.floats(0.1, 10.0),
    bend=st.floats(-170, 170),
    tilt=st.floats(-80, 80),
)
def test_flexion_does_not_change_with_place_size_or_tilt(
    x: float, y: float, scale: float, bend: float, tilt: float
) -> None:
    hip = np.array([x, y])
    knee = hip + scale * 40 * np.array([np.sin(np.deg2rad(tilt)), -np.cos(np.deg2rad(tilt))])
    shank = np.deg2rad(bend - tilt)
    ankle = knee + scale * 45 * np.array([-np.sin(shank), -np.cos(shank)])
    assert knee_flexion_deg(hip, knee, ankle) == pytest.approx(bend, abs=1e-6)


def test_many_instants_are_taken_at_once() -> None:
    points = np.random.default_rng(1).normal(size=(7, 3, 2))
    together = knee_flexion_deg(points[:, 0], points[:, 1], points[:, 2])
    alone = [float(knee_flexion_deg(*p)) for p in points]
    np.testing.assert_allclose(together, alone)
