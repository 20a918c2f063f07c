"""Detection of a picture that is upside down or on its side, from the body in it."""

from math import atan2, degrees, hypot, isfinite, nan
from typing import Final

from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.skeleton import LEFT_HIP, LEFT_SHOULDER, RIGHT_HIP, RIGHT_SHOULDER
from edge.numerics.running_median import RunningWindow

_OVER_S: Final = 2.0
_SURE_S: Final = 0.8
# Runners lean up to 20 degrees; somebody who bends down does not stay for the window's median.
_SIDEWAYS_DEG: Final = 50.0
_UPSIDE_DOWN_DEG: Final = 130.0
_TRUNK: Final = (LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP)


class OrientationWatch:
    """Monitor of the direction in which the trunk points, over two seconds."""

    def __init__(self) -> None:
        self._across, self._up = RunningWindow(_OVER_S), RunningWindow(_OVER_S)

    def reset(self) -> None:
        """Forget the person."""
        self._across.clear()
        self._up.clear()

    def update(self, pose: Pose) -> Notice:
        """Add one raw pose; return the notice that holds, or an empty one."""
        if pose.breaks:
            self.reset()
        across, up = _trunk(pose)
        if isfinite(across) and isfinite(up):
            self._across.add(pose.time_s, across)
            self._up.add(pose.time_s, up)
        for window in (self._across, self._up):
            window.forget_before(pose.time_s)
        if not self._up.span_s >= _SURE_S:
            return Notice()
        return _notice(degrees(atan2(self._across.median, self._up.median)))


def _trunk(pose: Pose) -> tuple[float, float]:
    """Return the shoulders relative to the hips: to the right and up, as shares of its length.

    Plain floats: NumPy takes several times as long for four points.
    """
    points = pose.body_px.take(_TRUNK, axis=0).tolist()
    weights = pose.skeleton.body_of(pose.visibility).take(_TRUNK).tolist()
    shoulders = _seen(points[:2], weights[:2])
    hips = _seen(points[2:], weights[2:])
    across, down = shoulders[0] - hips[0], shoulders[1] - hips[1]
    length = hypot(across, down)
    return (across / length, -down / length) if length > 0 else (nan, nan)


def _seen(points: list[list[float]], weights: list[float]) -> tuple[float, float]:
    """Return the mean of points, each by its visibility; NaN if none is seen.

    A model may put the shoulder behind the trunk anywhere.
    """
    known = [(x, y, w) for (x, y), w in zip(points, weights, strict=True) if isfinite(x + y)]
    total = sum(w for *_, w in known)
    if not total > 0:
        return nan, nan
    return sum(x * w for x, _, w in known) / total, sum(y * w for _, y, w in known) / total


def _notice(head_deg: float) -> Notice:
    """Return the notice for a head that points this far clockwise from upwards.

    Examples
    --------
    >>> _notice(10.0).code, _notice(175.0).code, _notice(-85.0).code
    ('', 'picture_upside_down', 'picture_sideways')
    """
    if abs(head_deg) > _UPSIDE_DOWN_DEG:
        return Notice("picture_upside_down")
    if abs(head_deg) > _SIDEWAYS_DEG:
        return Notice("picture_sideways")
    return Notice()
