"""The background: the median of pictures over seconds, computed a band of rows at a time."""

from typing import Final

import cv2
import numpy as np

from edge.messages.arrays import Image

# Straight edges survive downscaling, and are found faster.
_ROWS: Final = 720
# The median of twelve pictures takes as long as many frames, so it is split into bands.
_BANDS: Final = 32
# Twice as many as six seconds give: interruptions add some.
_MOST: Final = 24


class Background:
    """Median of small grey pictures, computed in steps.

    Attributes
    ----------
    picture
        Shape (h, w), grey; None until the last step, or if pictures differ in size.
    """

    def __init__(self) -> None:
        self._kept: list[Image] = []
        self._bands: list[Image] = []
        self.picture: Image | None = None

    def keep(self, picture: Image) -> None:
        """Add a colour picture, shape (h, w, 3), unless there are enough already."""
        if len(self._kept) < _MOST:
            self._kept.append(_small(picture))

    def step(self) -> bool:
        """Compute the next band; return whether it was the last."""
        if len({picture.shape for picture in self._kept}) != 1:
            return True
        rows = np.array_split(np.arange(self._kept[0].shape[0]), _BANDS)[len(self._bands)]
        self._bands.append(_median([picture[rows] for picture in self._kept]))
        if len(self._bands) < _BANDS:
            return False
        self.picture = np.concatenate(self._bands)
        return True


def _median(pictures: list[Image]) -> Image:
    return np.asarray(np.median(np.stack(pictures), axis=0), dtype=np.uint8)


def _small(picture: Image) -> Image:
    height, width = picture.shape[:2]
    scale = min(1.0, _ROWS / height)
    size = (round(width * scale), round(height * scale))
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
