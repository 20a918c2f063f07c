"""Belt speed from the planted foot."""

from math import isfinite, nan

from edge.numerics.running_median import RunningWindow

_WINDOW_S = 2.2
_FIRST_S = 0.7
_SHARE_PCT = 15.0


class BeltSpeed:
    """Estimator of belt speed from the backward velocity of one foot over the last strides.

    Notes
    -----
    The estimate is the 15th percentile of the forward velocity of the ball of the foot: stance is
    about a third of a stride, so this is near the median of the planted foot's velocity. Source:
    docs/gait-metrics.md, "Belt speed". Differs: the 8th percentile of the reference rules reads
    17 % fast on the pose model's points.
    """

    def __init__(self) -> None:
        self._seen = RunningWindow(_WINDOW_S)

    def reset(self) -> None:
        """Forget all samples."""
        self._seen.clear()

    def update(self, time_s: float, ball_forward_px_s: float) -> float:
        """Add one sample; return the belt speed in px/s, positive; NaN with too little data."""
        if isfinite(ball_forward_px_s):
            self._seen.add(time_s, ball_forward_px_s)
        self._seen.forget_before(time_s)
        if not time_s - self._seen.first_s >= _FIRST_S:
            return nan
        speed = -self._seen.percentile(_SHARE_PCT)
        return speed if speed > 0 else nan
