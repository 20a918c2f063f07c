"""Roll and squareness against clips with known cameras, and turned copies of a level one."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.exercises.set_up_check.lines import levelness
from edge.messages.arrays import Image

FOCAL_PX = 0.87 * 960


def background(clips_dir: Path, name: str) -> Image:
    """Return the median of frames over three seconds, grey."""
    capture = cv2.VideoCapture(str(clips_dir / f"{name}.mp4"))
    frames = []
    for _ in range(180):
        ok, image = capture.read()
        assert ok
        frames.append(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
    capture.release()
    middle: Image = np.median(np.stack(frames[::15]), axis=0).astype(np.uint8)
    return middle


@pytest.fixture(scope="module")
def level(clips_dir: Path) -> Image:
    return background(clips_dir, "good_right")


def turned(picture: Image, roll_deg: float, yaw_deg: float) -> Image:
    """Return what a camera in the same place sees that is turned, then rolled."""
    height, width = picture.shape
    camera = np.array([[FOCAL_PX, 0, width / 2], [0, FOCAL_PX, height / 2], [0, 0, 1.0]])
    yaw, _ = cv2.Rodrigues(np.array([0, np.deg2rad(yaw_deg), 0.0]))
    roll, _ = cv2.Rodrigues(np.array([0, 0, np.deg2rad(roll_deg)]))
    way = camera @ roll @ yaw @ np.linalg.inv(camera)
    seen = cv2.warpPerspective(picture, way, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, dtype=np.uint8)


def test_a_level_square_camera_is_told_so(level: Image) -> None:
    found = levelness(level)
    assert found.roll_deg == pytest.approx(0, abs=0.2)
    assert found.yaw_deg == pytest.approx(0, abs=1.0)


def test_a_rendered_camera_of_known_place_is_recovered(clips_dir: Path) -> None:
    found = levelness(background(clips_dir, "yaw10_tilt3_right"))
    assert found.roll_deg == pytest.approx(3, abs=0.7)
    assert abs(found.yaw_deg) == pytest.approx(10, abs=2)


@pytest.mark.parametrize("roll_deg", [-4.0, -1.0, 0.0, 2.0])
@pytest.mark.parametrize("yaw_deg", [-8.0, 0.0, 5.0])
def test_a_turned_copy_is_recovered(level: Image, roll_deg: float, yaw_deg: float) -> None:
    found = levelness(turned(level, roll_deg, yaw_deg))
    assert found.roll_deg == pytest.approx(roll_deg, abs=0.7)
    assert abs(found.yaw_deg) == pytest.approx(abs(yaw_deg), abs=3)


def test_a_picture_without_edges_tells_nothing() -> None:
    for picture in (
        np.full((540, 960), 90, np.uint8),
        np.random.default_rng(3).integers(0, 255, (540, 960)).astype(np.uint8),
    ):
        found = levelness(picture)
        assert np.isnan(found.roll_deg)
        assert np.isnan(found.yaw_deg)


def test_edges_that_contradict_each_other_tell_nothing() -> None:
    picture = np.full((540, 960), 200, np.uint8)
    for row, rise in ((300, 60), (350, -60), (400, 55), (450, -65), (500, 10)):
        cv2.line(picture, (100, row), (800, row + rise), 0, 3)
    assert np.isnan(levelness(picture).roll_deg)
