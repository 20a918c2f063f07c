"""A runner without light, or with too much, is told; ordinary light is not."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from filmed import film, held, images_of, posed, truth_of

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.pose import Pose
from edge.scene.light_watch import LightWatch

COUNT = 80
Run = tuple[list[Image], Floats]


@pytest.fixture(scope="module", params=["kneesfwd_right", "mocap_s014_45_right"])
def run(request: pytest.FixtureRequest, clips_dir: Path) -> Run:
    clip = clips_dir / f"{request.param}.mp4"
    return images_of(clip, COUNT), truth_of(clip, COUNT)


def told(run: Run, spoil: Callable[[Image], Image]) -> list[set[str]]:
    images, points = run
    watch = LightWatch()
    spoiled = [spoil(image) for image in images]

    def update(frame: Frame, pose: Pose) -> list[object]:
        return [watch.update(frame, pose)]

    return held(update, film(spoiled), posed(points, spoiled))  # type: ignore[arg-type]


def times(factor: float) -> Callable[[Image], Image]:
    return lambda image: np.clip(image * factor, 0, 255).astype(np.uint8)


def luma(of: Callable[[Floats], Floats]) -> Callable[[Image], Image]:
    """Change brightness alone, which leaves the colours of a clipped picture below their limit."""

    def spoil(image: Image) -> Image:
        parts = cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb).astype(np.float64)
        parts[..., 0] = np.clip(of(parts[..., 0]), 0, 255)
        return np.asarray(cv2.cvtColor(parts.astype(np.uint8), cv2.COLOR_YCrCb2BGR), np.uint8)

    return spoil


def noisy_dark(grey: Floats) -> Floats:
    noise = np.random.default_rng(1).uniform(-6, 6, grey.shape)
    return np.asarray(grey * 0.12 + noise)


def glaring(grey: Floats) -> Floats:
    return np.asarray(grey * 2.2 + 22)


@pytest.mark.parametrize("factor", [1.0, 1.2, 0.5])
def test_ordinary_and_dim_light_are_not_told(run: Run, factor: float) -> None:
    assert set.union(*told(run, times(factor))) == set()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (times(0.25), "too_dark"),
        (times(0.06), "too_dark"),
        (luma(noisy_dark), "too_dark"),
        (times(2.0), "overexposed"),
        (times(4.0), "overexposed"),
        (luma(glaring), "overexposed"),
    ],
)
def test_no_light_and_glaring_light_are_told_within_a_second(
    run: Run, spoil: Callable[[Image], Image], code: str
) -> None:
    codes = told(run, spoil)
    assert all(now == {code} for now in codes[60:])


def test_legs_against_the_light_are_dark_though_the_picture_is_not(run: Run) -> None:
    images, points = run
    legs = [points[i, 2:].astype(int) for i in range(COUNT)]
    spoiled = []
    for image, at in zip(images, legs, strict=True):
        against = np.full_like(image, 240)
        for x, y in at:
            against[max(y - 40, 0) : y + 40, max(x - 40, 0) : x + 40] = 8
        spoiled.append(against)
    watch = LightWatch()
    found = held(lambda *seen: [watch.update(*seen)], film(spoiled), posed(points, spoiled))
    assert all(now == {"too_dark"} for now in found[60:])


def test_bright_colours_are_not_white(run: Run) -> None:
    def red(image: Image) -> Image:
        painted = image.copy()
        painted[..., 2] = 255
        painted[..., :2] //= 3
        return painted

    assert set.union(*told(run, red)) == set()


def test_a_leg_out_of_the_picture_tells_nothing(run: Run) -> None:
    assert set.union(*told(run, lambda image: image[:1, :1])) == set()


def test_light_that_comes_back_ends_it(run: Run) -> None:
    images, points = run
    watch, poses = LightWatch(), posed(points, images)
    for frame, pose in zip(film([times(0.06)(image) for image in images]), poses, strict=True):
        watch.update(frame, pose)
    watch.reset()
    for frame, pose in zip(film(images), poses, strict=True):
        assert not watch.update(frame, pose)
