"""Detection of black, frozen or infrequent pictures from a live camera."""

from collections import deque
from enum import Enum
from math import ceil, isnan, nan
from statistics import median

import numpy as np

from edge.messages.arrays import Image

NOTICED_AFTER_S = 0.7
"""Long enough to ignore a flicker of the light, short enough to report within a second."""

DARK = 16
"""A sensor that sees anything has more than a few pixels above this value."""

DARK_SHARE = 0.99
GRID = 48
"""Pixels sampled along each side of the picture."""

MOVES_AGAIN_AFTER = 3
MOVES_AGAIN_WITHIN_S = 0.5

SLOW_SHARE = 0.5
KNOWN_AFTER_S = 3
USUAL_OVER_S = 20


class Trouble(Enum):
    """A fault of the pictures."""

    NONE = "none"
    BLACK = "black"
    STILL = "still"
    SLOW = "slow"

    @property
    def blind(self) -> bool:
        """Whether nothing can be seen in such pictures."""
        return self in (Trouble.BLACK, Trouble.STILL)


class PictureWatch:
    """Monitor of a camera's pictures.

    A picture is black when nearly all of its pixels are. It is still when it equals the previous
    one bit for bit, which sensor noise rules out for a working camera. The rate is too low when it
    falls below half of this camera's earlier rate. A fault is reported once it has lasted
    ``NOTICED_AFTER_S``, or a second for the rate. A still picture must change several times before
    the fault ends: key frames of a stalled stream do not count as movement.

    Examples
    --------
    >>> watch = PictureWatch()
    >>> black = np.zeros((48, 64, 3), np.uint8)
    >>> [watch.update(tenth / 10, black).value for tenth in (0, 1, 6, 7, 8)]
    ['none', 'none', 'none', 'black', 'black']
    """

    def __init__(self) -> None:
        self._seconds_hz: deque[float] = deque(maxlen=USUAL_OVER_S)
        self._before: Image | None = None
        self._bright_s = nan
        self._changes_s: deque[float] = deque(maxlen=MOVES_AGAIN_AFTER)
        self._moved_s = nan
        self._still = False
        self.begin_again()

    def begin_again(self) -> None:
        """Restart the rate count after the camera was reopened."""
        self._arrivals_s: deque[float] = deque()
        self._opened_s = self._counted_s = nan

    @property
    def usual_hz(self) -> float:
        """Usual pictures per second; NaN until known."""
        return median(self._seconds_hz) if len(self._seconds_hz) >= KNOWN_AFTER_S else nan

    @property
    def rate_hz(self) -> float:
        """Number of pictures in the last second."""
        return float(len(self._arrivals_s))

    def update(self, arrived_s: float, image: Image) -> Trouble:
        """Add one picture; return the current fault.

        Parameters
        ----------
        arrived_s
            Monotonic time.
        image
            Shape (h, w, 3), uint8; only a grid of its pixels is examined.
        """
        seen = _grid(image)
        black = self._is_black(arrived_s, seen)
        still = self._is_still(arrived_s, seen)
        slow = self._is_slow(arrived_s)
        if black:
            return Trouble.BLACK
        if still:
            return Trouble.STILL
        return Trouble.SLOW if slow else Trouble.NONE

    def _is_black(self, arrived_s: float, seen: Image) -> bool:
        if np.mean(seen <= DARK) < DARK_SHARE or isnan(self._bright_s):
            self._bright_s = arrived_s
            return False
        return arrived_s - self._bright_s >= NOTICED_AFTER_S

    def _is_still(self, arrived_s: float, seen: Image) -> bool:
        before, self._before = self._before, seen
        if before is None or before.shape != seen.shape or not np.array_equal(before, seen):
            self._changes_s.append(arrived_s)
            full = len(self._changes_s) == MOVES_AGAIN_AFTER
            if not self._still or (full and arrived_s - self._changes_s[0] < MOVES_AGAIN_WITHIN_S):
                self._moved_s, self._still = arrived_s, False
        elif arrived_s - self._moved_s >= NOTICED_AFTER_S:
            self._still = True
        return self._still

    def _is_slow(self, arrived_s: float) -> bool:
        self._arrivals_s.append(arrived_s)
        while self._arrivals_s[0] <= arrived_s - 1:
            self._arrivals_s.popleft()
        if isnan(self._counted_s):
            self._opened_s = self._counted_s = arrived_s
        # Wait until the first second is complete.
        if arrived_s - self._opened_s < 1:
            return False
        slow = self.rate_hz < SLOW_SHARE * self.usual_hz
        # A rate that is too low must not become the usual one.
        if not slow and arrived_s - self._counted_s >= 1:
            self._seconds_hz.append(self.rate_hz)
            self._counted_s = arrived_s
        return slow


def _grid(image: Image) -> Image:
    """Return a copy of a coarse grid of the picture's pixels."""
    height, width = image.shape[:2]
    return image[:: ceil(height / GRID), :: ceil(width / GRID)].copy()
