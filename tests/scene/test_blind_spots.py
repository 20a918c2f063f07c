"""A place that hides every passing foot is told from plain view, wherever the points are."""

from collections.abc import Callable

import numpy as np
import pytest

from edge.messages.arrays import Image
from edge.scene.blind_spots import BlindSpots, Place

PLACE = Place(floor_px=90.0, hip_px=160.0, leg_px=100.0)
RNG = np.random.default_rng(5)
SHOE = RNG.integers(0, 100, (8, 36, 3))


def passing(time_s: float, reach_px: float = 50.0) -> Image:
    """Return a picture with a shoe that swings about the hip 1.4 times a second."""
    image = np.full((100, 320, 3), 120, np.uint8)
    x = int(160 + reach_px * np.sin(2 * np.pi * 1.4 * time_s))
    image[80:88, x - 18 : x + 18] = SHOE
    return image


def hiding(left: int, right: int) -> Callable[[Image], Image]:
    def spoil(image: Image) -> Image:
        spoiled = image.copy()
        spoiled[:, left:right] = 90
        return spoiled

    return spoil


def found(
    spoil: Callable[[Image], Image],
    *,
    seconds: float = 2.0,
    rate_hz: int = 60,
    place: Place = PLACE,
    least: float = 1.2,
) -> list[bool]:
    spots, before, told = BlindSpots(), spoil(passing(0.0)), []
    for time_s in np.arange(1, round(seconds * rate_hz)) / rate_hz:
        now = spoil(passing(time_s))
        spots.add(time_s, (before, now), place, least)
        told.append(spots.any(time_s, place))
        before = now
    return told


@pytest.mark.parametrize("left", [125, 150, 180])
@pytest.mark.parametrize("rate_hz", [25, 60, 120])
def test_a_post_that_the_foot_passes_is_found(left: int, rate_hz: int) -> None:
    told = found(hiding(left, left + 14), rate_hz=rate_hz)
    assert told[-1]
    assert not told[rate_hz // 2]


@pytest.mark.parametrize("rate_hz", [25, 60, 120])
def test_plain_view_has_none(rate_hz: int) -> None:
    assert not any(found(lambda image: image, rate_hz=rate_hz))


def test_a_thin_cable_hides_too_little() -> None:
    assert not any(found(hiding(160, 164)))


def test_what_the_foot_does_not_reach_is_none() -> None:
    # Beside the foot, nothing moves on the far side.
    assert not any(found(hiding(224, 240)))


def test_the_gap_to_somebody_else_is_none() -> None:
    def beside(image: Image) -> Image:
        spoiled = image.copy()
        spoiled[80:88, 280:300] = RNG.integers(0, 255)
        return spoiled

    assert not any(found(beside))


def test_it_is_found_through_noise() -> None:
    def noisy(image: Image) -> Image:
        spoiled = hiding(150, 164)(image)
        return np.clip(spoiled + RNG.normal(0, 4.0, spoiled.shape), 0, 255).astype(np.uint8)

    # Two pictures of this noise differ by 4.5 on average.
    assert found(noisy, least=2.4 * 4.5)[-1]


def test_it_is_forgotten_when_the_post_is_gone() -> None:
    spots, before = BlindSpots(), hiding(150, 164)(passing(0.0))
    told = []
    for frame in range(1, 360):
        time_s = frame / 60
        now = passing(time_s) if time_s > 2 else hiding(150, 164)(passing(time_s))
        spots.add(time_s, (before, now), PLACE, 1.2)
        told.append(spots.any(time_s, PLACE))
        before = now
    assert told[110]
    assert not told[-1]


def test_pictures_of_another_size_begin_anew() -> None:
    spots = BlindSpots()
    for frame in range(1, 200):
        time_s = frame / 60
        wide = 320 if frame < 100 else 240
        pictures = passing(time_s - 1 / 60)[:, :wide], passing(time_s)[:, :wide]
        spots.add(time_s, pictures, PLACE, 1.2)
        assert not spots.any(time_s, PLACE)
