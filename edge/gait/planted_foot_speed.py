"""The belt's speed as the planted foot shows it."""

from math import isfinite, nan

from edge.numerics.running_median import RunningWindow

_WINDOW_S = 2.2
_FIRST_S = 0.7
_SHARE_PCT = 15.0


class BeltSpeed:
    """Follow the backward speed of the fastest-backward foot over the last strides.

    Notes
    -----
    The 15th percentile of the ball of foot's forward velocity: about a third of a stride is stance,
    so it lies in the middle of what the planted foot shows. Source:
    docs/gait-metrics.md, "Belt speed". Differs: the 8th percentile of the reference rules reads
    17 % fast on the pose model's points.
    """

    def __init__(self) -> None:
        self._seen = RunningWindow(_WINDOW_S)

    def reset(self) -> None:
        """Forget what was seen."""
        self._seen.clear()

    def update(self, time_s: float, ball_forward_px_s: float) -> float:
        """Take one sample in; return the belt speed in px/s, positive, NaN with too little data."""
        if isfinite(ball_forward_px_s):
            self._seen.add(time_s, ball_forward_px_s)
        self._seen.forget_before(time_s)
        if not time_s - self._seen.first_s >= _FIRST_S:
            return nan
        speed = -self._seen.percentile(_SHARE_PCT)
        return speed if speed > 0 else nan
