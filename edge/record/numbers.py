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


def interval(low: float, high: float) -> list[float | None] | None:
    """Return both ends of an interval, or None where one is absent."""
    return [number(low), number(high)] if isfinite(low) and isfinite(high) else None
