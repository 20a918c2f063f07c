"""Feet out of the picture or out of sight are told within a second; feet in plain view never."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from filmed import film, held, images_of, painted, posed, truth_of

from edge.messages.arrays import Floats, Image
from edge.messages.side import Side
from edge.scene.feet_watch import FeetWatch
from edge.scene.near_leg import near_leg

COUNT = 110
RAIL = (230, 440, 810, 540)
# As high as the soles.
LOW_RAIL = (230, 462, 810, 540)
BENCH = (380, 430, 620, 540)
# Before the toes at mid stance alone.
POST = (400, 300, 540, 540)
RNG = np.random.default_rng(4)


def told(images: Sequence[Image], points: Floats, side: Side) -> list[set[str]]:
    watch = FeetWatch()
    frames, poses = film(images), posed(points, images)
    return held(lambda frame, pose: [watch.update(frame, pose, side)], frames, poses)


def noisy(images: Sequence[Image], sigma: float) -> list[Image]:
    return [
        np.clip(image + RNG.normal(0, sigma, image.shape), 0, 255).astype(np.uint8)
        for image in images
    ]


def dark(images: Sequence[Image]) -> list[Image]:
    return [(image * 0.12).astype(np.uint8) for image in images]


@pytest.fixture(scope="module", params=["good_right", "kneesfwd_left"])
def run(request: pytest.FixtureRequest, clips_dir: Path) -> tuple[list[Image], Floats, Side]:
    clip = clips_dir / f"{request.param}.mp4"
    side = Side(request.param.rpartition("_")[2])
    return images_of(clip, COUNT), truth_of(clip, COUNT), side


Run = tuple[list[Image], Floats, Side]


@pytest.mark.parametrize("spoil", [list, dark, lambda images: noisy(images, 6.0)])
def test_feet_in_plain_view_are_never_told(run: Run, spoil: object) -> None:
    assert callable(spoil)
    images, points, side = run
    assert set.union(*told(spoil(images), points, side)) == set()


@pytest.mark.parametrize("box", [RAIL, LOW_RAIL, BENCH, POST])
def test_what_stands_before_the_feet_is_told_within_a_second(
    run: Run, box: tuple[int, int, int, int]
) -> None:
    images, points, side = run
    codes = told(painted(images, box), points, side)
    assert all(now == {"feet_hidden"} for now in codes[75:])


@pytest.mark.parametrize("across", [0.36, 0.44])
def test_a_post_that_the_foot_only_passes_is_told(run: Run, across: float) -> None:
    """It hides the foot in a sixth of its time on the belt, and the points there are guessed."""
    images, points, side = run
    width, height = images[0].shape[1], images[0].shape[0]
    left = across if side is Side.RIGHT else 0.95 - across
    post = (round(left * width), 0, round((left + 0.05) * width), height)
    codes = told(painted(images, post, 128), points, side)
    assert codes[-1] == {"feet_hidden"}


def test_a_post_is_told_though_the_points_leave_it(run: Run) -> None:
    """A model that does not see the foot behind the post puts it beside the post."""
    images, points, side = run
    width, height = images[0].shape[1], images[0].shape[0]
    left = round(0.44 * width) if side is Side.RIGHT else round(0.51 * width)
    beside = points.copy()
    behind = (beside[..., 0] > left - 12) & (beside[..., 0] < left + 0.05 * width + 12)
    behind[:, [0, 1, 2, 7]] = False
    beside[behind, 0] = left - 14
    spoiled = painted(images, (left, 0, round(left + 0.05 * width), height), 128)
    assert told(spoiled, beside, side)[-1] == {"feet_hidden"}


def test_someone_seen_from_the_front_shows_nothing(run: Run) -> None:
    """Legs that jump apart are no stride, and resting feet are not hidden."""
    images, points, side = run
    front = points.copy()
    trunk = float(np.hypot(*(points[0, :2].mean(axis=0) - points[0, [2, 7]].mean(axis=0))))
    middle = front[:, :2, 0].mean(axis=1)
    front[:, 0, 0], front[:, 1, 0] = middle + 0.33 * trunk, middle - 0.33 * trunk
    assert set.union(*told(painted(images, RAIL), front, side)) == set()


def test_it_is_told_through_noise(run: Run) -> None:
    images, points, side = run
    codes = told(noisy(painted(images, RAIL), 6.0), points, side)
    assert codes[-1] == {"feet_hidden"}


@pytest.mark.parametrize(
    ("share", "doubt", "hidden"),
    [(0.85, 2.3, True), (0.88, 1.9, True), (0.85, 1.2, False), (1.0, 2.3, False)],
)
def test_a_toe_that_is_only_guessed_is_told(
    run: Run, share: float, doubt: float, hidden: bool
) -> None:
    """As in mosaic: the pixels move, the foot is too short, and the reader doubts the toe."""
    images, points, side = run
    watch = FeetWatch()
    poses = []
    for pose in posed(points, images):
        leg = near_leg(pose, side)
        assert leg is not None
        legs = np.stack([leg, leg])[:, [0, 0, 1, 2, 3, 4, 4]]
        legs[:, 6] = legs[:, 4] + share * (legs[:, 6] - legs[:, 4])
        errors = np.full((2, 7), 2.0)
        errors[:, 6] *= doubt
        poses.append(replace(pose, legs_px=legs, legs_error_px=errors))
    codes = held(lambda frame, pose: [watch.update(frame, pose, side)], film(images), poses)
    assert set.union(*codes[90:]) == ({"feet_hidden"} if hidden else set())


@pytest.mark.parametrize("below_sole_px", [0, -25, -60])
def test_feet_below_the_picture_are_told(run: Run, below_sole_px: int) -> None:
    images, points, side = run
    edge = round(float(np.percentile(points[:, [5, 6, 10, 11], 1], 95))) + below_sole_px
    codes = told([image[:edge] for image in images], points, side)
    assert all(now == {"feet_cut"} for now in codes[60:])


@pytest.mark.parametrize("below_sole_px", [-8, -25])
@pytest.mark.parametrize("top_px", [0, 30])
def test_feet_below_the_edge_of_a_black_bar_are_told(
    run: Run, below_sole_px: int, top_px: int
) -> None:
    images, points, side = run
    edge = round(float(np.percentile(points[:, [5, 6, 10, 11], 1], 95))) + below_sole_px
    height, width = images[0].shape[:2]
    barred = painted(painted(images, (0, edge, width, height), 2), (0, 0, width, top_px), 2)
    codes = told(barred, points, side)
    assert all(now == {"feet_cut"} for now in codes[60:])


@pytest.mark.parametrize("beside", [False, True])
def test_bars_that_leave_the_feet_free_are_not_told(run: Run, beside: bool) -> None:
    images, points, side = run
    height, width = images[0].shape[:2]
    lowest = round(float(points[:, [5, 6, 10, 11], 1].max())) + 12
    bars = [(0, 0, width, 30), (0, lowest, width, height)]
    if beside:
        bars = [(0, 0, 120, height), (width - 60, 0, width, height)]
    for bar in bars:
        images = painted(images, bar, 2)
    assert set.union(*told(images, points, side)) == set()


def test_feet_beside_the_picture_are_told(run: Run) -> None:
    images, points, side = run
    toe = points[:, 11 if side is Side.RIGHT else 6, 0]
    # The toes of early stance are beyond the edge towards which the runner runs.
    if side is Side.RIGHT:
        edge = int(np.percentile(toe, 65))
        images = [image[:, :edge] for image in images]
    else:
        edge = int(np.percentile(toe, 35))
        images, points = [image[:, edge:] for image in images], points - [float(edge), 0.0]
    assert told(images, points, side)[-1] == {"feet_cut"}


def test_a_repeated_picture_hides_no_feet(run: Run) -> None:
    images, points, side = run
    twice = [images[i - i % 2] for i in range(COUNT)]
    assert set.union(*told(twice, points, side)) == set()


def test_who_crosses_the_picture_shows_nothing(run: Run) -> None:
    images, points, side = run
    ahead = 4.0 if side is Side.RIGHT else -4.0
    crossing = points + np.arange(COUNT)[:, None, None] * [ahead, 0.0] - [2 * COUNT, 0.0]
    codes = told(painted(images, RAIL), crossing, side)
    assert set.union(*codes) == set()


def test_someone_who_stands_behind_a_rail_shows_nothing(run: Run) -> None:
    images, points, side = run
    still = [painted(images[:1], RAIL)[0]] * 90
    assert set.union(*told(still, np.repeat(points[:1], 90, axis=0), side)) == set()


def test_feet_that_come_into_sight_again_are_no_longer_told(run: Run) -> None:
    images, points, side = run
    seen = [*painted(images[:36], RAIL), *images[36:], *images, *images]
    codes = told(seen, np.concatenate([points] * 3), side)
    assert codes[35] == {"feet_hidden"}
    assert codes[-1] == set()


def test_compression_leaves_it_as_it_is(run: Run) -> None:
    images, points, side = run
    for spoiled, wanted in ((images, set()), (painted(images, RAIL), {"feet_hidden"})):
        coded = [
            cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], 1)
            for image in spoiled
        ]
        codes = told([np.asarray(image, np.uint8) for image in coded], points, side)
        assert codes[-1] == wanted
