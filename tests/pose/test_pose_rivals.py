"""Among several people the one who strides is followed, by stand-ins and by the real networks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import pi, sin
from pathlib import Path

import cv2
import numpy as np
import pytest
from pose_samples import Networks, a_frame, a_region, real_networks, seen
from skeletons import BLAZEPOSE33

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.pose import Pose
from edge.messages.skeleton import LEFT_LEG, RIGHT_LEG
from edge.pose.estimator import PoseEstimator
from edge.pose.models.port import Landmarks
from edge.pose.region import Region
from edge.pose.rivals import LegMotion

FPS = 60
LEG_PX = 200.0


def body(x: float, swing: float) -> Floats:
    """Return a body seen from the side at ``x``, its ankles ``swing`` leg lengths apart."""
    points = np.zeros((12, 2))
    points[:2] = (x, 100.0)
    for leg, ahead in ((LEFT_LEG, swing / 2), (RIGHT_LEG, -swing / 2)):
        ankle = x + ahead * LEG_PX
        points[list(leg)] = [
            (x, 300),
            ((x + ankle) / 2, 400),
            (ankle, 500),
            (ankle, 510),
            (ankle, 510),
        ]
    return BLAZEPOSE33.spread(points)


class People:
    """People at fixed places, each with a swing of the legs over time; the first is the largest."""

    def __init__(self, swings: dict[float, float]) -> None:
        self._swings = swings
        self.time_s = 0.0
        self.searches = 0

    def find(self, image: Image) -> list[Region]:
        self.searches += 1
        return [a_region(x=x, side=400) for x in self._swings]

    def look(self, image: Image, region: Region) -> Landmarks:
        x = region.center_x_px
        legs = self._swings[x] * sin(2 * pi * self.time_s / 0.72)
        return replace(seen(then=a_region(x=x, side=400)), xy_px=body(x, legs))


def poses_of(people: People, seconds: float) -> list[Pose]:
    estimator = PoseEstimator(people, people, BLAZEPOSE33, 0.5)
    poses = []
    for index in range(round(seconds * FPS)):
        people.time_s = index / FPS
        poses.append(estimator.update(a_frame(people.time_s, index=index)))
    return poses


def places(poses: Sequence[Pose]) -> list[float]:
    return [float(pose.body_px[0, 0]) for pose in poses]


def test_a_runner_is_followed_rather_than_a_larger_bystander() -> None:
    poses = poses_of(People({100.0: 0.1, 600.0: 0.8}), 2.0)
    assert [pose.frame_index for pose in poses if pose.breaks] == [27]
    assert set(places(poses[27:])) == {600.0}
    assert poses[-1].others


def test_a_runner_is_kept_whoever_walks_by() -> None:
    poses = poses_of(People({600.0: 0.8, 100.0: 0.6}), 3.0)
    assert not any(pose.breaks for pose in poses)
    assert set(places(poses)) == {600.0}


def test_two_who_stand_stay_as_they_are_until_one_runs() -> None:
    people = People({100.0: 0.05, 600.0: 0.0})
    assert set(places(poses_of(people, 3.0))) == {100.0}
    assert people.searches >= 3


def test_a_second_find_of_one_body_is_nobody_else() -> None:
    poses = poses_of(People({600.0: 0.1, 660.0: 0.8}), 2.0)
    assert not any(pose.breaks or pose.others for pose in poses)


def test_a_lone_runner_costs_a_search_in_ten_seconds() -> None:
    people = People({600.0: 0.8})
    poses_of(people, 25.0)
    # At the start, after 1, 2, 12 and 22 s.
    assert people.searches == 5


@pytest.mark.parametrize(("swing", "strides", "still"), [(0.8, True, False), (0.1, False, True)])
def test_leg_motion_tells_striding_from_standing(swing: float, strides: bool, still: bool) -> None:
    motion = LegMotion(BLAZEPOSE33)
    assert not motion.strides
    assert not motion.still
    for index in range(40):
        legs = swing * sin(2 * pi * index / FPS / 0.72)
        # The pose model exchanges the legs at random.
        motion.add(index / FPS, body(300.0, legs if index % 3 else -legs))
    assert (motion.strides, motion.still) == (strides, still)


# Rendered runners and the real networks.

PANEL = (slice(20, 510), slice(10, 240))


@pytest.fixture(scope="module")
def networks(models_dir: Path) -> Networks:
    return real_networks(models_dir)


def read(clip: Path, count: int) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(clip))
    try:
        for _ in range(count):
            found, image = capture.read()
            assert found
            yield np.asarray(image)
    finally:
        capture.release()


def follow(networks: Networks, images: Sequence[Image]) -> list[Pose]:
    estimator = networks.estimator()
    return [
        estimator.update(Frame(index=i, time_s=i / FPS, image=image))
        for i, image in enumerate(images)
    ]


def middle_x(pose: Pose) -> float:
    return float(np.nanmean(pose.body_px[:, 0]))


@pytest.fixture(scope="module")
def beside(shared_dir: Path) -> list[Image]:
    """Return the first second of a runner with a bystander at the edge."""
    return list(read(shared_dir / "data" / "faults" / "clinician_beside.mp4", 60))


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_runner_is_followed_beside_a_clinician(
    networks: Networks, beside: list[Image], mirrored: bool
) -> None:
    images = [np.ascontiguousarray(image[:, ::-1]) for image in beside] if mirrored else beside
    poses = follow(networks, images)
    changed = [pose.frame_index for pose in poses if pose.breaks]
    assert all(index <= 32 for index in changed)
    assert all(abs(middle_x(pose) - 480) < 150 for pose in poses[33:])
    assert poses[-1].others


def test_a_bystander_whom_the_first_search_missed_is_told(
    networks: Networks, beside: list[Image]
) -> None:
    # Ten pixels lower, the detector finds the runner alone.
    images = [image.copy() for image in beside]
    for image, source in zip(images, beside, strict=True):
        image[30:520, 10:240] = source[PANEL]
    poses = follow(networks, [*images, *images[:36]])
    assert abs(middle_x(poses[-1]) - 480) < 150
    assert poses[-1].others


def test_a_clinician_who_was_followed_is_left_for_the_runner_who_steps_on(
    networks: Networks, beside: list[Image]
) -> None:
    empty = np.median(beside[::4], axis=0).astype(np.uint8)
    alone = np.where(np.arange(960)[None, :, None] < 240, beside[0], empty)
    alone[:, 300:660] = cv2.GaussianBlur(alone[:, 300:660], (0, 0), 25)
    poses = follow(networks, [alone] * 36 + [*beside, *beside[:40]])
    assert middle_x(poses[35]) < 240
    assert [pose.breaks for pose in poses].count(True) == 1
    assert middle_x(poses[-1]) > 300
    assert poses[-1].others
