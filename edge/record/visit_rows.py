"""Conversion of visits, blocks and pain to rows of the store and back; NaN is stored as NULL."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from math import isfinite, nan
from typing import Any, Final

from edge.messages.feedback import DoseSource
from edge.messages.side import Side
from edge.messages.visit import (
    Block,
    Missing,
    Pain,
    PainChange,
    Patient,
    StepKind,
    StepState,
    VisitStep,
)
from edge.record.rows import Row

_STEP_FIELDS: Final = tuple(field.name for field in fields(VisitStep) if field.name != "missing")
_BLOCK_FIELDS: Final = tuple(field.name for field in fields(Block) if field.name != "session")
_PAIN_FIELDS: Final = tuple(field.name for field in fields(Pain))
_PATIENT_FIELDS: Final = tuple(field.name for field in fields(Patient))


def steps_json(steps: tuple[VisitStep, ...]) -> str:
    """Return the steps of a visit as JSON; absent numbers are null."""
    return json.dumps([_step_json(step) for step in steps], allow_nan=False)


def steps_of(text: str) -> tuple[VisitStep, ...]:
    """Return the steps of ``steps_json``; fields that it lacks have their defaults."""
    return tuple(_step_of(each) for each in json.loads(text))


def block_row(block: Block) -> Row:
    """Return the columns of a block, all but those of its session and visit."""
    return {name: _cell(getattr(block, name)) for name in _BLOCK_FIELDS}


def block_of(row: Mapping[str, Any], session: str) -> Block:
    """Return the block of a row."""
    values = {name: row[name] for name in _BLOCK_FIELDS}
    numbers = ("feedback_pct", "speed_mps", "start_s", "end_s")
    values |= {name: _number(row[name]) for name in numbers}
    return Block(
        **values
        | {
            "session": session,
            "kind": StepKind(row["kind"]),
            "state": StepState(row["state"]),
            "side": _side(row["side"]),
        }
    )


def pain_row(pain: Pain) -> Row:
    """Return the columns of an answer about pain."""
    return {name: _cell(getattr(pain, name)) for name in _PAIN_FIELDS}


def pain_of(row: Mapping[str, Any]) -> Pain:
    """Return the answer about pain of a row."""
    return Pain(
        time_s=_number(row["time_s"]),
        level=row["level"],
        side=_side(row["side"]),
        place=row["place"],
        change=None if row["change"] is None else PainChange(row["change"]),
        step=row["step"],
    )


def patient_row(patient: Patient) -> Row:
    """Return the columns of what was asked at the start of a visit."""
    return {name: _cell(getattr(patient, name)) for name in _PATIENT_FIELDS}


def patient_of(row: Mapping[str, Any]) -> Patient:
    """Return what was asked at the start of a visit of a row."""
    patient = Patient(**{name: row[name] for name in _PATIENT_FIELDS})
    return replace(
        patient,
        pain_side=_side(row["pain_side"]),
        pain_level=_number(row["pain_level"]),
        video_consent=bool(row["video_consent"]),
    )


def _step_json(step: VisitStep) -> dict[str, Any]:
    told: dict[str, Any] = {name: _cell(getattr(step, name)) for name in _STEP_FIELDS}
    return told | {"missing": [[each.code, dict(each.params)] for each in step.missing]}


def _step_of(told: Mapping[str, Any]) -> VisitStep:
    values = {name: told[name] for name in _STEP_FIELDS if name in told}
    for name in ("feedback_pct", "started_s", "ended_s", "planned_s"):
        values[name] = _number(values.get(name))
    values |= {
        "kind": StepKind(told["kind"]),
        "state": StepState(told["state"]),
        "side": _side(told["side"]),
        "dose": DoseSource(told["dose"]),
        "metronome": bool(told["metronome"]),
        "missing": tuple(Missing(code, **params) for code, params in told["missing"]),
    }
    return VisitStep(**values)


def _side(value: str | None) -> Side | None:
    return None if value is None else Side(value)


def _cell(value: Any) -> str | int | float | None:
    if value is None or isinstance(value, int):
        return None if value is None else int(value)
    if isinstance(value, str):
        return str(value)
    return float(value) if isfinite(value) else None


def _number(value: float | None) -> float:
    return nan if value is None else value
