"""One size looks at a time, and the region goes on from one to the next."""

import pytest
from fakes import picture
from pose_samples import seen

from edge.messages.arrays import Image
from edge.pose.model_sizes import LandmarkSizes
from edge.pose.models.port import Landmarks
from edge.pose.region import Region, letterbox_region

SOMEWHERE = letterbox_region(64, 48)


class Looker:
    """An estimator that sees the same person as the others, at its own position."""

    def __init__(self, x_px: float) -> None:
        self._x_px = x_px
        self.regions: list[Region] = []

    def look(self, image: Image, region: Region) -> Landmarks:
        self.regions.append(region)
        return seen(at=self._x_px, then=region)


def test_the_chosen_size_looks_until_another_is() -> None:
    full, lite = Looker(1.0), Looker(2.0)
    sizes = LandmarkSizes({"full": full, "lite": lite}, "full")
    found = []
    for name in ("full", "full", "lite", "full"):
        sizes.choose(name)
        assert sizes.in_use == name
        found.append(sizes.look(picture(0), SOMEWHERE).xy_px[0, 0])
    assert found == [1, 1, 2, 1]
    assert (len(full.regions), len(lite.regions)) == (3, 1)


def test_a_size_that_is_not_there_is_refused_and_changes_nothing() -> None:
    sizes = LandmarkSizes({"full": Looker(1.0)}, "full")
    with pytest.raises(ValueError, match="no size 'lite', only full"):
        sizes.choose("lite")
    assert sizes.in_use == "full"
    assert sizes.names == ("full",)
