import numpy as np
import pytest

from edge.capture.watch import PictureWatch, Trouble
from edge.messages.arrays import Image

NOISE = np.random.default_rng(1)


def dim(level: int, size_px: tuple[int, int] = (640, 480)) -> Image:
    """Return a picture of a dim room, with a sensor's noise."""
    noisy = NOISE.normal(level, 3, (size_px[1], size_px[0], 3))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def states(pictures: list[Image], interval_s: float = 1 / 30) -> list[Trouble]:
    watch = PictureWatch()
    return [watch.update(index * interval_s, image) for index, image in enumerate(pictures)]


@pytest.mark.parametrize(("level", "black"), [(0, True), (5, True), (30, False), (60, False)])
def test_a_dim_room_is_not_black_and_a_covered_lens_is(level: int, black: bool) -> None:
    seen = states([dim(level) for _ in range(40)])
    assert (seen[-1] is Trouble.BLACK) == black
    assert (Trouble.NONE in seen[:20]) is True


def test_a_dark_room_with_a_lamp_in_it_is_not_black() -> None:
    pictures = [dim(4) for _ in range(40)]
    for picture in pictures:
        picture[100:180, 100:180] = 200
    assert set(states(pictures)) == {Trouble.NONE}


def test_a_still_scene_with_a_sensors_noise_is_not_still() -> None:
    assert set(states([dim(100) for _ in range(90)])) == {Trouble.NONE}


def test_equal_pictures_are_still_after_a_moment() -> None:
    image = dim(100)
    seen = states([image] * 40)
    assert seen[20] is Trouble.NONE
    assert seen[22:] == [Trouble.STILL] * 18


def test_pictures_sent_twice_are_not_still() -> None:
    pictures = [image for image in (dim(100) for _ in range(45)) for _ in range(2)]
    assert set(states(pictures, 1 / 60)) == {Trouble.NONE}


def test_a_picture_is_looked_at_whatever_its_size() -> None:
    for size_px in ((16, 9), (47, 48), (3840, 2160), (1, 1)):
        assert set(states([dim(100, size_px) for _ in range(3)])) == {Trouble.NONE}


def test_the_watch_keeps_no_picture_that_belongs_to_others() -> None:
    image, watch = dim(100), PictureWatch()
    watch.update(0.0, image)
    image += 1
    for tenth in range(1, 20):
        image += 1
        assert watch.update(tenth / 10, image) is Trouble.NONE


def test_what_is_usual_outlives_another_opening() -> None:
    watch = PictureWatch()
    for index in range(300):
        watch.update(index / 60, dim(100, (16, 9)))
    assert watch.usual_hz == pytest.approx(60, abs=1)
    watch.begin_again()
    seen = [watch.update(10 + index / 15, dim(100, (16, 9))) for index in range(40)]
    assert seen[0] is Trouble.NONE
    assert seen[-1] is Trouble.SLOW
    assert watch.usual_hz == pytest.approx(60, abs=1)
