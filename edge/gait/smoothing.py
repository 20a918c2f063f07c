"""Local quadratic fit with real timestamps: position and motion without phase lag."""

import numpy as np

from edge.messages import Floats

# Fewer real samples than this inside a window leave a point absent there.
MIN_SAMPLES = 4
# Determinant of the normalised moments of time: 0.05 for seven even frames.
_LEAST_SPREAD = 1e-4


def robust_quadratic(
    times_s: Floats, xy: Floats, weights: Floats, outlier: float
) -> tuple[Floats, Floats, Floats]:
    """Fit a parabola in time to each point, without the samples that the others contradict.

    Parameters
    ----------
    times_s
        Shape (n,), seconds relative to the wanted instant.
    xy
        Shape (n, k, 2). NaN samples are left out.
    weights
        Shape (n, k), at least 0; a zero leaves the sample out.
    outlier
        Distance from the fit through the other samples beyond which a sample is left out, in the
        unit of ``xy``. At most two of a window are: more would be a choice, not a repair.

    Returns
    -------
    Position, velocity per second and acceleration per second squared at time zero, each shape
    (k, 2); NaN for a point with fewer than four usable samples, with usable samples on one side of
    time zero only, or with times that all but coincide.

    Notes
    -----
    Source: Savitzky and Golay (1964), doi 10.1021/ac60214a047, in its least-squares form. Differs:
    irregular sample times and weights enter the normal equations; outliers are left out.
    """
    count, points, _ = xy.shape
    values = xy.reshape(count, 2 * points)
    kept = weights
    fit = _Fit(times_s, values, np.repeat(kept, 2, axis=1))
    columns = np.arange(points)
    for _ in range(2):
        error = fit.left_out_errors().reshape(count, points, 2)
        distance = np.nan_to_num(np.hypot(error[..., 0], error[..., 1]))
        worst = np.argmax(distance, axis=0)
        bad = distance[worst, columns] > outlier
        if not bad.any():
            break
        kept = kept.copy()
        kept[worst[bad], columns[bad]] = 0.0
        fit = _Fit(times_s, values, np.repeat(kept, 2, axis=1))
    shape = points, 2
    return fit.value.reshape(shape), fit.slope.reshape(shape), fit.bend.reshape(shape)


class _Fit:
    """One weighted parabola a column."""

    def __init__(self, times_s: Floats, values: Floats, weights: Floats) -> None:
        usable = np.isfinite(values) & (weights > 0)
        self._w = np.where(usable, weights, 0.0)
        self._y = np.where(usable, values, 0.0)
        self._usable = usable
        # Milliseconds-sized numbers to the fourth power would spoil the conditioning.
        scale = max(float(np.abs(times_s).max(initial=0.0)), 1e-9)
        t = times_s / scale
        self._basis = np.stack([np.ones_like(t), t, t * t], axis=1)
        moments = np.stack([t**p for p in range(5)]) @ self._w
        right = self._basis.T @ (self._w * self._y)
        index = np.add.outer(np.arange(3), np.arange(3))
        matrix = np.moveaxis(moments[index], 2, 0)
        # An instant is bracketed when real samples lie on it or on both sides of it.
        before = (usable & (times_s <= 0)[:, None]).any(axis=0)
        after = (usable & (times_s >= 0)[:, None]).any(axis=0)
        good = (usable.sum(axis=0) >= MIN_SAMPLES) & before & after
        # Samples that all but coincide in time tell no slope, however many they are.
        volume = np.linalg.det(matrix) / np.maximum(moments[0], 1e-9) ** 3
        good &= volume > _LEAST_SPREAD
        self._inverse = np.full(matrix.shape, np.nan)
        self._inverse[good] = np.linalg.inv(matrix[good])
        self._solution = np.einsum("kij,jk->ki", self._inverse, right)
        self.value: Floats = self._solution[:, 0]
        self.slope: Floats = self._solution[:, 1] / scale
        self.bend: Floats = 2 * self._solution[:, 2] / scale**2

    def left_out_errors(self) -> Floats:
        """Return each sample's distance from the fit through the others, shape (n, k)."""
        residual = self._y - self._basis @ self._solution.T
        leverage = self._w * np.einsum("ni,kij,nj->nk", self._basis, self._inverse, self._basis)
        errors = residual / np.maximum(1 - leverage, 1e-6)
        return np.where(self._usable, errors, np.nan)


def peak_offset(a: float, b: float, c: float) -> float:
    """Return the place of a parabola's top through three equally spaced samples.

    Parameters
    ----------
    a, b, c
        Samples at -1, 0 and +1 with the greatest at 0.

    Returns
    -------
    Offset of the top from the middle sample in sample intervals, -0.5 to 0.5; 0 for a flat top.
    """
    bend = a - 2 * b + c
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (a - c) / bend, -0.5, 0.5))


def crossing_time(t0: float, v0: float, t1: float, v1: float, level: float) -> float:
    """Return when the straight line from (t0, v0) to (t1, v1) reaches ``level``."""
    return t0 if v1 == v0 else t0 + (level - v0) * (t1 - t0) / (v1 - v0)
