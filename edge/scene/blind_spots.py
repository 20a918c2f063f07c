"""Places that a foot passes and where no pixel ever moves: something stands before it."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Image

# Four strides of slow running, of which one is enough to pass every place.
_OVER_S: Final = 3.0
_LEAST_S: Final = 1.2
_LOOK_EVERY_S: Final = 0.25
# In leg lengths. A column is a tenth of a shoe; a gap hides less than a third of one, as a cable
# or a thin strut does, and can be read across.
_COLUMN_LEGS: Final = 0.02
_LEAST_COLUMN_PX: Final = 2.0
_GAP_LEGS: Final = 0.08
# Rows above the lowest place of the foot: all of a foot on the belt. Its shadow is below.
_ABOVE_LEGS, _BELOW_LEGS = 0.22, 0.02
# Every foot passes the columns this far from the hip. What is still beyond may lie between the
# runner and somebody else.
_REACH_LEGS: Final = 0.55
# Share of the frames in which a column changes. The least between the toes and heels of 17 rendered
# and three real runners is 0.3; behind a post it is 0. Its edges lie in columns of their own.
_STILL_SHARE, _MOVING_SHARE = 0.03, 0.15
_EDGE_COLUMNS: Final = 3
# The runner has come nearer or gone away.
_OTHER_SCALE: Final = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the foot is looked for: the y of its lowest place, the x of the hip, pixels."""

    floor_px: float
    hip_px: float
    leg_px: float


class BlindSpots:
    """Monitor of the columns of the picture that heel and toe pass.

    It needs no points of the foot, which are wrong exactly where something hides it: the foot of
    somebody who strides in place crosses every column around the hip, and then its pixels change.
    Still columns between changing ones are hidden.
    """

    def __init__(self) -> None:
        self._leg_px = 0.0
        self._looks: deque[tuple[float, NDArray[np.bool_]]] = deque()
        self._looked_s = -np.inf
        self._found = False

    def add(self, time_s: float, pictures: tuple[Image, Image], place: Place, least: float) -> None:
        """Add two pictures that follow each other.

        Parameters
        ----------
        time_s
            Capture time of the second.
        pictures
            Shape (h, w, 3), both of one size.
        place
            Where the foot is.
        least
            Mean change of grey, of 255, from which something moves.
        """
        if not self._leg_px / _OTHER_SCALE < place.leg_px < self._leg_px * _OTHER_SCALE:
            self._leg_px = place.leg_px
        top = max(int(place.floor_px - _ABOVE_LEGS * place.leg_px), 0)
        bottom = int(place.floor_px + _BELOW_LEGS * place.leg_px)
        before, now = (picture[top:bottom] for picture in pictures)
        if now.size:
            changed = _changes(before, now, self._column_px) > least
            if self._looks and self._looks[-1][1].size != changed.size:
                self._looks.clear()
            self._looks.append((time_s, changed))
        while self._looks and self._looks[0][0] < time_s - _OVER_S:
            self._looks.popleft()

    @property
    def _column_px(self) -> float:
        return max(self._leg_px * _COLUMN_LEGS, _LEAST_COLUMN_PX)

    def any(self, time_s: float, place: Place) -> bool:
        """Return whether there is such a place within reach of the foot."""
        if time_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = time_s
            enough = self._looks and time_s - self._looks[0][0] >= _LEAST_S
            self._found = bool(enough) and self._search(place)
        return self._found

    def _search(self, place: Place) -> bool:
        shares = np.mean([changed for _, changed in self._looks], axis=0)
        wide = _GAP_LEGS * place.leg_px / self._column_px
        hip, reach = place.hip_px / self._column_px, _REACH_LEGS * place.leg_px / self._column_px
        return any(
            end - start >= wide
            and abs((start + end) / 2 - hip) <= reach
            and _between(shares, start, end)
            for start, end in _gaps(shares <= _STILL_SHARE)
        )


def _changes(before: Image, now: Image, column_px: float) -> NDArray[np.float64]:
    """Return the largest change of grey in each column of a strip, over squares of its width."""
    height, width = now.shape[:2]
    change = cv2.absdiff(before, now).astype(np.float32)
    size = max(int(width / column_px), 1), max(int(height / column_px), 1)
    squares = cv2.resize(change, size, interpolation=cv2.INTER_AREA)
    return np.asarray(squares.mean(axis=2).max(axis=0), np.float64)


def _gaps(still: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return start and end, one past the last, of the runs of true values, shape (n, 2).

    Examples
    --------
    >>> _gaps(np.array([True, False, True, True])).tolist()
    [[0, 1], [2, 4]]
    """
    edges = np.diff(np.concatenate([[0], still.astype(np.int64), [0]]))
    return np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)


def _between(shares: NDArray[np.float64], start: int, end: int) -> bool:
    """Return whether the columns on both sides of a gap change often."""
    sides = shares[max(start - _EDGE_COLUMNS, 0) : start], shares[end : end + _EDGE_COLUMNS]
    return all(side.size and side.max() >= _MOVING_SHARE for side in sides)
