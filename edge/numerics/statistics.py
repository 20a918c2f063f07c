"""Mean, spread and confidence interval: one estimator for verdicts, results, report and pages.

The mean is the 20 % trimmed mean, which one bad stride cannot move, with the confidence interval of
Tukey and McLaughlin. The standard deviation is the ordinary one over all strides: it describes the
scatter of the strides, not the uncertainty of the mean. An error that is the same in every stride
is in neither; ``widened`` adds it where a mean is compared with a limit.

A description of some strides takes them as independent. A claim, that two blocks of strides differ,
allows for neighbouring strides being alike: ``neighbours``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from edge.messages.arrays import Floats
from edge.numerics.neighbours import effective_count
from edge.numerics.student_t import student_t

_TRIM = 0.2
_MISS = 0.05
_Z975 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Summary of one metric over several strides, in the metric's unit.

    Attributes
    ----------
    mean
        20 % trimmed mean; NaN without values.
    sd
        Standard deviation (n - 1) of all values; NaN for fewer than two.
    low, high
        95 % confidence interval of ``mean``; NaN if too few values are left after trimming.
    count
        Number of finite values.
    """

    mean: float
    sd: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Error:
    """Squared error of a trimmed mean, NaN if unknown, and its degrees of freedom."""

    squared: float
    freedom: int


def spread(values: Floats | Sequence[float], *, neighbours: bool = False) -> Spread:
    """Return mean, standard deviation, interval and count.

    Parameters
    ----------
    values
        Shape (n,), any unit; NaN and infinities are ignored.
    neighbours
        Whether the interval allows for neighbouring values being alike; ``values`` are then in
        order of time.

    Returns
    -------
    In the unit of ``values``; NaN also for values too large to square.

    Examples
    --------
    >>> found = spread([2.0, 4.0, float("nan"), 6.0])
    >>> found.mean, found.sd, found.count
    (4.0, 2.0, 3)
    """
    known = _finite(np.asarray(values, dtype=np.float64))
    with np.errstate(over="ignore", invalid="ignore"):
        sd = float(np.sort(known).std(ddof=1)) if known.size > 1 else nan
        low, high = trimmed_ci95(known, neighbours=neighbours)
        mean = trimmed_mean(known)
    return Spread(mean=mean, sd=sd, low=low, high=high, count=int(known.size))


def trimmed_mean(values: Floats) -> float:
    """Return the 20 % trimmed mean: a fifth of the values dropped at each end.

    Parameters
    ----------
    values
        Shape (n,), any unit; NaN entries are left out.

    Returns
    -------
    In the unit of ``values``; NaN if none is finite. The number dropped at each end is rounded
    down, so fewer than five values give the plain mean.

    Notes
    -----
    Source: docs/gait-metrics.md, "Statistics"; Wilcox, Introduction to Robust Estimation and
    Hypothesis Testing, chapter 3. Differs: none.

    Examples
    --------
    >>> trimmed_mean(np.array([-50.0, 1.0, 2.0, 3.0, 90.0]))
    2.0
    """
    ordered = np.sort(_finite(values))
    if not ordered.size:
        return float("nan")
    cut = _cut(ordered.size)
    return float(ordered[cut : ordered.size - cut].mean())


def trimmed_ci95(values: Floats, *, neighbours: bool = False) -> tuple[float, float]:
    """Return the 95 % confidence interval of the 20 % trimmed mean.

    Parameters
    ----------
    values
        Shape (n,), any unit; NaN entries are left out. Taken as independent, unless
        ``neighbours``.
    neighbours
        Whether to allow for neighbouring values being alike; ``values`` are then in order of time.

    Returns
    -------
    Lower and upper end in the unit of ``values``; both NaN if fewer than two values are left after
    trimming.

    Notes
    -----
    The squared error is the winsorised sum of squares over h (h - 1), with h values left after
    trimming; the ends follow Student's t with h - 1 degrees of freedom. Source: Tukey and
    McLaughlin (1963), Sankhya A 25, 331-352; Yuen (1974), doi 10.1093/biomet/61.1.165. Differs:
    with ``neighbours`` both allow for their correlation (docs/gait-metrics.md, "Neighbouring
    strides").
    """
    error = _error(values, neighbours=neighbours)
    if error.freedom < 1:
        return (nan, nan)
    half = student_t(error.freedom) * error.squared**0.5
    mean = trimmed_mean(values)
    return (mean - half, mean + half)


