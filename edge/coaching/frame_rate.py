"""How many pictures a second arrive."""

from collections import deque
from math import inf, isnan, nan
from typing import Final

from edge.numerics.quantiles import median

# A second at 60 frames/s.
_FRAMES: Final = 60


class FrameRate:
    """Rate of the latest frames, from the median interval.

    Examples
    --------
    >>> rate = FrameRate()
    >>> for time_s in (0.0, 0.5, 1.0):
    ...     rate.add(time_s)
    >>> rate.hz
    2.0
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all frames."""
        self._intervals_s: deque[float] = deque(maxlen=_FRAMES)
        self._last_s = nan

    def add(self, time_s: float) -> None:
        """Add the capture time of one frame."""
        if not isnan(self._last_s):
            self._intervals_s.append(time_s - self._last_s)
        self._last_s = time_s

    @property
    def hz(self) -> float:
        """Frames a second; infinite before two frames, or if most times equal the one before."""
        interval_s = median(self._intervals_s) if self._intervals_s else 0.0
        return 1 / interval_s if interval_s > 0 else inf
