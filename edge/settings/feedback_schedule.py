"""The share of time with feedback at each visit of a runner."""

from math import isfinite
from typing import Final

from edge.messages.errors import SettingsError
from edge.messages.feedback import DoseSource

WHOLE_PCT: Final = 100.0
_MOST_VISITS: Final = 50


def schedule_of(text: str) -> tuple[float, ...]:
    """Return the percentages of a schedule, the first visit's first.

    Raises
    ------
    SettingsError
        If it is not 1 to 50 numbers from 0 to 100, with blanks between.

    Examples
    --------
    >>> schedule_of("100 75 50 10")
    (100.0, 75.0, 50.0, 10.0)
    """
    try:
        shares = tuple(float(part) for part in text.split())
    except ValueError:
        shares = ()
    if not 1 <= len(shares) <= _MOST_VISITS or not all(_is_share(share) for share in shares):
        raise SettingsError(
            f"must be 1 to {_MOST_VISITS} numbers from 0 to 100, in %, got {text!r}"
        )
    return shares


def feedback_dose(text: str, number: int | None) -> tuple[float, DoseSource]:
    """Return the share of time with feedback at a visit, in percent, and why.

    Parameters
    ----------
    text
        The schedule, as in ``coaching.feedback_by_visit``.
    number
        Which visit it is, from 1; None if unknown, which is given feedback all the time.

    Examples
    --------
    >>> feedback_dose("100 50 10", 2)
    (50.0, <DoseSource.SCHEDULED: 'scheduled'>)
    >>> feedback_dose("100 50 10", 7)
    (10.0, <DoseSource.LAST: 'last'>)
    >>> feedback_dose("100 50 10", None)
    (100.0, <DoseSource.NUMBER_UNKNOWN: 'number_unknown'>)
    """
    shares = schedule_of(text)
    if number is None or number < 1:
        return WHOLE_PCT, DoseSource.NUMBER_UNKNOWN
    if number > len(shares):
        return shares[-1], DoseSource.LAST
    return shares[number - 1], DoseSource.SCHEDULED


def _is_share(value: float) -> bool:
    return isfinite(value) and 0 <= value <= WHOLE_PCT
