"""Keypoints to try things on: the bundled clip as the bundled pose model saw it."""

from pathlib import Path
from typing import Final

import numpy as np

from edge.messages.arrays import Floats

_FILE: Final = Path(__file__).with_name("example_keypoints.npz")


def example_keypoints() -> tuple[Floats, Floats]:
    """Return the keypoints of a rendered runner at 3 m/s, to a tenth of a pixel.

    Returns
    -------
    Shape (n, 33, 2), pixels, of skeleton ``blazepose33``; and shape (n,), seconds.
    """
    with np.load(_FILE) as kept:
        return kept["tenths"] / 10.0, kept["times_s"]
