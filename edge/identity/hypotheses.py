"""Beam search over leg identity, scored by how legs move.

Exchanging the legs flips the sign of the difference between them. Identity is therefore one sign
per frame, and the search is for the sequence of signs with a smooth, alternating motion.
"""

from collections import deque
from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

from edge.identity.rhythm import stride_time_s
from edge.messages.arrays import Floats

Signs = NDArray[np.int8]

# All lengths are in leg lengths. Tuned on the shared clips; the tests show the accuracy reached.
_CONTINUITY_SCALE = 0.12
_PERIOD_SCALE = 0.15
_CAP = 3.0
_CONTINUITY_WEIGHT = 2.0
_PERIOD_WEIGHT = 0.3
_LABEL_WEIGHT = 0.15
_PREDICT_FROM_S = 0.068
_MEMORY_S = 1.2
_RHYTHM_S = 3.0
_RHYTHM_EVERY_S = 0.2
_BEAM = 12
_DISTINCT_S = 0.068
# Probability that the model exchanges the labels, by where it puts the near leg. It often puts the
# near leg's label on the hind leg, and hardly ever on the front leg.
_WRONG_IF_AHEAD = 0.02
_WRONG_IF_BEHIND = 0.35
_WRONG_BETWEEN = 0.2
_AHEAD = 0.1
# Mean log-odds against the labels above which all signs are flipped.
_TURN_ROUND = 0.25
# Indices of x of ankle, heel and toe in the difference vector (knee, ankle, heel, toe; x, y).
_FOOT_X = (2, 4, 6)


