"""Prediction of both legs from their motion in previous strides."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats

_STRIDES = 3
_MEMORY_S = 5.0
_LEAST_CANDIDATES = 5
_LEAST_SURE = 2
_LONGEST_HOLE_S = 0.072
# Candidate differences between the two steps of a stride, which may differ in duration.
_UNEVEN_S = np.arange(-6, 7) * 0.008
_LEARN_EVERY_S = 0.2
_LEAST_PAIRS = 20


@dataclass(frozen=True, slots=True, eq=False)
class LegPoints:
    """Both legs at one frame, relative to the middle of the hips.

    ``near`` and ``far`` have shape (5, 2), pixels: hip, knee, ankle, heel, toe. ``sure`` is False
    in and around frames with exchanged legs, where the model mixes the points of both legs.
    """

    time_s: float
    near: Floats
    far: Floats
    sure: bool


class StrideMemory:
    """Memory of the legs in the last strides, used to predict the current frame.

    Frames are stored as measured. A prediction is the median of up to six earlier moments at the
    same phase: the same leg one, two and three strides ago, and the other leg about half a stride
    from each. One bad stride therefore cannot spoil later predictions, and clean moments of one leg
    make up for mixed ones of the other.
    """

    def __init__(self) -> None:
        self._past: deque[LegPoints] = deque()
        self._uneven_s = 0.0
        self._learned_s = -np.inf

    def reset(self) -> None:
        """Forget all strides."""
        self._past.clear()
        self._uneven_s = 0.0
        self._learned_s = -np.inf

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
        Near and far leg, each shape (5, 2), pixels relative to the middle of the hips; NaN with
        fewer than two sure or five unsure earlier moments.
        """
        remembered_s = self._past[-1].time_s - self._past[0].time_s if self._past else 0.0
        if not 0 < stride_s <= remembered_s:
            return np.full((5, 2), np.nan), np.full((5, 2), np.nan)
        times = np.array([p.time_s for p in self._past])
        sure = np.array([p.sure for p in self._past])
        near = np.array([p.near for p in self._past])
        far = np.array([p.far for p in self._past])
        # Perspective makes the far leg appear slightly higher and smaller, so its mean position
        # differs. Use whole strides: over part of a stride it would differ for other reasons.
        whole_s = np.floor(remembered_s / stride_s) * stride_s
        lately = times > times[-1] - whole_s
        gap: Floats = np.median(near[lately], axis=0) - np.median(far[lately], axis=0)
        if time_s - self._learned_s >= _LEARN_EVERY_S:
            self._learned_s = time_s
            self._uneven_s = uneven_s(times, near, far + gap, sure, stride_s / 2)
        same: Floats = time_s - stride_s * np.arange(1.0, _STRIDES + 1)
        half = stride_s / 2 + self._uneven_s
        earlier: Floats = same + stride_s
        far_ago: Floats = earlier - half
        near_ago: Floats = earlier - (stride_s - half)
        return (
            _middle(times, sure, (near, same), (far + gap, far_ago)),
            _middle(times, sure, (far, same), (near - gap, near_ago)),
        )


def uneven_s(
    times_s: Floats, near: Floats, far: Floats, sure: NDArray[np.bool_], half_stride_s: float
) -> float:
    """Return the delay of the near leg after the far leg, in excess of half a stride.

    Parameters
    ----------
    times_s
        Shape (n,), seconds, increasing.
    near, far
        Shape (n, 5, 2), the far leg shifted to the mean position of the near leg.
    sure
        Shape (n,), which frames to trust.
    half_stride_s
        Half of the stride time.

    Returns
    -------
    Seconds, -0.048 to 0.048; 0 with too few sure frames.
    """
    flat_near, flat_far = near[:, 1:].reshape(len(near), -1), far[:, 1:].reshape(len(far), -1)
    trusted = sure.astype(float)
    costs = []
    for extra in _UNEVEN_S:
        earlier = times_s - half_stride_s - extra
        both = sure & (earlier >= times_s[0]) & (np.interp(earlier, times_s, trusted) > 0.99)
        if both.sum() < _LEAST_PAIRS:
            return 0.0
        shifted = np.stack([np.interp(earlier[both], times_s, c) for c in flat_far.T], axis=1)
        costs.append(float(np.median(np.abs(flat_near[both] - shifted).mean(axis=1))))
    return float(_UNEVEN_S[int(np.argmin(costs))])


def _middle(
    times: Floats,
    sure: NDArray[np.bool_],
    same: tuple[Floats, Floats],
    other: tuple[Floats, Floats],
) -> Floats:
    """Return the median of the sure earlier moments, or of all if too few are sure."""
    points = np.concatenate([_at(times, track, moments) for track, moments in (same, other)])
    moments = np.concatenate([same[1], other[1]])
    trusted = np.interp(moments, times, sure.astype(float)) > 0.99
    known = np.isfinite(points).all(axis=(1, 2))
    if (known & trusted).sum() >= _LEAST_SURE:
        known &= trusted
    elif known.sum() < _LEAST_CANDIDATES:
        return np.full((5, 2), np.nan)
    middle: Floats = np.median(points[known], axis=0)
    return middle


def _at(times: Floats, track: Floats, moments: Floats) -> Floats:
    """Interpolate points between frames, shape (m, 5, 2); NaN outside the memory or in a gap."""
    after = np.searchsorted(times, moments)
    inside = (after > 0) & (after < times.size)
    i = np.clip(after, 1, times.size - 1)
    width = times[i] - times[i - 1]
    share = ((moments - times[i - 1]) / width)[:, None, None]
    between = track[i - 1] * (1 - share) + track[i] * share
    known = inside & (width <= _LONGEST_HOLE_S)
    return np.where(known[:, None, None], between, np.nan)
