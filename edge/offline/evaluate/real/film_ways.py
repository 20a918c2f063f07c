"""Ways in which a real film is made harder, frame by frame and in memory.

Unlike the films of ``spoilings.py`` these are not encoded again, and keep the labels' frames.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.side import Side

_HALF: Final = 0.5
# Values of the picture, which are not linear in light: darker than two stops of exposure.
_DARK: Final = np.array([value // 4 for value in range(256)], np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to show a film.

    Attributes
    ----------
    picture
        Returns the picture to show.
    points
        Returns points in the film's own picture, from points in that picture, shape (..., 2), and
        the width of the film.
    turned
        Whether left and right are exchanged.
    step
        Every how many frames one is shown.
    """

    picture: Callable[[Image], Image] = lambda image: image
    points: Callable[[Floats, int], Floats] = lambda xy, _width: xy
    turned: bool = False
    step: int = 1

    def frame(self, frame: Frame) -> Frame | None:
        """Return the frame as shown, its index among those shown; None if it is left out."""
        index, left = divmod(frame.index, self.step)
        if left:
            return None
        return replace(frame, index=index, image=self.picture(frame.image), jpeg=None)

    def side(self, side: Side) -> Side:
        """Return on which side a side of the film lies in what is shown."""
        return side.other if self.turned else side


def _mirrored(image: Image) -> Image:
    return np.ascontiguousarray(image[:, ::-1])


def _mirrored_points(xy: Floats, width: int) -> Floats:
    return np.asarray(xy * [-1.0, 1.0] + [width - 1.0, 0.0])


def _halved(image: Image) -> Image:
    return np.asarray(
        cv2.resize(image, None, fx=_HALF, fy=_HALF, interpolation=cv2.INTER_AREA), np.uint8
    )


def _doubled_points(xy: Floats, _width: int) -> Floats:
    # Pixels have their centres at whole numbers.
    return np.asarray((xy + 0.5) / _HALF - 0.5)


def _darkened(image: Image) -> Image:
    return np.asarray(_DARK[image])


AS_FILMED: Final = "as-filmed"
WAYS: Final[Mapping[str, Way]] = {
    AS_FILMED: Way(),
    "mirrored": Way(picture=_mirrored, points=_mirrored_points, turned=True),
    "half": Way(picture=_halved, points=_doubled_points),
    "dark": Way(picture=_darkened),
    "half-rate": Way(step=2),
}
