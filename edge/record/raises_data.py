"""Sets of calf raises as rows, as marks of the store, and in ``session.json``."""

from collections.abc import Mapping, Sequence
from math import isfinite, nan
from typing import Any, Final

import numpy as np

from edge.exercises.calf_raise.totals import loss_pct, measured, slope_cm, symmetry_pct, work_j
from edge.messages.raises import Raise, RaiseFault, RaiseKind, RaiseSet
from edge.messages.side import Side
from edge.record.numbers import number

RAISE_COLUMNS: Final = (
    "rep",
    "side",
    "start_s",
    "top_s",
    "end_s",
    "height_cm",
    "height_pct",
    "kind",
    "fault",
)
_NUMBERS: Final = ("full_height_cm", "scale_error95_pct", "stature_m", "mass_kg")


def raise_set_data(done: RaiseSet) -> dict[str, Any]:
    """Return a set as the data of a mark; times as captured, absent numbers None."""
    numbers = {name: number(getattr(done, name)) for name in _NUMBERS}
    raises = [_raise_data(each) for each in done.raises]
    return {"side": done.side.value, **numbers, "ended": done.ended, "raises": raises}


def raise_set_of(data: Mapping[str, Any]) -> RaiseSet:
    """Return the set of a mark's data."""
    numbers = {name: nan if data[name] is None else float(data[name]) for name in _NUMBERS}
    return RaiseSet(
        side=Side(data["side"]),
        raises=tuple(
            Raise(
                **{
                    **each,
                    "side": Side(each["side"]),
                    "kind": RaiseKind(each["kind"]),
                    "fault": RaiseFault(each["fault"]),
                }
            )
            for each in data["raises"]
        ),
        ended=data["ended"],
        **numbers,
    )


def raises_entry(sets: Sequence[RaiseSet], why_none: str) -> dict[str, Any]:
    """Return the entries of ``session.json``; ``why_none`` is the code if there are no sets.

    Of several sets ``calf_raise`` is that of most full raises, and ``calf_raise_sets`` has all.
    """
    if not sets:
        return {"calf_raise": None, "calf_raise_reason": why_none}
    best = max(sets, key=lambda done: done.count(RaiseKind.FULL))
    legs = best_of_legs(sets)
    return {
        "calf_raise": _entry(best),
        "calf_raise_sets": [_entry(done) for done in sets],
        "calf_raise_symmetry_pct": number(symmetry_pct(*legs.values())) if len(legs) == 2 else None,
    }


def best_of_legs(sets: Sequence[RaiseSet]) -> dict[Side, RaiseSet]:
    """Return each leg's set of most full raises, left before right."""
    return {
        side: max(own, key=lambda done: done.count(RaiseKind.FULL))
        for side in Side
        if (own := [done for done in sets if done.side is side])
    }


def _raise_data(each: Raise) -> dict[str, Any]:
    row = {name: getattr(each, name) for name in RAISE_COLUMNS}
    return {name: number(v) if isinstance(v, float) else v for name, v in row.items()}


def _entry(done: RaiseSet) -> dict[str, Any]:
    heights = [each.height_cm for each in measured(done.raises)]
    return {
        "side": done.side.value,
        **{kind.value: done.count(kind) for kind in RaiseKind},
        "height_cm": {
            "mean": number(float(np.mean(heights))) if heights else None,
            "sd": number(float(np.std(heights, ddof=1))) if len(heights) > 1 else None,
            "max": number(max(heights, default=nan)),
            "n": len(heights),
            "full": number(done.full_height_cm),
            "error95": number(done.full_height_cm * done.scale_error95_pct / 100),
        },
        "work_j": number(work_j(done)),
        "loss_pct": number(loss_pct(done.raises)),
        "slope_cm": number(slope_cm(done.raises)),
        "tension_s": number(sum(each.end_s - each.start_s for each in done.raises)),
        "faults": {
            fault.value: sum(each.fault is fault for each in done.raises)
            for fault in RaiseFault
            if fault
        },
        "stature_m": done.stature_m if isfinite(done.stature_m) else None,
        "mass_kg": done.mass_kg if isfinite(done.mass_kg) else None,
        "ended": done.ended,
    }