def change_ci95(before: Floats, after: Floats, *, claims: int = 1) -> tuple[float, float]:
    """Return the 95 % confidence interval of the difference of two 20 % trimmed means.

    It allows for neighbouring values being alike.

    Parameters
    ----------
    before, after
        Shapes (n,) and (m,), the same unit, each in order of time; NaN entries are left out.
    claims
        How many differences are judged together. Each interval is widened so that with 95 % all of
        them hold (Bonferroni).

    Returns
    -------
    Lower and upper end of the mean of ``after`` minus that of ``before``; both NaN if fewer than
    two values of either are left after trimming.

    Notes
    -----
    The squared errors of both means are added; the degrees of freedom are Welch's, rounded down.
    Source: Yuen (1974), doi 10.1093/biomet/61.1.165. Differs: as in ``trimmed_ci95``.

    Examples
    --------
    >>> values = np.array([0.0, 9.0, 1.0, 8.0, 2.0, 7.0, 3.0, 6.0, 4.0, 5.0])
    >>> low, high = change_ci95(values, values + 3)
    >>> round(low, 2), round(high, 2)
    (-0.75, 6.75)
    """
    old, new = _error(before, neighbours=True), _error(after, neighbours=True)
    total = old.squared + new.squared
    if not np.isfinite(total):
        return (nan, nan)
    change = trimmed_mean(after) - trimmed_mean(before)
    if total == 0:
        return (change, change)
    # By shares: the squares of tiny errors are zero.
    share, other_share = old.squared / total, new.squared / total
    freedom = 1 / (share**2 / old.freedom + other_share**2 / new.freedom)
    half = student_t(int(freedom), _MISS / claims) * total**0.5
    return (change - half, change + half)


def error95(sd: float) -> float:
    """Return half the 95 % interval of a normal error with this standard deviation.

    Examples
    --------
    >>> round(error95(5.0), 1)
    9.8
    """
    return _Z975 * sd


def widened(ci95: tuple[float, float], shared95: float) -> tuple[float, float]:
    """Return the 95 % interval of a mean whose strides share one more error.

    Parameters
    ----------
    ci95
        Lower and upper end for the scatter of strides; NaN if unknown.
    shared95
        Half the 95 % interval of an error that all strides share, independent of their scatter,
        in the same unit; NaN or 0 adds nothing.

    Returns
    -------
    Lower and upper end about the same middle: the halves are added as variances are.

    Examples
    --------
    >>> widened((-3.0, 3.0), 4.0)
    (-5.0, 5.0)
    """
    if not shared95 > 0:
        return ci95
    low, high = ci95
    half = float(np.hypot((high - low) / 2, shared95))
    middle = (low + high) / 2
    return (middle - half, middle + half)


def _error(values: Floats, *, neighbours: bool) -> _Error:
    """Return the error of the trimmed mean of values in order of time."""
    known = _finite(values)
    ordered = np.sort(known)
    cut = _cut(ordered.size)
    left = ordered.size - 2 * cut
    if left < 2:
        return _Error(squared=nan, freedom=0)
    ends = ordered[cut], ordered[-1 - cut]
    winsorised = np.clip(ordered, *ends)
    squares = float(((winsorised - winsorised.mean()) ** 2).sum())
    error = _Error(squared=squares / (left * (left - 1)), freedom=left - 1)
    return _shared(error, np.clip(known, *ends)) if neighbours else error


def _shared(error: _Error, winsorised: Floats) -> _Error:
    """Return the error of a mean whose values are alike from one to the next.

    Their scatter is smaller than that of independent values by (1 - k / n) / (1 - 1 / n), and the
    variance of their mean k times as large; k = n / effective count. That k is estimated is allowed
    for in ``effective_count``, not in the degrees of freedom.
    """
    count, effective = winsorised.size, effective_count(winsorised)
    ratio = count / effective
    if ratio == 1:
        return error
    squared = error.squared * ratio * (count - 1) / (count - ratio)
    return _Error(squared=squared, freedom=error.freedom)


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _cut(count: int) -> int:
    # Slightly above a fifth, so that 0.2 * 5 in binary still counts as 1.
    return int(_TRIM * count + 1e-9)
