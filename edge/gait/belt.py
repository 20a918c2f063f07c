"""The belt's speed as the planted foot shows it."""

from collections import deque

import numpy as np

_WINDOW_S = 2.2
_FIRST_S = 0.7
_SHARE_PCT = 15.0


class BeltSpeed:
    """Follow the backward speed of the fastest-backward foot over the last strides.

    Notes
    -----
    The 15th percentile of the ball of foot's forward velocity: about a third of a stride is stance,
    so it lies in the middle of what the planted foot shows. Source: the reference rules, gait
    metrics 3.2. Differs: the 8th percentile there reads 17 % fast on the pose model's points.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def reset(self) -> None:
        """Forget what was seen."""
        self._seen.clear()

    def update(self, time_s: float, ball_forward_px_s: float) -> float:
        """Take one sample in; return the belt speed in px/s, positive, NaN with too little data."""
        if np.isfinite(ball_forward_px_s):
            self._seen.append((time_s, ball_forward_px_s))
        while self._seen and self._seen[0][0] < time_s - _WINDOW_S:
            self._seen.popleft()
        if not self._seen or time_s - self._seen[0][0] < _FIRST_S:
            return float("nan")
        speed = -float(np.percentile([v for _, v in self._seen], _SHARE_PCT))
        return speed if speed > 0 else float("nan")
