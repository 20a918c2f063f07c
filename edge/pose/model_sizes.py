"""The landmark network in several sizes, one of them in use."""

from collections.abc import Mapping

from edge.messages.arrays import Image
from edge.pose.models.port import Landmarks
from edge.pose.region import Region
from edge.pose.rivals import Looker


class LandmarkSizes:
    """A keypoint model that runs the size in use; the region carries over when the size changes.

    Parameters
    ----------
    sizes
        The networks by name of their size.
    chosen
        Size to start with.
    """

    def __init__(self, sizes: Mapping[str, Looker], chosen: str) -> None:
        self._sizes = dict(sizes)
        self.choose(chosen)

    @property
    def in_use(self) -> str:
        """Name of the size in use."""
        return self._in_use

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all available sizes."""
        return tuple(self._sizes)

    def choose(self, name: str) -> None:
        """Switch to another size from the next picture on; call between pictures only.

        Raises
        ------
        ValueError
            If there is no such size.
        """
        if name not in self._sizes:
            raise ValueError(f"there is no size {name!r}, only {', '.join(self._sizes)}")
        self._in_use = name
        self._looker = self._sizes[name]

    def look(self, image: Image, region: Region) -> Landmarks:
        """Return the keypoints of the person in ``region``."""
        return self._looker.look(image, region)
