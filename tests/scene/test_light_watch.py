"""A runner without light, or with too much, is told; ordinary light is not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filmed import film, held, images_of, posed, truth_of

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.scene.light_watch import LightWatch

COUNT = 80
Run = tuple[list[Image], Floats, Side]


@pytest.fixture(scope="module", params=["good_right", "kneesfwd_left"])
def run(request: pytest.FixtureRequest, clips_dir: Path) -> Run:
    clip = clips_dir / f"{request.param}.mp4"
    side = Side(request.param.rpartition("_")[2])
    return images_of(clip, COUNT), truth_of(clip, COUNT), side


def told(run: Run, spoil: Callable[[Image], Image]) -> list[set[str]]:
    images, points, side = run
    watch = LightWatch()
    spoiled = [spoil(image) for image in images]

    def update(frame: Frame, pose: Pose) -> list[object]:
        return [watch.update(frame, pose, side)]

    return held(update, film(spoiled), posed(points, spoiled))  # type: ignore[arg-type]


def times(factor: float) -> Callable[[Image], Image]:
    return lambda image: np.clip(image * factor, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("factor", [1.0, 1.2, 0.5, 0.25])
def test_ordinary_and_dim_light_are_not_told(run: Run, factor: float) -> None:
    assert set.union(*told(run, times(factor))) == set()


@pytest.mark.parametrize(
    ("factor", "code"),
    [(0.12, "too_dark"), (0.06, "too_dark"), (2.4, "overexposed"), (4.0, "overexposed")],
)
def test_no_light_and_glaring_light_are_told_within_a_second(
    run: Run, factor: float, code: str
) -> None:
    codes = told(run, times(factor))
    assert all(now == {code} for now in codes[60:])


def test_a_leg_out_of_the_picture_tells_nothing(run: Run) -> None:
    assert set.union(*told(run, lambda image: image[:1, :1])) == set()


def test_light_that_comes_back_ends_it(run: Run) -> None:
    images, points, side = run
    watch, poses = LightWatch(), posed(points, images)
    for frame, pose in zip(film([times(0.06)(image) for image in images]), poses, strict=True):
        watch.update(frame, pose, side)
    watch.reset()
    for frame, pose in zip(film(images), poses, strict=True):
        assert not watch.update(frame, pose, side)
