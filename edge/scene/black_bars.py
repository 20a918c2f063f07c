"""Black bars along the edges of a picture, as film of another shape gets them."""

from typing import Final

import numpy as np

from edge.messages.arrays import Floats, Image

# Of 255: black after compression, whose rings reach a row or two into a bar.
_BLACK: Final = 20
_OTHER_SHARE: Final = 0.01
# The picture begins at once: somewhere along the bar something is not dark. Else it may be a floor.
_BRIGHT: Final = 60
_BEGINS_SHARE: Final = 0.02
_LEAST_SHARE: Final = 0.02
_MOST_SAMPLES: Final = 160


def seen_part(image: Image) -> Floats:
    """Return the corners of what is between black bars: (left, top) and (right, bottom).

    Parameters
    ----------
    image
        Shape (h, w, 3), uint8.

    Returns
    -------
    Shape (2, 2), pixels; the last row and column that are picture, not the ones after.
    """
    height, width = image.shape[:2]
    rows = image[:, :: max(width // _MOST_SAMPLES, 1)].max(axis=2)
    columns = image[:: max(height // _MOST_SAMPLES, 1)].max(axis=2).T
    top, bottom = _bar(rows), _bar(rows[::-1])
    left, right = _bar(columns), _bar(columns[::-1])
    return np.array([[left, top], [width - 1 - right, height - 1 - bottom]], float)


def _bar(lines: Image) -> int:
    """Return how many of the first lines are a bar; 0 without one.

    Examples
    --------
    >>> picture = np.full((100, 50), 120, np.uint8)
    >>> picture[:12] = 3
    >>> _bar(picture), _bar(picture[::-1])
    (12, 0)
    """
    count, samples = lines.shape
    black = np.count_nonzero(lines > _BLACK, axis=1) <= _OTHER_SHARE * samples
    bar = int(np.argmin(black)) if not black.all() else 0
    if bar < _LEAST_SHARE * count:
        return 0
    begins = lines[bar : bar + max(round(_BEGINS_SHARE * count), 1)]
    return bar if int(begins.max()) > _BRIGHT else 0
