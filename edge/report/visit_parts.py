"""What a stored visit adds to sheet and letter: its baseline and outcome, and what was told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isfinite

from edge.messages.raises import RaiseSet
from edge.messages.visit import Block, Pain, Patient, StepKind
from edge.record.folder_export import raise_sets
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.visits import blocks_of, pain_told, visit_record
from edge.report.blocks import Column
from edge.report.experiment import Experiment, experiments_of
from edge.report.facts import Visit
from edge.report.visit_facts import visit_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Told:
    """What the patient said and did: the tables of the visit, and all its calf raises."""

    patient: Patient = field(default_factory=Patient)
    pain: Sequence[Pain] = ()
    tables: Sequence[Experiment] = ()
    raises: Sequence[RaiseSet] = ()


def told_of(store: Store, session: StoredSession) -> Told:
    """Return what is known of the visit that a session belongs to."""
    record = visit_record(store, session)
    return Told(
        patient=Patient() if record is None else record.patient,
        pain=pain_told(store, session),
        tables=experiments_of(store, blocks(store, session)),
        raises=raise_sets(store, session),
    )


def blocks(store: Store, session: StoredSession) -> list[Block]:
    """Return the blocks of a session's visit, or those that the session was cut into."""
    record = visit_record(store, session)
    return list(record.blocks) if record is not None else blocks_of(store, session)


def ends_of(table: Experiment) -> tuple[Column, Column | None] | None:
    """Return the first baseline of a table, and its outcome: retention, else the last cue.

    None without a baseline.
    """
    baseline = next((c for c in table.columns if c.kind is StepKind.BASELINE), None)
    if baseline is None:
        return None
    kinds = (StepKind.RETENTION, StepKind.CUE)
    later = [[c for c in table.columns if c.kind is kind] for kind in kinds]
    return baseline, next((found[-1] for found in later if found), None)


def chosen_table(tables: Sequence[Experiment]) -> Experiment | None:
    """Return the table that the sheet is about: one with an outcome, else one with a baseline."""
    known = [table for table in tables if ends_of(table) is not None]
    return max(known, key=lambda table: table.compared, default=None)


def parts_of(store: Store, table: Experiment, *, skeleton_only: bool) -> list[Visit]:
    """Return the baseline of a table, and its outcome if there is one."""
    ends = ends_of(table)
    columns = [] if ends is None else [column for column in ends if column is not None]
    return [part_of(store, column, skeleton_only=skeleton_only) for column in columns]


def is_part(visit: Visit, column: Column) -> bool:
    """Whether a part of a session is that of a column."""
    return (visit.session.name, visit.label) == (column.session, column.step)


def part_of(store: Store, column: Column, *, skeleton_only: bool) -> Visit:
    """Return the part of a session that a column of a table is about."""
    return visit_of(
        store,
        store.session(column.session),
        column.step,
        from_s=column.start_s,
        to_s=column.end_s if isfinite(column.end_s) else inf,
        skeleton_only=skeleton_only,
    )
