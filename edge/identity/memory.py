"""Where the points of both legs should be, from how they moved in the strides before."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from edge.messages import Floats

_STRIDES = 3
_MEMORY_S = _STRIDES * 1.4
_LEAST_CANDIDATES = 3
_NEAREST_S = 0.036


@dataclass(frozen=True, slots=True, eq=False)
class LegPoints:
    """Both legs at one frame, relative to the middle of the hips.

    ``near`` and ``far`` have shape (5, 2), pixels: hip, knee, ankle, heel, toe.
    """

    time_s: float
    near: Floats
    far: Floats


class StrideMemory:
    """Remember the legs of the last strides and predict the present from them.

    Every remembered frame counts as it was seen, wrong ones too, and a prediction is the median of
    up to five earlier moments of the same phase: the same leg one, two and three strides ago, the
    other leg half a stride and one and a half strides ago. So one bad stride cannot teach the next
    ones, and the near leg's clean moments stand in for the far leg's hidden ones.
    """

    def __init__(self) -> None:
        self._past: deque[LegPoints] = deque()
        self._gap: Floats = np.zeros((5, 2))

    def reset(self) -> None:
        """Forget all strides."""
        self._past.clear()
        self._gap = np.zeros((5, 2))

    def remember(self, points: LegPoints) -> None:
        """Add one frame, later than the last."""
        self._past.append(points)
        while self._past[0].time_s < points.time_s - _MEMORY_S:
            self._past.popleft()

    def expect(self, time_s: float, stride_s: float) -> tuple[Floats, Floats]:
        """Predict both legs.

        Parameters
        ----------
        time_s
            The moment to predict.
        stride_s
            The stride time; NaN gives no prediction.

        Returns
        -------
        Near and far leg, each shape (5, 2), pixels relative to the middle of the hips; NaN where
        fewer than three earlier moments can be compared.
        """
        if not self._past or not stride_s > 0:
            return np.full((5, 2), np.nan), np.full((5, 2), np.nan)
        times = np.array([p.time_s for p in self._past])
        near = np.array([p.near for p in self._past])
        far = np.array([p.far for p in self._past])
        self._learn_gap(near, far)
        whole = [time_s - k * stride_s for k in range(1, _STRIDES + 1)]
        halves = [time_s - (k + 0.5) * stride_s for k in range(_STRIDES - 1)]
        return (
            _middle(
                [_at(times, near, t) for t in whole],
                [_at(times, far, t) for t in halves],
                self._gap,
            ),
            _middle(
                [_at(times, far, t) for t in whole],
                [_at(times, near, t) for t in halves],
                -self._gap,
            ),
        )

    def _learn_gap(self, near: Floats, far: Floats) -> None:
        # Perspective sets the far leg a little higher and smaller: its mean place differs.
        self._gap = np.median(near, axis=0) - np.median(far, axis=0)


def _at(times: Floats, points: Floats, time_s: float) -> Floats:
    """Read the points at a moment between two frames; NaN outside the memory or in a gap."""
    i = int(np.searchsorted(times, time_s))
    if not 0 < i < times.size or times[i] - times[i - 1] > 2 * _NEAREST_S:
        return np.full(points.shape[1:], np.nan)
    share = (time_s - times[i - 1]) / (times[i] - times[i - 1])
    between: Floats = points[i - 1] * (1 - share) + points[i] * share
    return between


def _middle(same: list[Floats], other: list[Floats], gap: Floats) -> Floats:
    candidates = np.array(same + [points + gap for points in other])
    known = np.isfinite(candidates).all(axis=(1, 2))
    if known.sum() < _LEAST_CANDIDATES:
        return np.full((5, 2), np.nan)
    middle: Floats = np.median(candidates[known], axis=0)
    return middle
