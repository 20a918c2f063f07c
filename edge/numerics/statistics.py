"""Mean, spread and confidence interval: one estimator for verdicts, results, report and pages.

The mean is the 20 % trimmed mean, which one bad stride cannot move, with the confidence interval of
Tukey and McLaughlin. The standard deviation is the ordinary one over all strides: it describes the
scatter of the strides, not the uncertainty of the mean. An error that is the same in every stride
is in neither; ``widened`` adds it where a mean is compared with a limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from edge.messages.arrays import Floats

_TRIM = 0.2
# 97.5 % quantiles of Student's t for 1 to 10 degrees of freedom.
_T975 = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281)
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


def spread(values: Floats | Sequence[float]) -> Spread:
    """Return mean, standard deviation, interval and count.

    Parameters
    ----------
    values
        Shape (n,), any unit; NaN and infinities are ignored.

    Returns
    -------
    In the unit of ``values``; NaN also for values too large to square.

    Examples
    --------
    >>> found = spread([2.0, 4.0, float("nan"), 6.0])
    >>> found.mean, found.sd, found.count
    (4.0, 2.0, 3)
    """
    known = _ordered(np.asarray(values, dtype=np.float64))
    with np.errstate(over="ignore", invalid="ignore"):
        sd = float(known.std(ddof=1)) if known.size > 1 else nan
        low, high = trimmed_ci95(known)
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
    ordered = _ordered(values)
    if not ordered.size:
        return float("nan")
    cut = _cut(ordered.size)
    return float(ordered[cut : ordered.size - cut].mean())


def trimmed_ci95(values: Floats) -> tuple[float, float]:
    """Return the 95 % confidence interval of the 20 % trimmed mean.

    Parameters
    ----------
    values
        Shape (n,), any unit; NaN entries are left out. Taken as independent.

    Returns
    -------
    Lower and upper end in the unit of ``values``; both NaN if fewer than two values are left after
    trimming.

    Notes
    -----
    The squared error is the winsorised sum of squares over h (h - 1), with h values left after
    trimming; the ends follow Student's t with h - 1 degrees of freedom. Source: Tukey and
    McLaughlin (1963), Sankhya A 25, 331-352; Yuen (1974), doi 10.1093/biomet/61.1.165. Differs:
    none. The lag-1 correlation of strides is 0.04 to 0.1 (docs/gait-metrics.md, "Error budget"),
    so independence holds.
    """
    left, error = _squared_error(values)
    if left < 2:
        return (nan, nan)
    half = student_t975(left - 1) * error**0.5
    mean = trimmed_mean(values)
    return (mean - half, mean + half)


def change_ci95(before: Floats, after: Floats) -> tuple[float, float]:
    """Return the 95 % confidence interval of the difference of two 20 % trimmed means.

    Parameters
    ----------
    before, after
        Shapes (n,) and (m,), the same unit; NaN entries are left out. Taken as independent.

    Returns
    -------
    Lower and upper end of the mean of ``after`` minus that of ``before``; both NaN if fewer than
    two values of either are left after trimming.

    Notes
    -----
    The squared errors of both means are added; the degrees of freedom are Welch's, rounded down.
    Source: Yuen (1974), doi 10.1093/biomet/61.1.165. Differs: none.

    Examples
    --------
    >>> low, high = change_ci95(np.arange(10.0), np.arange(10.0) + 3)
    >>> round(low, 2), round(high, 2)
    (-0.75, 6.75)
    """
    (left, error), (other_left, other_error) = _squared_error(before), _squared_error(after)
    total = error + other_error
    if not np.isfinite(total):
        return (nan, nan)
    change = trimmed_mean(after) - trimmed_mean(before)
    if total == 0:
        return (change, change)
    # By shares: the squares of tiny errors are zero.
    share, other_share = error / total, other_error / total
    freedom = 1 / (share**2 / (left - 1) + other_share**2 / (other_left - 1))
    half = student_t975(int(freedom)) * total**0.5
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


def _squared_error(values: Floats) -> tuple[int, float]:
    """Return the number of values left after trimming, and the squared error of their mean."""
    ordered = _ordered(values)
    cut = _cut(ordered.size)
    left = ordered.size - 2 * cut
    if left < 2:
        return left, nan
    winsorised = np.clip(ordered, ordered[cut], ordered[-1 - cut])
    squares = float(((winsorised - winsorised.mean()) ** 2).sum())
    return left, squares / (left * (left - 1))


def student_t975(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t.

    Parameters
    ----------
    freedom
        Degrees of freedom, at least 1.

    Returns
    -------
    Dimensionless; within 0.001 of the exact value.

    Raises
    ------
    ValueError
        If ``freedom`` is below 1.

    Notes
    -----
    A table up to 10, then three terms of the Cornish-Fisher expansion. Source: Abramowitz and
    Stegun, Handbook of Mathematical Functions, 26.7.5. Differs: terms after the third are omitted.
    """
    if freedom < 1:
        raise ValueError(f"degrees of freedom must be 1 or more, got {freedom}")
    if freedom <= len(_T975):
        return _T975[freedom - 1]
    z = _Z975
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _ordered(values: Floats) -> Floats:
    return np.sort(values[np.isfinite(values)])


def _cut(count: int) -> int:
    # Slightly above a fifth, so that 0.2 * 5 in binary still counts as 1.
    return int(_TRIM * count + 1e-9)
