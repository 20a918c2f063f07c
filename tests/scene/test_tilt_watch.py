"""A camera that is tilted is told where level and upright edges agree; one at an angle is not."""

from pathlib import Path

import numpy as np
import pytest
from filmed import film, images_of, turned

from edge.exercises.set_up_check.lines import sure_roll_deg
from edge.messages.arrays import Image
from edge.messages.notice import Notice
from edge.scene.tilt_watch import TiltWatch


def told(images: list[Image]) -> Notice:
    watch = TiltWatch(sure_roll_deg)
    return [watch.update(frame) for frame in film(images)][-1]


@pytest.mark.parametrize("clip", ["good_left", "bentpush_right"])
@pytest.mark.parametrize("deg", [-40.0, -25.0, -8.0, -5.0, 0.0, 2.0, 5.0, 9.0, 15.0, 33.0])
def test_a_tilt_of_more_than_four_degrees_is_told(clips_dir: Path, clip: str, deg: float) -> None:
    images = [turned(image, deg) for image in images_of(clips_dir / f"{clip}.mp4", 90)[::12]]
    last = told([image for image in images for _ in range(12)])
    if abs(deg) < 4:
        assert not last
    else:
        assert last.code == "camera_tilted"
        assert dict(last.params)["deg"] == pytest.approx(deg, abs=1.5)


def test_a_camera_at_an_angle_to_the_belt_is_not_tilted(clips_dir: Path) -> None:
    images = images_of(clips_dir / "yaw10_tilt3_right.mp4", 60)
    assert not told(images)


def test_a_picture_without_edges_says_nothing() -> None:
    assert not told([np.full((540, 960, 3), 90, np.uint8)] * 60)


def test_it_measures_six_times_and_no_more() -> None:
    looks: list[int] = []

    def roll_of(grey: object) -> float:
        looks.append(1)
        return 6.0

    watch = TiltWatch(roll_of)
    notices = [watch.update(frame) for frame in film([np.zeros((54, 96, 3), np.uint8)] * 120)]
    assert len(looks) == 6
    assert notices[10] == Notice()
    assert notices[-1] == Notice("camera_tilted", deg=6.0)
