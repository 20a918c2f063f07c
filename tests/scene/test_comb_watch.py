"""Film of two instants in alternate rows is told; whole pictures never are."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from filmed import film, held, images_of, posed, truth_of

from edge.messages.arrays import Floats, Image
from edge.scene.comb_watch import CombWatch

COUNT = 80
Run = tuple[list[Image], Floats]


@pytest.fixture(scope="module", params=["walk_right", "kneesfwd_left"])
def run(request: pytest.FixtureRequest, clips_dir: Path) -> Run:
    clip = clips_dir / f"{request.param}.mp4"
    return images_of(clip, COUNT), truth_of(clip, COUNT)


def told(images: list[Image], points: Floats) -> set[str]:
    watch = CombWatch()
    frames, poses = film(images), posed(points, images)
    return held(lambda frame, pose: [watch.update(frame, pose)], frames, poses)[-1]


def combed(images: list[Image], first: int) -> list[Image]:
    """Return every second picture, with alternate rows of the one after it."""
    woven = []
    for one, other in zip(images[::2], images[1::2], strict=True):
        both = one.copy()
        both[first::2] = other[first::2]
        # As slow as the film that it was made from.
        woven += [both]
    return woven


@pytest.mark.parametrize("first", [0, 1])
def test_two_instants_in_one_picture_are_told(run: Run, first: int) -> None:
    images, points = run
    woven = combed(images, first)
    watch = CombWatch()
    frames = [
        type(frame)(index=frame.index, time_s=2 * frame.time_s, image=frame.image)
        for frame in film(woven)
    ]
    found = held(lambda frame, pose: [watch.update(frame, pose)], frames, posed(points[::2], woven))
    assert found[-1] == {"pictures_combed"}


def compressed(image: Image) -> Image:
    coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


NOISE = np.random.default_rng(3).integers(-16, 17, (540, 960, 3), dtype=np.int16)
SHIFTS = np.random.default_rng(4)


def noisy(image: Image) -> Image:
    noise = np.roll(NOISE, SHIFTS.integers(0, 500, 2), axis=(0, 1))
    return np.asarray(np.clip(image + noise, 0, 255), np.uint8)


@pytest.mark.parametrize("spoil", [lambda image: image, compressed, noisy])
def test_whole_pictures_are_not(run: Run, spoil: Callable[[Image], Image]) -> None:
    images, points = run
    assert told([spoil(image) for image in images], points) == set()
