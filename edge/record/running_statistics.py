"""Mean, spread and confidence interval of a stream of numbers, in constant memory."""

from functools import cache
from math import atan, cos, isfinite, nan, pi, sin, sqrt
from typing import Any, Final

from edge.record.numbers import number

_P: Final = 0.95
_NORMAL: Final = 1.959963984540054
_MANY: Final = 100


class Moments:
    """Running mean and sum of squares (Welford), over the finite numbers only."""

    def __init__(self) -> None:
        self.count = 0
        self._mean = 0.0
        self._squares = 0.0

    def add(self, value: float) -> None:
        """Take in a number; NaN and infinities are left out."""
        if not isfinite(value):
            return
        self.count += 1
        before = value - self._mean
        self._mean += before / self.count
        self._squares += before * (value - self._mean)

    @property
    def mean(self) -> float:
        """Plain mean; NaN of nothing."""
        return self._mean if self.count else nan

    @property
    def sd(self) -> float:
        """Sample standard deviation (n - 1); NaN of fewer than two."""
        # Negative only when numbers too large to square have overflowed.
        spread = self.count > 1 and self._squares >= 0
        return sqrt(self._squares / (self.count - 1)) if spread else nan

    @property
    def ci95(self) -> tuple[float, float]:
        """Student 95 % confidence interval of the mean; NaN of fewer than two."""
        if self.count < 2:
            return (nan, nan)
        half = student_t95(self.count - 1) * self.sd / sqrt(self.count)
        return (self.mean - half, self.mean + half)

    def as_json(self) -> dict[str, Any]:
        """Return the entry of one metric in ``session.json``."""
        low, high = (number(end) for end in self.ci95)
        known = low is not None and high is not None
        return {
            "mean": number(self.mean),
            "sd": number(self.sd),
            "ci95": [low, high] if known else None,
            "n": self.count,
        }


@cache
def _few(freedom: int) -> float:
    low, high = 0.0, 20.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        if _share_within(middle, freedom) < _P:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def student_t95(freedom: int) -> float:
    """Return the half width, in standard errors, of a two-sided 95 % interval.

    Parameters
    ----------
    freedom
        Degrees of freedom, 1 or more.

    Notes
    -----
    Source: Abramowitz and Stegun (1964), 26.7.3 and 26.7.4 inverted by bisection up to 100 degrees
    of freedom, the expansion 26.7.5 above. Differs: none. Exact to 1e-9.

    Examples
    --------
    >>> [round(student_t95(freedom), 3) for freedom in (1, 9, 1000)]
    [12.706, 2.262, 1.962]
    """
    if freedom <= _MANY:
        return _few(freedom)
    z = _NORMAL
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )


def _share_within(t: float, freedom: int) -> float:
    """Return the probability of lying within +-t."""
    angle = atan(t / sqrt(freedom))
    odd = freedom % 2 == 1
    term = cos(angle) if odd else 1.0
    total = 0.0
    for power in range(1 if odd else 0, freedom - 1, 2):
        total += term
        term *= cos(angle) ** 2 * (power + 1) / (power + 2)
    within = sin(angle) * total
    return 2 / pi * (angle + within) if odd else within
