"""The way into a region and back, and which regions can be looked at."""

from math import cos, hypot, inf, nan, pi, sin

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pose_samples import a_region

from edge.messages.arrays import Floats, Image
from edge.pose.region import (
    Region,
    body_region,
    crop,
    crop_to_image,
    letterbox_region,
    to_image,
)

regions = st.builds(
    a_region,
    x=st.floats(-500, 2500),
    y=st.floats(-500, 2500),
    side=st.floats(2, 4000),
    turn=st.floats(-pi, pi),
)
sizes = st.sampled_from([8, 224, 256])
points = st.tuples(st.floats(-50, 300), st.floats(-50, 300)).map(np.array)


def noise(width: int = 64, height: int = 48) -> Image:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)


@given(region=regions, size=sizes, point=points)
def test_a_point_comes_back_from_the_picture_to_its_place_in_the_crop(
    region: Region, size: int, point: Floats
) -> None:
    back = cv2.invertAffineTransform(crop_to_image(region, size))
    in_picture = to_image(point[None], region, size)[0]
    np.testing.assert_allclose(back[:, :2] @ in_picture + back[:, 2], point, atol=1e-6)


@given(region=regions, size=sizes)
def test_the_centre_of_the_crop_is_the_centre_of_the_region(region: Region, size: int) -> None:
    center = to_image(np.array([[size / 2, size / 2]]), region, size)[0]
    np.testing.assert_allclose(center, [region.center_x_px, region.center_y_px], atol=1e-9)


@given(region=regions, size=sizes)
def test_the_edges_of_the_crop_are_as_long_as_the_side(region: Region, size: int) -> None:
    corners = to_image(np.array([[0, 0], [size, 0], [size, size], [0, size]]), region, size)
    edges = corners - np.roll(corners, 1, axis=0)
    np.testing.assert_allclose(np.hypot(*edges.T), region.side_px, rtol=1e-9)


@pytest.mark.parametrize(
    ("turn", "top_middle"),
    [
        (0.0, (320, 140)),
        (pi / 2, (420, 240)),
        (pi, (320, 340)),
        (-pi / 2, (220, 240)),
    ],
)
def test_a_positive_turn_is_clockwise_as_seen(turn: float, top_middle: tuple[int, int]) -> None:
    found = to_image(np.array([[128.0, 0.0]]), a_region(320, 240, 200, turn), 256)[0]
    np.testing.assert_allclose(found, top_middle, atol=1e-9)


@pytest.mark.parametrize(
    ("outer", "turn"),
    [
        ((100, 60), 0.0),
        ((140, 60), pi / 4),
        ((140, 100), pi / 2),
        ((60, 100), -pi / 2),
        ((100, 140), -pi),
        ((60, 60), -pi / 4),
    ],
    ids=["above", "above right", "right", "left", "below", "above left"],
)
def test_a_body_region_is_turned_towards_its_outer_point(
    outer: tuple[int, int], turn: float
) -> None:
    region = body_region(np.array([100.0, 100.0]), np.array(outer, float))
    assert region.rotation_rad == pytest.approx(turn)
    assert (region.center_x_px, region.center_y_px) == (100, 100)


def test_a_body_region_is_two_and_a_half_times_its_circles_radius() -> None:
    assert body_region(np.array([10.0, 20.0]), np.array([13.0, 16.0])).side_px == 12.5


@given(center=points, angle=st.floats(-pi, pi), radius=st.floats(1, 1000))
def test_the_outer_point_is_straight_up_in_the_crop(
    center: Floats, angle: float, radius: float
) -> None:
    outer = center + radius * np.array([cos(angle), sin(angle)])
    region = body_region(center, outer)
    assert -pi <= region.rotation_rad < pi
    # Half the crop is 1.25 radii, so the outer point is 0.8 of the way from centre to top.
    place = to_image(np.array([[128.0, 128 - 0.8 * 128]]), region, 256)[0]
    np.testing.assert_allclose(place, outer, atol=1e-6)


