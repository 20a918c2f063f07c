"""Number format of ``session.json``."""

from math import isfinite

_DECIMALS = 6


def number(value: float | None) -> float | None:
    """Return a number to six decimals, or None where it is absent or not finite.

    Examples
    --------
    >>> number(-0.0000001), number(float("nan")), number(2.5)
    (0.0, None, 2.5)
    """
    if value is None or not isfinite(value):
        return None
    # Adding 0.0 turns a negative zero into zero.
    return round(float(value), _DECIMALS) + 0.0
