"""The sentence over a cue experiment's table, and the side effects below it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Final

from edge.messages.conclusion import Conclusion
from edge.messages.metric import Metric
from edge.messages.visit import StepKind
from edge.metrics.catalogue import METRICS
from edge.report.blocks import Column
from edge.report.changes import LEAST_STRIDES, Change, Judged

Changes = Mapping[str, Sequence[Change | None]]
"""By metric, in the table's order: the change of each column, None without one."""

OVERSTRIDE_PCT: Final = 3.0
CONTACT_SHARE: Final = 0.05
"""Side effects of a cue: docs/gait-metrics.md, "Cues"."""
# Of two cues that moved the same metric, the one that moved it further this way is named.
_WANTED: Final[dict[str, int]] = {Metric.KNEE_TOE: -1, Metric.PUSH_OFF: -1, Metric.HIP_ANKLE: -1}
_SAID: Final = (Judged.CHANGED, Judged.WITHIN_ERROR, Judged.NO_LIMIT)
_UNKNOWN: Final = {
    Judged.TOO_FEW: "cue_stay_too_few",
    Judged.OTHER_SPEED: "cue_stay_other_speed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """A metric that changed in a column."""

    index: int
    change: Change


def conclusion_of(columns: Sequence[Column], changes: Changes) -> Conclusion:
    """Return the one sentence on top of a table.

    It names the first metric, in the table's order, that a cue changed, and whether retention still
    differs from the baseline, the same way and by the same rule.
    """
    cues = [index for index, column in enumerate(columns) if column.kind == StepKind.CUE]
    late = [index for index, column in enumerate(columns) if column.kind == StepKind.RETENTION]
    if not any(column.kind == StepKind.BASELINE for column in columns):
        return Conclusion("no_baseline")
    if not cues and not late:
        return Conclusion("no_cue")
    if (moved := _first(changes, cues)) is not None:
        return _of_cue(columns, changes, moved)
    if (moved := _first(changes, late)) is not None:
        return _told("later_only", moved.change)
    return _nothing([changes[metric][index] for metric in changes for index in cues or late])


def notes_of(columns: Sequence[Column], changes: Changes) -> tuple[Conclusion, ...]:
    """Return side effects of cues, each once, and what limits the comparison."""
    notes = [
        note
        for index, column in enumerate(columns)
        if column.kind == StepKind.CUE
        for note in _side_effects(column.cue, {m: c[index] for m, c in changes.items()})
    ]
    if any(isnan(column.speed_mps) for column in columns):
        notes.append(Conclusion("speed_unknown"))
    return tuple(dict.fromkeys(notes))


def _first(changes: Changes, indices: Sequence[int]) -> _Moved | None:
    """Return the change of the first metric that changed in one of some columns."""
    for metric, found in changes.items():
        moved = [
            _Moved(index=index, change=change)
            for index in indices
            if (change := found[index]) is not None and change.judged is Judged.CHANGED
        ]
        if moved:
            return max(moved, key=lambda each: _wanted(metric, each.change.change))
    return None


def _wanted(metric: str, change: float) -> float:
    return change * _WANTED[metric] if metric in _WANTED else abs(change)


def _of_cue(columns: Sequence[Column], changes: Changes, moved: _Moved) -> Conclusion:
    change = moved.change
    later = [
        found
        for index, found in enumerate(changes[change.metric])
        if index > moved.index and columns[index].kind == StepKind.RETENTION
    ]
    code = _kept(change, later[-1] if later else None)
    return _told(code, change, cue=columns[moved.index].cue)


def _kept(change: Change, later: Change | None) -> str:
    """Return what became of a change, by the same rule."""
    if later is None:
        return "cue_not_retested"
    if later.judged is Judged.CHANGED and later.change * change.change > 0:
        return "cue_stayed"
    return _UNKNOWN.get(later.judged, "cue_not_stayed")


def _told(code: str, change: Change, **cue: str) -> Conclusion:
    """Return what happened to a metric, with both means rounded as they are shown."""
    knee = change.metric == Metric.KNEE_TOE
    # In the sentence whole per cents do: the table has the decimal.
    decimals = 0 if knee else METRICS[change.metric].decimals
    before, after = (
        round(mean, decimals) + 0.0 for mean in (change.before.mean, change.after.mean)
    )
    raised = change.change > 0
    effect = _knee(after, raised=raised) if knee else "raised" if raised else "lowered"
    metric = str(change.metric)
    return Conclusion(code, metric=metric, effect=effect, before=before, after=after, **cue)


def _knee(after: float, *, raised: bool) -> str:
    if after == 0:
        return "knee_over"
    if raised:
        return "knee_ahead" if after > 0 else "knee_less_behind"
    return "knee_less_ahead" if after > 0 else "knee_behind"


def _nothing(changes: Sequence[Change | None]) -> Conclusion:
    judged = {change.judged for change in changes if change is not None}
    if judged & set(_SAID):
        return Conclusion("nothing_changed")
    if Judged.TOO_FEW in judged:
        return Conclusion("too_few_strides", needed=LEAST_STRIDES)
    return Conclusion("speeds_differ" if judged else "no_baseline")


def _side_effects(cue: str, changes: Mapping[str, Change | None]) -> Iterator[Conclusion]:
    real = {m: c for m, c in changes.items() if c is not None and c.judged is Judged.CHANGED}
    reach, trunk = real.get(Metric.OVERSTRIDE), real.get(Metric.TRUNK)
    contact = real.get(Metric.GROUND_CONTACT)
    if reach is not None and reach.change >= OVERSTRIDE_PCT:
        yield Conclusion("overstride_more", cue=cue, change=round(reach.change, 1))
    if trunk is not None and trunk.after.mean < 0 and trunk.change < 0:
        yield Conclusion("trunk_behind", cue=cue, after=round(-trunk.after.mean, 1))
    if contact is not None and contact.change >= CONTACT_SHARE * contact.before.mean:
        share = 100 * contact.change / contact.before.mean
        yield Conclusion("contact_longer", cue=cue, change=float(round(share)))
