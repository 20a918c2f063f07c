"""The truth's heel and tip are the shoe's own ends."""

import numpy as np
import pytest
from footwear import ShoeShape, in_foot, points_of, shaped, to_world

# A bare foot, in its own axes from the ankle: heel 60 mm behind it, toe 190 mm before it.
TOE_X, HEEL_X, FOOT_Z = 0.19, -0.06, -0.07
BALL = np.array([0.12, 0.01, -0.1])
ROOMY = ShoeShape(beyond_toe_m=0.03, behind_heel_m=0.012, sole_m=0.035, spring_m=0.02)


def shoe(length: float = 0.27, back: float = -0.065, sole: float = 0.02) -> np.ndarray:
    """Return the corners and some surface points of a box around the foot."""
    x = np.linspace(back, back + length, 28)
    z = np.linspace(FOOT_Z - sole, 0.02, 7)
    grid = np.meshgrid(x, [-0.045, 0.045], z, indexing="ij")
    return np.stack([axis.ravel() for axis in grid], axis=1)


@pytest.mark.parametrize("length", [0.25, 0.27, 0.31])
def test_a_shoe_ends_where_its_shape_says(length: float) -> None:
    drawn = shaped(shoe(length), ROOMY, TOE_X, HEEL_X, FOOT_Z)
    assert drawn[:, 0].max() == pytest.approx(TOE_X + 0.03)
    assert drawn[:, 0].min() == pytest.approx(HEEL_X - 0.012)
    assert drawn[:, 2].min() == pytest.approx(FOOT_Z - 0.035)


def test_the_tip_turns_up_and_the_heel_stays() -> None:
    flat = shaped(
        shoe(),
        ShoeShape(beyond_toe_m=0.03, behind_heel_m=0.012, sole_m=0.035, spring_m=0.0),
        TOE_X,
        HEEL_X,
        FOOT_Z,
    )
    risen = shaped(shoe(), ROOMY, TOE_X, HEEL_X, FOOT_Z)
    rise = risen[:, 2] - flat[:, 2]
    assert rise[np.argmax(flat[:, 0])] == pytest.approx(0.02)
    assert rise[np.argmin(flat[:, 0])] == 0


def test_truth_is_the_foremost_and_the_rearmost_point_of_the_shoe() -> None:
    drawn = shaped(shoe(), ROOMY, TOE_X, HEEL_X, FOOT_Z)
    points = points_of(drawn, BALL)
    assert points["shoe_tip"][0] == pytest.approx(drawn[:, 0].max())
    assert points["heel_pt"][0] == pytest.approx(drawn[:, 0].min())
    # In the middle of the shoe's width, and between outsole and upper.
    assert points["shoe_tip"][1] == pytest.approx(0)
    assert drawn[:, 2].min() < points["shoe_tip"][2] < drawn[:, 2].max()


def test_the_foot_rolls_over_the_outsole_not_over_a_tip_in_the_air() -> None:
    drawn = shaped(shoe(), ROOMY, TOE_X, HEEL_X, FOOT_Z)
    points = points_of(drawn, BALL)
    assert BALL[0] + 0.03 <= points["c_tip"][0] < drawn[:, 0].max()
    assert points["c_heel"][0] == pytest.approx(drawn[:, 0].min())
    assert points["c_tip"][2] == points["c_heel"][2] == BALL[2]


def test_the_foots_axes_and_back() -> None:
    ankle, yaw = np.array([0.1, 0.2, 0.3]), 0.3
    points = np.random.default_rng(3).normal(size=(5, 3))
    there = in_foot(points, ankle, yaw)
    np.testing.assert_allclose(to_world(there, ankle, yaw), points)
    ahead = ankle + np.array([np.cos(yaw), np.sin(yaw), 0.0])
    np.testing.assert_allclose(in_foot(ahead[None], ankle, yaw), [[1, 0, 0]], atol=1e-12)
