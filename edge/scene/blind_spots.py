"""Places in the picture at which a passing foot never moves a pixel: something stands before it."""

from collections import deque
from typing import Final

import numpy as np

# Four strides of slow running.
_OVER_S: Final = 3.0
_LOOK_EVERY_S: Final = 0.25
# Width of a place, in leg lengths: less than a foot, more than it moves between two frames.
_WIDE_LEGS: Final = 0.08
# Visits in at least two strides, nearly all of them still.
_LEAST_VISITS: Final = 5
_LEAST_APART_S: Final = 0.5
_STILL_SHARE: Final = 0.8


class BlindSpots:
    """Monitor of the places that heel and toe pass.

    Points that are wrong lie on still background here and there; but a place where they do is
    passed by the foot at other times, and then it moves.
    """

    def __init__(self) -> None:
        self._visits: deque[tuple[float, int, bool]] = deque()
        self._looked_s = -np.inf
        self._found = False

    def add(self, time_s: float, x_legs: float, *, still: bool) -> None:
        """Add one point of the foot: its place across the picture, and whether pixels stand still.

        Parameters
        ----------
        time_s
            Capture time.
        x_legs
            In leg lengths from the picture's left edge.
        still
            Whether nothing moved there.
        """
        self._visits.append((time_s, int(np.floor(x_legs / _WIDE_LEGS)), still))

    def any(self, time_s: float) -> bool:
        """Return whether there is such a place."""
        if time_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = time_s
            while self._visits and self._visits[0][0] < time_s - _OVER_S:
                self._visits.popleft()
            self._found = self._search()
        return self._found

    def _search(self) -> bool:
        times, places, still = (np.array(column) for column in zip(*self._visits, strict=True))
        for place in np.unique(places[still]):
            here = places == place
            if (
                here.sum() >= _LEAST_VISITS
                and np.ptp(times[here]) >= _LEAST_APART_S
                and still[here].mean() >= _STILL_SHARE
            ):
                return True
        return False
