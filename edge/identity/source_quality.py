"""How good a source of leg points is, without knowing the truth.

Legs keep their lengths, a stride looks like the last one, and the far leg does half a stride later
what the near leg does now. Points that hop between both legs, or hang between them, break one of
the three.
"""

from collections import deque
from math import hypot, isfinite, nan
from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.legs import LegFlaw
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, TOE
from edge.numerics.periodicity import evenly_spaced, likeness, period_of

# Two strides of slow running; the first score comes with two of quick running.
_OVER_S: Final = 2.2
_FIRST_S: Final = 1.5
_RATE_HZ: Final = 30.0
# Strides of runners and walkers.
_STRIDE_S: Final = (0.48, 1.4)
# The near ankle of a runner moves 0.8 to 1.1 leg lengths against the hip; of who stands, hardly.
_MOVES_LEGS: Final = 0.3
_STRAYS: Final = 0.05
# From the first value on a score counts, at the second it is full. Likeness over a stride: 0.98 to
# 1 where the legs were right, in rendered and real clips; 0.53 and 0.74 where they were not.
_RHYTHM: Final = (0.4, 0.95)
# Likeness of the far leg half a stride later: it is seen worse, and people limp.
_SIDES: Final = (0.0, 0.8)
# Scatter of the lengths of thigh and shank, in % of the leg, at which the score is half: 1 to 1.5
# in rendered clips, 2 to 3.5 in real ones, 5 to 7 where the points hang between both legs.
_SCATTER_PCT: Final = 8.0
_SIGMA: Final = 1.4826
# Share of frames without the near knee or ankle at which nothing is left of the score.
_MOST_MISSING: Final = 0.6

_TIME, _NEAR_X, _FAR_X, _THIGH, _SHANK, _FOOT = range(6)


class SourceQuality:
    """Score of one source of leg points over the last two strides."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, ...]] = deque()

    def reset(self) -> None:
        """Forget the person."""
        self._past.clear()

    def add(self, time_s: float, near: Floats, far: Floats, leg_px: float) -> None:
        """Add one frame.

        Parameters
        ----------
        time_s
            Later than the last.
        near, far
            Shape (5, 2), hip, knee, ankle, heel, toe in pixels; NaN where the source is unsure.
        leg_px
            Leg length.
        """
        self._past.append((time_s, *_measures(near.tolist(), far.tolist(), leg_px)))
        while self._past[0][0] < time_s - _OVER_S:
            self._past.popleft()

    def score(self) -> tuple[float, LegFlaw]:
        """Return the score, 0 to 1, and what takes most from it; NaN with too little motion."""
        if not self._past or self._past[-1][0] - self._past[0][0] < _FIRST_S:
            return nan, LegFlaw.NONE
        return score_of(np.array(self._past))


def score_of(table: Floats) -> tuple[float, LegFlaw]:
    """Return the score of some frames and what takes most from it.

    Parameters
    ----------
    table
        Shape (n, 6): time in seconds, then in leg lengths x of the near and the far ankle relative
        to their hips, and lengths of the near thigh, shank and foot.

    Returns
    -------
    0 to 1; NaN while the legs do not move.
    """
    seen = np.isfinite(table[:, (_NEAR_X, _THIGH, _SHANK)]).all(axis=1)
    missing = 1 - float(seen.mean())
    if missing >= _MOST_MISSING:
        return 0.0, LegFlaw.MISSING
    near = table[seen]
    ordered = np.sort(near[:, _NEAR_X])
    strays = int(_STRAYS * ordered.size)
    if ordered[-1 - strays] - ordered[strays] < _MOVES_LEGS:
        return nan, LegFlaw.NONE
    rhythm, sides = _rhythm(near, table)
    scatter = 100 * max(_scatter(near[:, _THIGH]), _scatter(near[:, _SHANK]))
    shares = {
        LegFlaw.RHYTHM: _share(rhythm, _RHYTHM),
        LegFlaw.SIDES: _share(sides, _SIDES),
        LegFlaw.LENGTHS: 1 / (1 + (scatter / _SCATTER_PCT) ** 2),
        LegFlaw.MISSING: 1 - missing / _MOST_MISSING,
    }
    worst = min(shares, key=lambda flaw: shares[flaw])
    return float(np.prod(list(shares.values()))), worst


def _measures(near: list[list[float]], far: list[list[float]], leg_px: float) -> list[float]:
    """Return the columns of the table after the time; plain floats are faster for so few."""
    hip, knee, ankle, heel, toe = (near[i] for i in (HIP, KNEE, ANKLE, HEEL, TOE))
    lengths = [_length(hip, knee), _length(knee, ankle), _length(heel, toe)]
    reaches = [ankle[0] - hip[0], far[ANKLE][0] - far[HIP][0]]
    return [value / leg_px for value in (*reaches, *lengths)]


def _length(a: list[float], b: list[float]) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _rhythm(near: Floats, table: Floats) -> tuple[float, float]:
    """Return the likeness of a stride to the last, and of the far leg half a stride later."""
    shortest, longest = (round(stride_s * _RATE_HZ) for stride_s in _STRIDE_S)
    reach = evenly_spaced(near[:, _TIME], near[:, _NEAR_X], _RATE_HZ)
    lag, alike = period_of(reach, shortest, longest)
    if not lag:
        return 0.0, 0.0
    seen = np.isfinite(table[:, _FAR_X])
    if seen.sum() < 2:
        return alike, 0.0
    # On the same times as the near leg, also where the far one is not seen.
    even = near[0, _TIME] + np.arange(reach.size) / _RATE_HZ
    other = np.interp(even, table[seen, _TIME], table[seen, _FAR_X])
    return alike, likeness(reach, other, round(lag / 2))


def _scatter(lengths: Floats) -> float:
    """Return the standard deviation of most of the values."""
    return _SIGMA * _middle(np.abs(lengths - _middle(lengths)))


def _middle(values: Floats) -> float:
    """Return the upper median; NumPy's takes several times as long for so few."""
    return float(np.sort(values)[values.size // 2])


def _share(value: float, ends: tuple[float, float]) -> float:
    """Return how far a value is from the first end to the second, 0 to 1."""
    share = (value - ends[0]) / (ends[1] - ends[0])
    return min(max(share, 0.0), 1.0) if isfinite(share) else 0.0
