"""Local quadratic fit with real timestamps, giving position and velocity without phase lag."""

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats

# With fewer real samples than this in a window, a point is absent.
MIN_SAMPLES = 4
# Determinant of the normalised moments of time: 0.05 for seven even frames.
_LEAST_SPREAD = 1e-4
# The moment matrix has the moments m[i + j]. Its cofactors 00, 11, 22, 01, 02 and 12 are
# m[a] m[b] - m[c] m[d], with a, b, c and d the rows of this table.
_FACTORS = np.array(
    [[2, 0, 0, 2, 1, 1], [4, 4, 2, 3, 3, 2], [3, 2, 1, 1, 2, 0], [3, 2, 1, 4, 2, 3]]
)
# Where each entry of the symmetric matrix is among the cofactors.
_SYMMETRIC = np.array([[0, 3, 4], [3, 1, 5], [4, 5, 2]])
# Coefficients of the quadratic form in (1, t, t squared), by powers of t; that of the square of t
# has entry 11 as well.
_FORM, _FORM_TIMES = np.array([0, 3, 4, 5, 2]), np.array([[1.0], [2.0], [2.0], [2.0], [1.0]])


def robust_quadratic(
    times_s: Floats, xy: Floats, weights: Floats, outlier: float
) -> tuple[Floats, Floats, Floats]:
    """Fit a parabola in time to each point, excluding outliers.

    Parameters
    ----------
    times_s
        Shape (n,), seconds relative to the wanted instant.
    xy
        Shape (n, k, 2). A sample with a NaN coordinate is excluded.
    weights
        Shape (n, k), at least 0; a zero excludes the sample.
    outlier
        Distance from the fit through the other samples beyond which a sample is excluded, in the
        unit of ``xy``. At most two per window are excluded; more would distort the fit.

    Returns
    -------
    Position, velocity per second and acceleration per second squared at time zero, each shape
    (k, 2); NaN for a point with fewer than four usable samples, with usable samples on only one
    side of time zero, or with nearly coincident times.

    Notes
    -----
    Source: Savitzky and Golay (1964), doi 10.1021/ac60214a047, in its least-squares form. Differs:
    irregular sample times and weights enter the normal equations; outliers are excluded.
    """
    kept = weights
    fit = _Fit(times_s, xy, kept)
    columns = np.arange(xy.shape[1])
    for _ in range(2):
        distance = fit.left_out_distances()
        worst = distance.argmax(axis=0)
        bad = distance[worst, columns] > outlier
        if not bad.any():
            break
        kept = kept.copy()
        kept[worst[bad], columns[bad]] = 0.0
        fit = _Fit(times_s, xy, kept)
    return fit.value, fit.slope, fit.bend


class _Fit:
    """One weighted parabola per point, with the same weights for both coordinates.

    The 3 x 3 normal equations are solved by cofactors: for a dozen of them, LAPACK costs more than
    the rest of the fit.
    """

    def __init__(self, times_s: Floats, xy: Floats, weights: Floats) -> None:
        finite = np.isfinite(xy)
        usable = finite[..., 0] & finite[..., 1] & (weights > 0)
        self._usable = usable
        self._w = np.where(usable, weights, 0.0)
        self._y = np.where(usable[..., None], xy, 0.0)
        # Scale the times, because milliseconds to the fourth power are badly conditioned.
        scale = max(float(np.abs(times_s).max(initial=0.0)), 1e-9)
        t = times_s / scale
        square = t * t
        self._powers = np.array([np.ones_like(t), t, square, square * t, square * square])
        moments = self._powers @ self._w
        a, b, c, d = moments.take(_FACTORS, axis=0)
        cofactors = a * b - c * d
        m0, m1, m2 = moments[:3]
        volume = m0 * cofactors[0] + m1 * cofactors[3] + m2 * cofactors[4]
        good = self._good(times_s, moments[0], volume)
        self._inverse = cofactors / np.where(good, volume, np.nan)
        points = xy.shape[1]
        weighted = (self._w[..., None] * self._y).reshape(t.size, 2 * points)
        right = (self._powers[:3] @ weighted).reshape(3, points, 2)
        inverse = self._inverse.take(_SYMMETRIC, axis=0)
        self._solution = (inverse[..., None] * right).sum(axis=1)
        self.value: Floats = self._solution[0]
        self.slope: Floats = self._solution[1] / scale
        self.bend: Floats = 2 * self._solution[2] / scale**2

    def _good(self, times_s: Floats, weight: Floats, volume: Floats) -> NDArray[np.bool_]:
        # An instant is bracketed if usable samples are at it or on both sides of it.
        sides = np.array([times_s <= 0, times_s >= 0])
        bracketed = (sides @ self._usable).all(axis=0)
        enough = self._usable.sum(axis=0) >= MIN_SAMPLES
        # Samples at nearly the same time give no slope, however many there are.
        spread = volume > _LEAST_SPREAD * np.maximum(weight, 1e-9) ** 3
        return np.asarray(enough & bracketed & spread)

    def left_out_distances(self) -> Floats:
        """Return each sample's distance from the fit through the others, shape (n, k); 0 if NaN."""
        count, points = self._usable.shape
        fitted = self._powers[:3].T @ self._solution.reshape(3, 2 * points)
        off = self._y - fitted.reshape(count, points, 2)
        form = self._inverse.take(_FORM, axis=0) * _FORM_TIMES
        form[2] += self._inverse[1]
        leverage = self._w * (self._powers.T @ form)
        distance = np.hypot(off[..., 0], off[..., 1]) / np.maximum(1 - leverage, 1e-6)
        return np.where(self._usable & np.isfinite(distance), distance, 0.0)


def peak_offset(a: float, b: float, c: float) -> float:
    """Return the position of the vertex of a parabola through three equally spaced samples.

    Parameters
    ----------
    a, b, c
        Samples at -1, 0 and +1, with the greatest at 0.

    Returns
    -------
    Offset of the vertex from the middle sample in sample intervals, -0.5 to 0.5; 0 if flat.
    """
    bend = a - 2 * b + c
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (a - c) / bend, -0.5, 0.5))


def crossing_time(t0: float, v0: float, t1: float, v1: float, level: float) -> float:
    """Return when the straight line from (t0, v0) to (t1, v1) reaches ``level``."""
    return t0 if v1 == v0 else t0 + (level - v0) * (t1 - t0) / (v1 - v0)
