"""Raises graded by height: full, partial or failed."""

from collections.abc import Sequence
from typing import Final

from edge.exercises.calf_raise.rep_counter import Rep, full_height_cm
from edge.messages.raises import Raise, RaiseFault, RaiseKind
from edge.messages.side import Side

_FULL_PCT: Final = 90.0
_PARTIAL_PCT: Final = 50.0


def kind_of(height_pct: float) -> RaiseKind:
    """Return the kind of a raise by its height, percent of the full height.

    Examples
    --------
    >>> [kind_of(pct).value for pct in (90.0, 89.9, 50.0, 49.9)]
    ['full', 'partial', 'partial', 'failed']
    """
    if height_pct >= _FULL_PCT:
        return RaiseKind.FULL
    return RaiseKind.PARTIAL if height_pct >= _PARTIAL_PCT else RaiseKind.FAILED


def graded(side: Side, reps: Sequence[Rep], faults: Sequence[RaiseFault]) -> tuple[Raise, ...]:
    """Return the raises with their grade by the full height of the set so far.

    Until the fifth raise the full height, and with it the grades, may still change.
    """
    full_cm = full_height_cm([rep.height_cm for rep in reps])
    return tuple(
        Raise(
            rep=number,
            side=side,
            start_s=rep.start_s,
            top_s=rep.top_s,
            end_s=rep.end_s,
            height_cm=rep.height_cm,
            height_pct=100 * rep.height_cm / full_cm,
            kind=kind_of(100 * rep.height_cm / full_cm),
            fault=fault,
        )
        for number, (rep, fault) in enumerate(zip(reps, faults, strict=True), 1)
    )