@dataclass(slots=True)
class SignTracker:
    """Tracker of the sign of the difference vector ``near label - far label``.

    ``update`` adds one difference vector. ``exchanged`` returns the current belief about the frames
    in memory; ``stride_s`` is the stride time (NaN without a rhythm).
    """

    _times: deque[float] = field(default_factory=deque)
    _vectors: deque[Floats] = field(default_factory=deque)
    # Log-odds of exchanged over unexchanged labels, per frame.
    _odds: deque[float] = field(default_factory=deque)
    _histories: Signs = field(default_factory=lambda: np.ones((1, 0), np.int8))
    _costs: Floats = field(default_factory=lambda: np.zeros(1))
    stride_s: float = np.nan
    _recent: deque[tuple[float, Floats]] = field(default_factory=deque)
    _learned_s: float = -np.inf

    def reset(self) -> None:
        """Forget everything."""
        self._times.clear()
        self._vectors.clear()
        self._odds.clear()
        self._histories = np.ones((1, 0), np.int8)
        self._costs = np.zeros(1)
        self.stride_s = np.nan
        self._recent.clear()
        self._learned_s = -np.inf

    def update(self, time_s: float, vector: Floats) -> None:
        """Add one frame.

        Parameters
        ----------
        time_s
            Capture time, later than the last.
        vector
            Shape (8,), label-near minus label-far of knee, ankle, heel and toe; x forward and
            y down, in leg lengths; finite.
        """
        predicted, opposite = self._predict(time_s), self._half_stride_ago(time_s)
        wrong = _wrong_share(vector)
        surprises = {1: -log(1 - wrong), -1: -log(wrong)}
        branches = [
            self._branch_cost(sign * vector, predicted, opposite, surprise)
            for sign, surprise in surprises.items()
        ]
        costs = np.concatenate([self._costs + extra for extra in branches])
        count = len(self._costs)
        signs = np.repeat(np.array([1, -1], np.int8), count)[:, None]
        histories = np.concatenate([np.concatenate([self._histories] * 2), signs], axis=1)
        self._times.append(time_s)
        self._vectors.append(vector)
        self._odds.append(surprises[1] - surprises[-1])
        self._prune(histories, costs)
        self._forget(time_s)
        self._turn_round()
        self._learn_period(time_s, vector)

    def exchanged(self, frames: int) -> Floats:
        """Return, for the last ``frames`` frames, the belief that the labels are exchanged.

        Returns
        -------
        Shape (min(frames, remembered),), 0 to 1, oldest first.
        """
        weights = np.exp(-(self._costs - self._costs.min()))
        recent = self._histories[:, -frames:] < 0 if frames else self._histories[:, :0] < 0
        belief: Floats = (weights[:, None] * recent).sum(axis=0) / weights.sum()
        return belief

    def _branch_cost(
        self, vector: Floats, predicted: Floats | None, opposite: Floats | None, surprise: float
    ) -> Floats:
        cost = np.full(len(self._costs), _LABEL_WEIGHT * surprise)
        if predicted is not None:
            error = np.abs(vector - predicted).mean(axis=1)
            cost += _CONTINUITY_WEIGHT * np.minimum(error / _CONTINUITY_SCALE, _CAP)
        if opposite is not None:
            # Half a stride ago the other leg did what this one does now.
            error = np.abs(vector + opposite).mean(axis=1)
            cost += _PERIOD_WEIGHT * np.minimum(error / _PERIOD_SCALE, _CAP)
        return cost

    def _predict(self, time_s: float) -> Floats | None:
        """Return the straight-line continuation of each hypothesis, shape (hypotheses, 8)."""
        if len(self._times) < 2 or time_s - self._times[-1] > 0.1:
            return None
        count = max(self._frames_since(time_s - _PREDICT_FROM_S), 2)
        t = np.array([self._times[i] for i in range(-count, 0)]) - time_s
        vectors = np.array([self._vectors[i] for i in range(-count, 0)])
        # Least-squares line evaluated at zero: the weights depend only on the times.
        centered = t - t.mean()
        line = 1 / count - t.mean() * centered / (centered**2).sum()
        signed = self._histories[:, -count:, None] * vectors
        predicted: Floats = (line[None, :, None] * signed).sum(axis=1)
        return predicted

    def _frames_since(self, time_s: float) -> int:
        """Return how many of the last frames are not before a time."""
        before = (i for i, t in enumerate(reversed(self._times)) if t < time_s)
        return next(before, len(self._times))

    def _half_stride_ago(self, time_s: float) -> Floats | None:
        # NaN compares false, so without a rhythm there is no comparison.
        if not self.stride_s / 2 <= time_s - (self._times[0] if self._times else time_s):
            return None
        times = np.array(self._times)
        i = int(np.argmin(np.abs(times - (time_s - self.stride_s / 2))))
        if abs(times[i] - (time_s - self.stride_s / 2)) > 0.03:
            return None
        signed: Floats = self._histories[:, i, None] * self._vectors[i][None]
        return signed

    def _prune(self, histories: Signs, costs: Floats) -> None:
        """Keep the best hypothesis for each distinct recent history, and the best few of those."""
        recent = self._frames_since(self._times[-1] - _DISTINCT_S)
        order = np.argsort(costs, kind="stable")
        best: dict[bytes, int] = {}
        for i in order.tolist():
            best.setdefault(histories[i, -recent:].tobytes(), i)
        kept = list(best.values())[:_BEAM]
        self._histories = histories[kept]
        self._costs = costs[kept] - costs[kept[0]]

    def _forget(self, time_s: float) -> None:
        drop = 0
        while self._times[0] < time_s - _MEMORY_S:
            self._times.popleft()
            self._vectors.popleft()
            self._odds.popleft()
            drop += 1
        self._histories = self._histories[:, drop:]

    def _turn_round(self) -> None:
        """Flip every hypothesis if the labels of the whole memory then fit better.

        The motion is the same with all signs flipped, and flipping only from now on costs a break
        in it, so the beam cannot leave a wrong solution by itself.
        """
        if self._times[-1] - self._times[0] < _MEMORY_S / 2:
            return
        best = self._histories[int(np.argmin(self._costs))]
        if float((np.array(self._odds) * best).mean()) > _TURN_ROUND:
            self._histories = -self._histories

    def _learn_period(self, time_s: float, vector: Floats) -> None:
        """Update the stride time a few times per second."""
        self._recent.append((time_s, vector))
        while self._recent[0][0] < time_s - _RHYTHM_S:
            self._recent.popleft()
        if time_s - self._learned_s < _RHYTHM_EVERY_S:
            return
        self._learned_s = time_s
        times = np.array([t for t, _ in self._recent])
        self.stride_s = stride_time_s(times, np.array([v for _, v in self._recent]))


def _wrong_share(vector: Floats) -> float:
    """Return the probability that the model has exchanged the labels, by where it puts them."""
    ahead = sum(float(vector[i]) for i in _FOOT_X) / len(_FOOT_X)
    if ahead > _AHEAD:
        return _WRONG_IF_AHEAD
    return _WRONG_IF_BEHIND if ahead < -_AHEAD else _WRONG_BETWEEN
