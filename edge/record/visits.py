"""Visits in the session store: what they were, how far they came, and the blocks they left."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isnan
from typing import TYPE_CHECKING, Any

from edge.messages.errors import RecordError
from edge.messages.reading import Belt
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.visit import Block, Pain, Patient, StepState, VisitStatus
from edge.record.stored_session import StoredSession
from edge.record.visit_rows import (
    block_of,
    block_row,
    pain_of,
    patient_of,
    patient_row,
    steps_json,
    steps_of,
)

if TYPE_CHECKING:
    from edge.record.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """A visit as it is stored.

    Attributes
    ----------
    status
        As it stood when last written; its screen and side are not kept.
    patient
        What was asked at the start.
    template_text
        The template as it was then.
    session
        Name of the session in which it goes on, or ended.
    begun_at, ended_at
        UTC; ``ended_at`` is empty while it is not over.
    first
        The leg that it looked at first; None until it was seen.
    blocks
        All blocks; one that went on when the station was cut off ends with its session.
    """

    status: VisitStatus
    patient: Patient
    template_text: str
    session: str
    begun_at: str
    ended_at: str = ""
    first: Side | None = None
    blocks: tuple[Block, ...] = ()


def write_visit(database: sqlite3.Connection, record: VisitRecord) -> None:
    """Write a visit in a transaction, in place of what was written of it before."""
    status = record.status
    row: dict[str, Any] = {
        "name": status.id,
        "begun_at": record.begun_at,
        "ended_at": record.ended_at or None,
        "template": status.template,
        "template_text": record.template_text,
        "number": status.number,
        **patient_row(record.patient),
        "first_side": None if record.first is None else record.first.value,
        "current": status.current,
        "steps": steps_json(status.steps),
    }
    names, places = ", ".join(row), ", ".join("?" * len(row))
    renewed = ", ".join(f"{name} = excluded.{name}" for name in row)
    database.execute(
        f"INSERT INTO visits ({names}) VALUES ({places}) "
        f"ON CONFLICT (name) DO UPDATE SET {renewed}",
        tuple(row.values()),
    )
    (visit,) = database.execute("SELECT id FROM visits WHERE name = ?", (status.id,)).fetchone()
    database.execute("UPDATE sessions SET visit = ? WHERE name = ?", (visit, record.session))
    for block in record.blocks:
        _write_block(database, block, visit)


def _write_block(database: sqlite3.Connection, block: Block, visit: int | None) -> None:
    """Write a block in place of the same one; its session may be an earlier one of the visit."""
    row = {"visit": visit, **block_row(block)}
    names, places = ", ".join(row), ", ".join("?" * len(row))
    renewed = ", ".join(f"{name} = excluded.{name}" for name in row)
    database.execute(
        f"INSERT INTO blocks (session, {names}) SELECT id, {places} FROM sessions WHERE name = ? "
        f"ON CONFLICT (session, number) DO UPDATE SET {renewed}",
        (*row.values(), block.session),
    )


def cut_blocks(database: sqlite3.Connection, blocks: Iterable[Block]) -> None:
    """Write blocks that a person cut a recorded session into, in a transaction."""
    for block in blocks:
        _write_block(database, block, None)


def blocks_of(store: "Store", session: StoredSession) -> list[Block]:
    """Return the blocks of a session, those of its visit and those cut by hand, by time.

    The one that goes on has no end; where the session has ended, it ends with it.
    """
    rows = store.file.rows("SELECT * FROM blocks WHERE session = ? ORDER BY start_s", session.id)
    blocks = [block_of(dict(row), session.name) for row in rows]
    return [_ended(block, session) if session.ended_at else block for block in blocks]


def _ended(block: Block, session: StoredSession) -> Block:
    if not isnan(block.end_s):
        return block
    end_s = block.start_s if isnan(session.last_s) else max(block.start_s, session.last_s)
    return replace(block, end_s=end_s, state=StepState.DONE, split="power_cut")


def pain_told(store: "Store", session: StoredSession) -> list[Pain]:
    """Return what was said about pain in a session, in order."""
    rows = store.file.rows("SELECT * FROM pain WHERE session = ? ORDER BY number", session.id)
    return [pain_of(dict(row)) for row in rows]


def visit_record(store: "Store", session: StoredSession) -> VisitRecord | None:
    """Return the visit that a session belongs to, with the blocks of all its sessions."""
    rows = store.file.rows(
        "SELECT visits.* FROM visits JOIN sessions ON sessions.visit = visits.id "
        "WHERE sessions.id = ?",
        session.id,
    )
    return _record(store, dict(rows[0])) if rows else None


def visit_named(store: "Store", name: str) -> VisitRecord:
    """Return a visit by its name; raises ``RecordError`` if there is none."""
    rows = store.file.rows("SELECT * FROM visits WHERE name = ?", name)
    if not rows:
        raise RecordError(f"there is no visit {name}")
    return _record(store, dict(rows[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """A visit that was cut off, and what its last session holds.

    Attributes
    ----------
    record
        The visit.
    belt
        Belt speed and incline as last entered.
    strides
        The strides of each of its sessions, by name.
    """

    record: VisitRecord
    belt: Belt
    strides: Mapping[str, list[StrideMetrics]]


def cut_off_visit(store: "Store", now: datetime, within_h: float) -> CutOff | None:
    """Return the newest visit if it was cut off less than ``within_h`` hours ago.

    An older one is left as it is, and every one if ``within_h`` is 0. A clock that was set back
    since does not matter.
    """
    if within_h <= 0:
        return None
    rows = store.file.rows("SELECT * FROM visits ORDER BY id DESC LIMIT 1")
    if not rows or rows[0]["ended_at"] is not None:
        return None
    sessions = sessions_of(store, rows[0]["name"])
    if not sessions or (now - _last_at(sessions[-1])).total_seconds() > 3600 * within_h:
        return None
    return CutOff(
        record=_record(store, dict(rows[0])),
        belt=sessions[-1].head.belt,
        strides={session.name: store.read(session).strides() for session in sessions},
    )


def _last_at(session: StoredSession) -> datetime:
    """Return the wall-clock time of a session's last frame; its end may be written much later."""
    lasted_s = 0.0 if isnan(session.duration_s) else session.duration_s
    return datetime.fromisoformat(session.begun_at) + timedelta(seconds=lasted_s)


