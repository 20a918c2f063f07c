"""Light on the runner, and blur of quick feet."""

from typing import Final

import cv2
import numpy as np

from edge.messages.arrays import Image

_DARK, _BRIGHT = 16, 250
_LEAST_PIXELS: Final = 400
_STRONG: Final = 99


def light(patch: Image) -> tuple[float, float, float]:
    """Return the mean brightness of an image patch, and its shares of black and white.

    Parameters
    ----------
    patch
        Shape (h, w, 3).

    Returns
    -------
    Brightness 0 to 255, and two shares 0 to 1; NaN for an empty patch.
    """
    if patch.size == 0:
        return float("nan"), float("nan"), float("nan")
    grey = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY)
    return float(grey.mean()), float((grey <= _DARK).mean()), float((grey >= _BRIGHT).mean())


def edge_ratio(patch: Image) -> float:
    """Return the strength of vertical edges over that of horizontal ones; NaN for a small patch.

    Motion along the belt blurs only vertical edges. Strength is the 99th percentile of the
    difference between neighbouring pixels. For the near foot in swing in four rendered clips (540
    rows, 250 pixels per metre) the median is 0.55 to 0.80; with blur over 4, 8, 12 and 16 pixels it
    is 0.39 to 0.51, 0.28 to 0.34, 0.21 to 0.25 and 0.17 to 0.20.
    """
    if patch.shape[0] * patch.shape[1] < _LEAST_PIXELS:
        return float("nan")
    grey = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY).astype(np.float32)
    across = np.percentile(np.abs(np.diff(grey, axis=1)), _STRONG)
    down = np.percentile(np.abs(np.diff(grey, axis=0)), _STRONG)
    return float(across / down) if down > 0 else float("nan")