@pytest.mark.parametrize(
    ("size_px", "side"), [((960, 540), 960), ((540, 960), 960), ((300, 300), 300)]
)
def test_a_letterbox_is_the_smallest_upright_square_around_the_picture(
    size_px: tuple[int, int], side: int
) -> None:
    assert letterbox_region(*size_px) == a_region(size_px[0] / 2, size_px[1] / 2, side)


@pytest.mark.parametrize(
    ("region", "usable"),
    [
        (a_region(), True),
        (a_region(side=2), True),
        (a_region(side=1.99), False),
        (a_region(side=0), False),
        (a_region(side=inf), False),
        (a_region(x=nan), False),
        (a_region(y=-inf), False),
        (a_region(turn=nan), False),
        (body_region(np.array([5.0, 5.0]), np.array([5.0, 5.0])), False),
        (body_region(np.array([5.0, 5.0]), np.array([nan, 5.0])), False),
        (body_region(np.array([nan, nan]), np.array([1.0, 5.0])), False),
        (body_region(np.array([5.0, 5.0]), np.array([5.0, inf])), False),
    ],
)
def test_a_region_without_place_or_size_is_unusable(region: Region, usable: bool) -> None:
    assert region.usable is usable


def test_an_upright_crop_at_full_scale_is_a_cut_out() -> None:
    image = noise()
    part = crop(image, a_region(30, 20, 16), 16, replicate_border=True)
    np.testing.assert_array_equal(part, image[12:28, 22:38])


def test_a_quarter_turn_brings_the_right_of_the_picture_to_the_top_of_the_crop() -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:, 40:] = 255
    part = crop(image, a_region(32, 24, 32, pi / 2), 32, replicate_border=True)
    assert part[:6].min() == 255
    assert part[10:].max() == 0


@given(
    x=st.integers(20, 80),
    y=st.integers(20, 60),
    turn=st.floats(-pi, pi),
    side=st.floats(60, 90),
)
def test_a_spot_in_the_crop_lies_where_the_map_says(
    x: int, y: int, turn: float, side: float
) -> None:
    image = np.zeros((80, 100, 3), np.uint8)
    cv2.circle(image, (x, y), 2, (255, 255, 255), -1)
    region = a_region(50, 40, side, turn)
    part = crop(image, region, 128, replicate_border=False)[..., 0]
    edges = np.concatenate([part[[0, -1]].ravel(), part[:, [0, -1]].ravel()])
    # In a corner of the picture that this region leaves out, the spot is not seen whole.
    assume(part.any() and not edges.any())
    weights = part / part.sum()
    center = [(weights.sum(axis=0) * np.arange(128)).sum(), weights.sum(axis=1) @ np.arange(128)]
    found = to_image(np.array([center]), region, 128)[0]
    assert hypot(*(found - (x, y))) < 0.2


def test_outside_the_picture_the_border_is_repeated_or_black() -> None:
    image = np.full((48, 64, 3), (10, 20, 30), np.uint8)
    beyond = a_region(0, 24, 40)
    repeated = crop(image, beyond, 40, replicate_border=True)
    black = crop(image, beyond, 40, replicate_border=False)
    assert (repeated == (10, 20, 30)).all()
    assert not black[:, :19].any()
    assert (black[:, 21:] == (10, 20, 30)).all()


def test_cropping_leaves_a_read_only_picture_as_it_was() -> None:
    image = noise()
    before = image.copy()
    image.setflags(write=False)
    part = crop(image, a_region(30, 20, 50, 0.3), 16, replicate_border=True)
    assert part.shape == (16, 16, 3)
    assert part.dtype == np.uint8
    np.testing.assert_array_equal(image, before)


@given(
    x=st.floats(-60, 160),
    y=st.floats(-60, 140),
    side=st.floats(4, 300),
    turn=st.floats(-pi, pi),
    repeated=st.booleans(),
)
def test_a_crop_is_sampled_as_from_the_whole_picture(
    x: float, y: float, side: float, turn: float, repeated: bool
) -> None:
    image, region = noise(), a_region(x, y, side, turn)
    whole = cv2.warpAffine(
        image,
        crop_to_image(region, 32),
        (32, 32),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE if repeated else cv2.BORDER_CONSTANT,
    )
    part = crop(image, region, 32, replicate_border=repeated)
    assert np.abs(part.astype(int) - whole).max() <= 1
