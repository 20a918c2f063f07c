"""Calf raises in words and a table, beside what healthy adults do."""

from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

from edge.exercises.calf_raise.totals import loss_pct, symmetry_pct, work_j
from edge.i18n.word_catalogue import Catalogue
from edge.messages.raises import ENOUGH_RAISES, RaiseFault, RaiseKind, RaiseSet
from edge.messages.side import Side
from edge.record.raises_data import best_of_legs

# Single-leg raises to failure, 566 healthy adults of 20 to 81 years: medians, and the limits of
# agreement of two days (Hébert-Losier 2017, doi:10.1016/j.physio.2017.03.002).
MEDIAN_MEN, MEDIAN_WOMEN = 24, 21
LEAST_CHANGE: Final = 7


def raises_section(sets: Sequence[RaiseSet], words: Catalogue) -> dict[str, Any] | None:
    """Return the rows and notes of the report's section on calf raises; None without a set."""
    if not sets:
        return None
    return {
        "rows": [_row(done, words) for done in sets],
        "notes": [*_notes(sets, words), _norms(words)],
    }


def raises_changed(before: RaiseSet, after: RaiseSet, words: Catalogue) -> str:
    """Return whether a leg does more or fewer full raises than before, or no other number."""
    first, last = before.count(RaiseKind.FULL), after.count(RaiseKind.FULL)
    leg = words.text(f"report.leg.{after.side}")
    numbers = {"leg": leg, "first": first, "last": last, "least": LEAST_CHANGE}
    if abs(last - first) < LEAST_CHANGE:
        return words.text("report.raises.same", **numbers)
    return words.text("report.raises.changed", **numbers)


def _row(done: RaiseSet, words: Catalogue) -> list[str]:
    faults = {fault: sum(each.fault is fault for each in done.raises) for fault in RaiseFault}
    said = [
        f"{n} \N{MULTIPLICATION SIGN} {words.text(f'raise_fault.{f}')}"
        for f, n in faults.items()
        if f and n
    ]
    error_cm = done.full_height_cm * done.scale_error95_pct / 100
    return [
        words.text(f"report.leg.{done.side}"),
        *(str(done.count(kind)) for kind in RaiseKind),
        f"{words.number(done.full_height_cm, 1)} ± {words.number(error_cm, 1)} cm",
        _with_unit(words.number(loss_pct(done.raises), 0, signed=True), "%"),
        _with_unit(words.number(work_j(done), 0), "J"),
        ", ".join(said) or words.text("report.raises.no_fault"),
    ]


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if any(letter.isdigit() for letter in text) else text


def _notes(sets: Sequence[RaiseSet], words: Catalogue) -> list[str]:
    notes = []
    if len(legs := best_of_legs(sets)) == 2:
        share_pct = symmetry_pct(legs[Side.LEFT], legs[Side.RIGHT])
        notes.append(words.text("report.raises.symmetry", share=share_pct))
    if not all(isfinite(done.stature_m) for done in sets):
        notes.append(words.text("report.raises.no_stature"))
    if not all(isfinite(done.mass_kg) for done in sets):
        notes.append(words.text("report.raises.no_mass"))
    return notes


def _norms(words: Catalogue) -> str:
    return words.text(
        "report.raises.norms",
        men=MEDIAN_MEN,
        women=MEDIAN_WOMEN,
        enough=ENOUGH_RAISES,
        least=LEAST_CHANGE,
    )
