"""Example keypoints: the bundled clip as seen by the bundled pose model."""

from pathlib import Path
from typing import Final

import numpy as np

from edge.messages.arrays import Floats

_FILE: Final = Path(__file__).with_name("example_keypoints.npz")


def example_keypoints() -> tuple[Floats, Floats]:
    """Return the keypoints of a rendered runner at 3 m/s, rounded to 0.1 px.

    Returns
    -------
    Keypoints of skeleton ``blazepose33``, shape (n, 33, 2), pixels; times, shape (n,), seconds.
    """
    with np.load(_FILE) as kept:
        return kept["tenths"] / 10.0, kept["times_s"]