def visits_of(store: "Store", runner: str) -> int:
    """Return how many visits of a runner are recorded."""
    sql = "SELECT COUNT(DISTINCT visit) AS visits FROM sessions WHERE runner = ?"
    return int(store.file.rows(sql, runner)[0]["visits"])


def sessions_of(store: "Store", visit: str) -> list[StoredSession]:
    """Return the sessions of a visit, oldest first."""
    rows = store.file.rows(
        "SELECT sessions.name FROM sessions JOIN visits ON sessions.visit = visits.id "
        "WHERE visits.name = ? ORDER BY sessions.id",
        visit,
    )
    return [store.session(row["name"]) for row in rows]


def _record(store: "Store", row: dict[str, Any]) -> VisitRecord:
    sessions = sessions_of(store, row["name"])
    blocks = [block for session in sessions for block in blocks_of(store, session)]
    own = {
        r["number"] for r in store.file.rows("SELECT number FROM blocks WHERE visit = ?", row["id"])
    }
    status = VisitStatus(
        id=row["name"],
        # The session's, which may have been put right since.
        runner=sessions[-1].head.runner if sessions else "",
        template=row["template"],
        number=row["number"],
        steps=steps_of(row["steps"]),
        current=row["current"],
        over=row["ended_at"] is not None,
    )
    return VisitRecord(
        status=status,
        patient=patient_of(row),
        template_text=row["template_text"],
        session=sessions[-1].name if sessions else "",
        begun_at=row["begun_at"],
        ended_at=row["ended_at"] or "",
        first=None if row["first_side"] is None else Side(row["first_side"]),
        blocks=tuple(sorted((b for b in blocks if b.number in own), key=lambda b: b.number)),
    )
