"""Refinement by hand, and what becomes of the landmark network's numbers."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pose_samples import FakeNetwork, a_region

from edge.messages.arrays import Floats
from edge.pose.models.blazepose.landmarks import BlazePose, refine_with_heatmap
from edge.pose.models.port import Landmarks, ModelNetwork
from edge.pose.region import body_region

COLD, HOT, EVEN = -80.0, 80.0, 0.0
POINTS = 39
NO_LEGS = np.zeros((1, 2, 7, 3), np.float32)


def a_map(*cells: tuple[int, int, float], channels: int = 1) -> NDArray[np.float32]:
    """Return cold heatmaps with logits at some cells (column, row) of the first."""
    heat = np.full((64, 64, channels), COLD, np.float32)
    for column, row, logit in cells:
        heat[row, column, 0] = logit
    return heat


def refined(point: tuple[float, float], *cells: tuple[int, int, float]) -> list[float]:
    found = refine_with_heatmap(np.array([point], float), a_map(*cells))[0]
    return [round(float(value), 6) for value in found]


@pytest.mark.parametrize(
    ("point", "cells", "expected"),
    [
        # Four pixels a cell, and no half-cell shift: cell (34, 17) is the place (136, 68).
        ((130, 70), [(34, 17, HOT)], [136, 68]),
        ((128, 128), [(32, 32, HOT)], [128, 128]),
        ((131.9, 131.9), [(32, 32, HOT)], [128, 128]),
        ((128, 128), [(30, 32, HOT), (33, 32, HOT)], [126, 128]),
        ((128, 128), [(32, 31, HOT), (32, 34, HOT)], [128, 130]),
        # Weights are probabilities: 1 at column 30 and a half at 33.
        ((128, 128), [(30, 32, HOT), (33, 32, EVEN)], [124, 128]),
        ((128, 128), [(31, 32, log(3)), (33, 34, HOT)], [4 * 56.25 / 1.75, 4 * 58 / 1.75]),
    ],
)
def test_a_point_moves_to_the_centre_of_mass_in_cells(
    point: tuple[float, float], cells: list[tuple[int, int, float]], expected: list[float]
) -> None:
    assert refined(point, *cells) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("point", "cell", "moves"),
    [
        ((128, 128), (35, 35), True),
        ((128, 128), (29, 29), True),
        ((128, 128), (36, 32), False),
        ((128, 128), (32, 28), False),
        # The cell is cut off, not rounded: 131.9 is still in cell 32, 132 in 33.
        ((131.9, 128), (36, 32), False),
        ((132, 128), (36, 32), True),
        ((131.9, 128), (29, 32), True),
        ((132, 128), (29, 32), False),
    ],
)
def test_the_window_reaches_three_cells_each_way(
    point: tuple[float, float], cell: tuple[int, int], moves: bool
) -> None:
    expected = [cell[0] * 4.0, cell[1] * 4.0] if moves else list(point)
    assert refined(point, (*cell, HOT)) == expected


@pytest.mark.parametrize(
    ("point", "cells", "expected"),
    [
        ((1, 1), [(0, 0, HOT), (3, 3, HOT)], [6, 6]),
        # An edge cell counts once, however much of the window lies beyond it.
        ((0, 0), [(0, 0, HOT), (1, 1, HOT)], [2, 2]),
        ((255.9, 255.9), [(63, 63, HOT), (60, 60, HOT)], [246, 246]),
        ((255.9, 255.9), [(63, 63, HOT), (62, 62, HOT)], [250, 250]),
        ((2, 130), [(0, 32, HOT), (2, 32, HOT)], [4, 128]),
        ((130, 254), [(32, 63, HOT), (32, 61, HOT)], [128, 248]),
        # And nothing is seen around the corner.
        ((1, 130), [(63, 32, HOT)], [1, 130]),
        ((254, 130), [(0, 32, HOT)], [254, 130]),
        ((130, 1), [(32, 61, HOT)], [130, 1]),
    ],
)
def test_the_window_ends_at_the_edge_of_the_map(
    point: tuple[float, float], cells: list[tuple[int, int, float]], expected: list[float]
) -> None:
    assert refined(point, *cells) == expected


@pytest.mark.parametrize(
    ("logit", "moves"), [(HOT, True), (0.1, True), (0.0, True), (-0.01, False), (COLD, False)]
)
def test_a_point_stays_where_no_cell_reaches_one_half(logit: float, moves: bool) -> None:
    assert refined((129, 129), (33, 31, logit)) == ([132, 124] if moves else [129, 129])


@pytest.mark.parametrize(
    "point",
    [(-0.5, 10), (10, -0.5), (-3, -3), (256, 10), (10, 256), (-500, 10), (10, 4000)],
)
def test_a_point_outside_the_crop_stays(point: tuple[float, float]) -> None:
    everywhere = np.full((64, 64, 1), HOT, np.float32)
    at = np.array([point], float)
    np.testing.assert_array_equal(refine_with_heatmap(at, everywhere), at)


def test_each_point_has_a_map_of_its_own() -> None:
    heat = a_map((33, 33, HOT), channels=3)
    heat[31, 31, 2] = HOT
    points = np.full((3, 2), 128.0)
    before = points.copy()
    np.testing.assert_allclose(
        refine_with_heatmap(points, heat), [[132, 132], [128, 128], [124, 124]]
    )
    np.testing.assert_array_equal(points, before)


def one_by_one(points: Floats, heat: NDArray[np.float32]) -> Floats:
    """Refine with a loop over cells, straight from the rule."""
    result = points.copy()
    for i, (x, y) in enumerate(points):
        column, row = int(x / 4), int(y / 4)
        if x < 0 or y < 0 or column > 63 or row > 63:
            continue
        cells = [
            (c, r, 1 / (1 + np.exp(-float(heat[r, c, i]))))
            for r in range(max(row - 3, 0), min(row + 4, 64))
            for c in range(max(column - 3, 0), min(column + 4, 64))
        ]
        if max(p for *_, p in cells) >= 0.5:
            total = sum(p for *_, p in cells)
            result[i] = [sum(cell[axis] * cell[2] for cell in cells) * 4 / total for axis in (0, 1)]
    return result


@settings(max_examples=50)
@given(seed=st.integers(0, 2**32 - 1), level=st.floats(-8, 1), spread=st.floats(20, 200))
def test_all_points_at_once_are_as_one_by_one(seed: int, level: float, spread: float) -> None:
    random = np.random.default_rng(seed)
    points = random.uniform(128 - spread, 128 + spread, (POINTS, 2))
    heat = random.normal(level, 3, (64, 64, POINTS)).astype(np.float32)
    np.testing.assert_allclose(
        refine_with_heatmap(points, heat), one_by_one(points, heat), rtol=0, atol=1e-9
    )


def looked(
    table: Floats,
    presence: float = 0.9,
    side: float = 512.0,
    legs: NDArray[np.float32] = NO_LEGS,
) -> Landmarks:
    """Return what is made of a table of 39 rows, in a region around (300, 200)."""
    network = FakeNetwork(
        table.astype(np.float32).reshape(1, -1),
        np.array([[presence]], np.float32),
        np.full((1, 64, 64, POINTS), COLD, np.float32),
        legs,
    )
    image = np.zeros((400, 600, 3), np.uint8)
    return ModelNetwork(BlazePose("full"), network).look(image, a_region(300, 200, side))


def a_table() -> Floats:
    table = np.zeros((POINTS, 5))
    table[:, :2] = 128
    table[34, :2] = 128, 64
    return table


@pytest.mark.parametrize(
    ("in_view", "hidden", "expected"),
    [
        (0, 80, 0.5),
        (80, 0, 0.5),
        (log(3), log(4), 0.75),
        (log(4), log(3), 0.75),
        (-80, 80, 0.0),
        (1e4, 1e4, 1.0),
        (-1e4, 0, 0.0),
    ],
)
def test_visibility_is_the_lower_of_the_two_scores(
    in_view: float, hidden: float, expected: float
) -> None:
    table = a_table()
    table[5, 3:] = in_view, hidden
    visibility = looked(table).visibility
    assert visibility[5] == pytest.approx(expected, abs=1e-6)
    assert visibility[6] == 0.5


@pytest.mark.parametrize(("side", "expected"), [(256.0, -16.0), (512.0, -32.0), (128.0, -8.0)])
def test_depth_is_in_pixels_of_the_picture(side: float, expected: float) -> None:
    table = a_table()
    table[27, 2] = -16
    depth = looked(table, side=side).depth_px
    assert depth[27] == expected
    assert depth[26] == 0


def test_points_come_back_to_the_picture() -> None:
    table = a_table()
    table[27, :2] = 0, 255
    xy_px = looked(table).xy_px
    np.testing.assert_allclose(xy_px[27], [300 - 256, 200 + 254])
    np.testing.assert_allclose(xy_px[0], [300, 200])


def test_only_the_33_keypoints_leave_the_room() -> None:
    found = looked(a_table())
    assert found.xy_px.shape == (33, 2)
    assert found.depth_px.shape == found.visibility.shape == (33,)


def test_the_next_region_comes_from_the_two_points_after_the_keypoints() -> None:
    table = a_table()
    table[33, :2] = 138, 128
    table[34, :2] = 138, 78
    expected = body_region(np.array([320.0, 200.0]), np.array([320.0, 100.0]))
    assert looked(table).next_region == expected
    assert expected == a_region(320, 200, 250)


def test_points_are_refined_before_they_choose_the_next_region() -> None:
    heat = np.full((1, 64, 64, POINTS), COLD, np.float32)
    heat[0, 32, 34, 33] = HOT
    network = FakeNetwork(
        a_table().astype(np.float32).reshape(1, -1), np.ones((1, 1), np.float32), heat, NO_LEGS
    )
    image = np.zeros((400, 600, 3), np.uint8)
    found = ModelNetwork(BlazePose("full"), network).look(image, a_region(300, 200, 512))
    assert found.next_region.center_x_px == 316


def test_legs_are_brought_into_the_picture_as_the_keypoints_are() -> None:
    legs = np.zeros((1, 2, 7, 3), np.float32)
    legs[0, 0, 2] = 128, 128, 1.5
    legs[0, 1, 6] = 138, 78, 0.5
    found = looked(a_table(), legs=legs)
    assert found.legs_px is not None
    assert found.legs_error_px is not None
    assert found.legs_px[0, 2].tolist() == [300, 200]
    assert found.legs_px[1, 6].tolist() == [320, 100]
    # The region is twice as large as the crop, and so are the errors.
    assert found.legs_error_px[0, 2] == 3
    assert found.legs_error_px[1, 6] == 1


def test_presence_is_taken_as_it_is() -> None:
    assert looked(a_table(), presence=0.25).presence == 0.25


def test_the_network_is_given_rgb_between_0_and_1() -> None:
    network = FakeNetwork(
        np.zeros((1, 195), np.float32),
        np.zeros((1, 1), np.float32),
        np.full((1, 64, 64, POINTS), COLD, np.float32),
        NO_LEGS,
    )
    image = np.full((48, 64, 3), (0, 51, 255), np.uint8)
    ModelNetwork(BlazePose("full"), network).look(image, a_region(0, 0, 100))
    (given_,) = network.given
    assert given_.shape == (1, 256, 256, 3)
    assert given_.dtype == np.float32
    # Three quarters of the region lie outside the picture, where its edge is repeated.
    np.testing.assert_allclose(given_[0], np.broadcast_to([1, 0.2, 0], (256, 256, 3)), atol=1e-6)


def test_a_look_leaves_nothing_behind_for_the_next() -> None:
    table = a_table()
    network = FakeNetwork(
        table.astype(np.float32).reshape(1, -1),
        np.ones((1, 1), np.float32),
        np.full((1, 64, 64, POINTS), COLD, np.float32),
        NO_LEGS,
    )
    landmarks = ModelNetwork(BlazePose("full"), network)
    noise = np.random.default_rng(3).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    black = np.zeros((48, 64, 3), np.uint8)
    for image in (noise, black, noise):
        landmarks.look(image, a_region(32, 24, 48))
    first, other, again = network.given
    np.testing.assert_array_equal(first, again)
    assert not other.any()
