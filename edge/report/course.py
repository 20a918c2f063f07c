"""What a patient sheet and a letter are written from: one leg before and after, and its need."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, isfinite, nan
from typing import Final

from edge.messages.errors import ReportError
from edge.messages.side import Side
from edge.messages.verdict import CueKind, Fault, VerdictState
from edge.report.advice import Need
from edge.report.blocks import Column
from edge.report.changes import Change, changes
from edge.report.experiment import Experiment
from edge.report.facts import Leg, Visit
from edge.report.visit_parts import Told, chosen_table, ends_of, is_part
from edge.settings.settings_table import stored_settings

CUES: Final[Mapping[Need, CueKind]] = {
    Need.HIPS_FORWARD: CueKind.SIT_BACK,
    Need.KNEES_ONLY: CueKind.CADENCE,
    Need.PUSH_OFF: CueKind.CADENCE,
}
"""The one cue for each need that has one. Source: docs/gait-metrics.md, "Cues"."""
_WORST_LAST: Final = (
    VerdictState.UNKNOWN,
    VerdictState.GREEN,
    VerdictState.BORDERLINE,
    VerdictState.AMBER,
    VerdictState.RED,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """A runner before, and after a cue or between two days if there is an after.

    Attributes
    ----------
    before, after
        The visits, or the parts of one.
    side
        The leg that the sheet is about: of the judged ones that with most to say.
    need
        Why that leg does what it does, by its verdicts before.
    target_spm
        Cadence to aim for, in whole steps per minute; both NaN where cadence is not the cue.
    changes
        What changed, of every leg that was judged both times; empty without an after.
    told
        What is known of the visit.
    """

    before: Visit
    after: Visit | None
    side: Side
    need: Need
    target_spm: tuple[float, float]
    changes: Mapping[Side, list[Change]]
    told: Told

    @property
    def visits(self) -> list[Visit]:
        """The one visit, or both."""
        return [self.before] if self.after is None else [self.before, self.after]

    @property
    def of_one_visit(self) -> bool:
        """Whether before and after are the baseline and the outcome of one visit's table."""
        return _outcome(self.after, self.told)[0] is not None

    @property
    def leg(self) -> Leg:
        """The leg of the sheet, before."""
        return self.before.legs[self.side]


def course_of(before: Visit, after: Visit | None = None, told: Told | None = None) -> Course:
    """Collect what a sheet or letter says.

    Of the parts of one visit, the changes are those of its table.

    Raises
    ------
    ReportError
        If no leg was judged before: then there is nothing to say.
    """
    told = told or Told()
    judged = [leg for leg in before.legs.values() if leg.judged]
    if not judged:
        raise ReportError(
            f"no stride of session {before.session.name} was seen well enough to be judged, so "
            "there is nothing to write to a patient or a referrer"
        )
    table, _ = _outcome(after, told)
    leg = max(judged, key=_weight if table is None else lambda leg: leg.side is table.side)
    need = need_of(leg)
    cadence = CUES.get(need) is CueKind.CADENCE
    return Course(
        before=before,
        after=after,
        side=leg.side,
        need=need,
        target_spm=_target_spm(before, leg) if cadence else (nan, nan),
        changes={} if after is None else _changes(before, after, told),
        told=told,
    )


def _outcome(after: Visit | None, told: Told) -> tuple[Experiment | None, Column | None]:
    """Return the table whose outcome a part of a visit is, and its column; None if it is none."""
    table = chosen_table(told.tables)
    ends = None if table is None else ends_of(table)
    # The baselines of two visits are no parts of one table.
    if after is None or ends is None or ends[1] is None or not is_part(after, ends[1]):
        return None, None
    return table, ends[1]


def _changes(before: Visit, after: Visit, told: Told) -> dict[Side, list[Change]]:
    table, outcome = _outcome(after, told)
    if table is None or outcome is None:
        return {side: found for side in Side if (found := changes(before, after, side))}
    index = table.columns.index(outcome)
    cells = [row.cells[index].change for row in table.rows]
    return {table.side: [change for change in cells if change is not None]}


def need_of(leg: Leg) -> Need:
    """Return the need of a judged leg, by its last verdicts."""
    knees, push_off = (leg.verdicts[fault] for fault in Fault)
    # Sessions of earlier versions keep the cue as its sentence; the reason has always been a code.
    if knees.cue and knees.reason.code.endswith("_hips"):
        return Need.HIPS_FORWARD
    if knees.cue:
        return Need.KNEES_ONLY
    if push_off.cue:
        return Need.PUSH_OFF
    good = {knees.state, push_off.state} == {VerdictState.GREEN}
    return Need.NO_FAULT if good else Need.NOT_JUDGED


def seen_state(leg: Leg, fault: Fault) -> VerdictState:
    """Return a verdict's state as patients are told it: one that gives no cue is doubtful.

    A knee far ahead of the toe above an upright shin may be a tilted camera.
    """
    verdict = leg.verdicts[fault]
    doubtful = verdict.state in (VerdictState.AMBER, VerdictState.RED) and not verdict.cue
    return VerdictState.UNKNOWN if doubtful else verdict.state


def _weight(leg: Leg) -> tuple[int, int]:
    states = [seen_state(leg, fault) for fault in Fault]
    return max(map(_WORST_LAST.index, states)), len(leg.strides)


def _target_spm(visit: Visit, leg: Leg) -> tuple[float, float]:
    """Return the cadence to aim for, as the coach sets it from the same baseline."""
    coaching = stored_settings(dict(visit.session.head.config)).coaching
    spread = leg.metrics["cadence_spm"]
    base = spread.mean
    if not isfinite(base) or spread.count < coaching.min_valid_strides:
        return nan, nan
    cap = base * (1 + coaching.cadence_cap_pct / 100)
    low, high = base + coaching.cadence_low_spm, base + coaching.cadence_high_spm
    # Rounded inwards, so that the upper end never exceeds the cap.
    ends = ceil(min(low, cap)), floor(min(high, cap))
    return ends if ends[0] <= ends[1] else (nan, nan)
