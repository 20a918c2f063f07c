"""Totals of a set of raises, and of both legs."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from edge.messages.raises import Raise, RaiseKind, RaiseSet

_GRAVITY_MPS2: Final = 9.81
# Raises at either end of a set whose heights are compared.
_ENDS: Final = 3


def measured(raises: Sequence[Raise]) -> list[Raise]:
    """Return the raises whose height counts: full and partial ones."""
    return [each for each in raises if each.kind is not RaiseKind.FAILED]


def work_j(done: RaiseSet) -> float:
    """Return the work against gravity over all raises, failed ones too; NaN without a mass.

    Notes
    -----
    Mass times gravity times the heel's rises. The body rises with the ankle, by two thirds of that,
    so it compares sets and legs rather than muscles.
    """
    risen_m = sum(each.height_cm for each in done.raises) / 100
    return done.mass_kg * _GRAVITY_MPS2 * risen_m


def loss_pct(raises: Sequence[Raise]) -> float:
    """Return the change of height over the set, percent of its beginning; negative is a loss.

    The mean of the last three raises against the first three, failed ones left out; NaN of fewer
    than six.
    """
    heights = [each.height_cm for each in measured(raises)]
    if len(heights) < 2 * _ENDS:
        return float("nan")
    first, last = np.mean(heights[:_ENDS]), np.mean(heights[-_ENDS:])
    return float(100 * (last - first) / first)


def slope_cm(raises: Sequence[Raise]) -> float:
    """Return the change of height from raise to raise, in centimetres; NaN of fewer than six."""
    heights = [each.height_cm for each in measured(raises)]
    if len(heights) < 2 * _ENDS:
        return float("nan")
    return float(np.polyfit(np.arange(len(heights)), heights, 1)[0])


def symmetry_pct(one: RaiseSet, other: RaiseSet) -> float:
    """Return the full raises of the weaker leg, percent of the stronger; NaN of none at all."""
    weak, strong = sorted((one.count(RaiseKind.FULL), other.count(RaiseKind.FULL)))
    return 100 * weak / strong if strong else float("nan")
