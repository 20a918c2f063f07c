"""Prediction of both legs from their motion in previous strides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats
from edge.numerics.quantiles import row_medians
from edge.numerics.recent_columns import RecentColumns

_STRIDES = 3
_MEMORY_S = 5.0
_LEAST_CANDIDATES = 5
_LEAST_SURE = 2
_LONGEST_HOLE_S = 0.072
# Candidate differences between the two steps of a stride, which may differ in duration.
_UNEVEN_S = np.arange(-6, 7) * 0.008
_LEARN_EVERY_S = 0.2
_LEAST_PAIRS = 20
# Rows of the table: time, 1 if sure, then x and y of five points of the near leg, and of the far.
_TIME, _SURE, _NEAR, _FAR = 0, 1, slice(2, 12), slice(12, 22)
_ROWS = 22


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
        self._past = RecentColumns(_ROWS)
        self._uneven_s = 0.0
        self._learned_s = -np.inf

    def reset(self) -> None:
        """Forget all strides."""
        self._past.clear()
        self._uneven_s = 0.0
        self._learned_s = -np.inf

    def remember(self, points: LegPoints) -> None:
        """Add one frame, later than the last."""
        both = (*points.near.ravel().tolist(), *points.far.ravel().tolist())
        self._past.append((points.time_s, float(points.sure), *both))
        old_s = points.time_s - _MEMORY_S
        self._past.forget(int(np.searchsorted(self._past.table[_TIME], old_s)))

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
        past = self._past.table
        times = past[_TIME]
        remembered_s = float(times[-1] - times[0]) if times.size else 0.0
        if not 0 < stride_s <= remembered_s:
            return np.full((5, 2), np.nan), np.full((5, 2), np.nan)
        gap = _gap(past, np.floor(remembered_s / stride_s) * stride_s)
        if time_s - self._learned_s >= _LEARN_EVERY_S:
            self._learned_s = time_s
            far = past[_FAR] + gap[:, None]
            sure = past[_SURE] > 0
            self._uneven_s = uneven_s(times, _points(past[_NEAR]), _points(far), sure, stride_s / 2)
        same: Floats = time_s - stride_s * np.arange(1.0, _STRIDES + 1)
        half = stride_s / 2 + self._uneven_s
        earlier: Floats = same + stride_s
        # The far leg did half a stride ago what the near leg does now, and the other way round.
        ago = np.concatenate([same, earlier - half, earlier - (stride_s - half)])
        return _middles(past, ago, gap)


def _gap(past: Floats, whole_s: float) -> Floats:
    """Return the mean position of the near leg's points relative to the far leg's, shape (10,).

    Perspective makes the far leg appear slightly higher and smaller. Over part of a stride the
    positions would differ for other reasons, so ``whole_s`` is a number of whole strides.
    """
    times = past[_TIME]
    lately = int(np.searchsorted(times, times[-1] - whole_s, side="right"))
    near, far = row_medians(past[2:, lately:]).reshape(2, -1)
    return np.asarray(near - far)


def _points(rows: Floats) -> Floats:
    """Return rows of a leg's coordinates as points, shape (n, 5, 2)."""
    return rows.reshape(5, 2, -1).transpose(2, 0, 1)


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


def _middles(past: Floats, ago_s: Floats, gap: Floats) -> tuple[Floats, Floats]:
    """Return the near and the far leg, each shape (5, 2), from their earlier moments.

    ``ago_s`` holds three groups of moments: of the same leg, of the far leg for the near one, and
    of the near leg for the far one.
    """
    same, far_ago, near_ago = (slice(i, i + _STRIDES) for i in range(0, 3 * _STRIDES, _STRIDES))
    shift = np.zeros((_ROWS, ago_s.size))
    shift[_FAR, far_ago] = gap[:, None]
    shift[_NEAR, near_ago] = -gap[:, None]
    at = _at(past, ago_s, shift)
    sure = np.interp(ago_s, past[_TIME], past[_SURE]) > 0.99
    # The second group of each leg is at its own moments, but of the other leg.
    return (
        _middle((at[_NEAR, same], at[_FAR, far_ago]), (sure[same], sure[far_ago])),
        _middle((at[_FAR, same], at[_NEAR, near_ago]), (sure[same], sure[near_ago])),
    )


def _middle(points: tuple[Floats, Floats], sure: tuple[NDArray[np.bool_], ...]) -> Floats:
    """Return the median of the sure earlier moments, or of all if too few are sure."""
    moments, trusted = np.concatenate(points, axis=1), np.concatenate(sure)
    known = np.isfinite(moments).all(axis=0)
    if (known & trusted).sum() >= _LEAST_SURE:
        known &= trusted
    elif known.sum() < _LEAST_CANDIDATES:
        return np.full((5, 2), np.nan)
    return row_medians(moments[:, known]).reshape(5, 2)


def _at(past: Floats, moments_s: Floats, shift: Floats) -> Floats:
    """Interpolate the shifted table between frames; NaN outside the memory or in a gap.

    The points are shifted before they are interpolated. Shape (rows, moments), as ``shift``.
    """
    times = past[_TIME]
    after = np.searchsorted(times, moments_s)
    inside = (after > 0) & (after < times.size)
    i = np.clip(after, 1, times.size - 1)
    width = times[i] - times[i - 1]
    share = (moments_s - times[i - 1]) / width
    before, behind = past[:, i - 1] + shift, past[:, i] + shift
    known = inside & (width <= _LONGEST_HOLE_S)
    return np.where(known, before * (1 - share) + behind * share, np.nan)
