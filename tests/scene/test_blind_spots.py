"""A place that hides what passes is told from a point that is wrong now and then."""

import numpy as np
import pytest

from edge.scene.blind_spots import BlindSpots

TIMES = np.arange(0.0, 2.5, 1 / 60)


def passing(time_s: float) -> float:
    """Return where a foot is that passes almost three times a second."""
    return float(2 + 0.6 * np.sin(2 * np.pi * 1.4 * time_s))


def test_a_place_that_hides_every_foot_is_found_and_forgotten() -> None:
    spots = BlindSpots()
    found = []
    for time_s in TIMES:
        x = passing(time_s)
        spots.add(time_s, x, still=1.6 < x < 1.8)
        found.append(spots.any(time_s))
    assert found[-1]
    assert not found[20]
    for time_s in TIMES + 10:
        spots.add(time_s, passing(time_s), still=False)
    assert not spots.any(13.0)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_points_that_are_wrong_now_and_then_are_no_place(share: float) -> None:
    spots, random = BlindSpots(), np.random.default_rng(3)
    for time_s in TIMES:
        spots.add(time_s, passing(time_s), still=bool(random.random() < share))
        assert not spots.any(time_s)


def test_one_stride_is_not_enough() -> None:
    spots = BlindSpots()
    for time_s in TIMES[:12]:
        spots.add(time_s, 1.7, still=True)
    assert not spots.any(0.2)
