"""The cue experiment as rows of a CSV file and as JSON; times from each session's first frame."""

import csv
import io
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, Final

from edge.i18n.conclusion_words import conclusion_words
from edge.i18n.word_catalogue import Catalogue
from edge.messages.conclusion import Conclusion
from edge.record.store import Store
from edge.report.blocks import Column
from edge.report.both_sides import both_sides
from edge.report.changes import Change
from edge.report.experiment import Cell, Experiment

COLUMNS: Final = (
    "side",
    "block",
    "kind",
    "cue",
    "feedback_pct",
    "session",
    "start_s",
    "end_s",
    "belt_speed_mps",
    "metric",
    "strides",
    "mean",
    "sd",
    "ci95_low",
    "ci95_high",
    "change",
    "change_low",
    "change_high",
    "limit",
    "judged",
)


def blocks_csv(store: Store, tables: Sequence[Experiment]) -> str:
    """Return ``blocks.csv``: one row for each leg, block and metric; absent cells are empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for table in tables:
        writer.writerows(_rows(store, table))
    return text.getvalue()


def experiment_json(store: Store, tables: Sequence[Experiment], words: Catalogue) -> dict[str, Any]:
    """Return the tables of all legs, and left against right; absent values are null."""
    sides = both_sides(tables)
    return {
        "legs": [_leg(store, table, words) for table in tables],
        "sides": {
            "conclusion": _said(sides.conclusion, words),
            "left_mps": _known(sides.left_mps),
            "right_mps": _known(sides.right_mps),
            "rows": [
                {
                    "metric": str(row.metric),
                    "left": _known(row.before.mean),
                    "right": _known(row.after.mean),
                    "left_strides": row.before.count,
                    "right_strides": row.after.count,
                    **_change(row),
                }
                for row in sides.rows
            ],
        },
    }


def _rows(store: Store, table: Experiment) -> Iterator[dict[str, Any]]:
    for at, column in enumerate(table.columns):
        ran = {"side": table.side.value, **_column(store, column)}
        for row in table.rows:
            cell = row.cells[at]
            yield {
                **ran,
                "metric": str(row.metric),
                "strides": cell.spread.count,
                **_spread(cell),
                **({} if cell.change is None else _flat(_change(cell.change))),
            }


def _leg(store: Store, table: Experiment, words: Catalogue) -> dict[str, Any]:
    return {
        "side": table.side.value,
        "by_hand": table.by_hand,
        "claims": table.claims,
        "conclusion": _said(table.conclusion, words),
        "notes": [_said(note, words) for note in table.notes],
        "blocks": [_column(store, column) for column in table.columns],
        "rows": [
            {
                "metric": str(row.metric),
                "cells": [
                    {
                        "strides": cell.spread.count,
                        **_spread(cell),
                        "change": None if cell.change is None else _change(cell.change),
                    }
                    for cell in row.cells
                ],
            }
            for row in table.rows
        ],
    }


def _column(store: Store, column: Column) -> dict[str, Any]:
    origin_s = store.session(column.session).origin_s
    return {
        "block": column.step,
        "kind": column.kind.value,
        "cue": column.cue or None,
        "feedback_pct": _known(column.feedback_pct),
        "session": column.session,
        "start_s": _known(column.start_s - origin_s),
        "end_s": _known(column.end_s - origin_s),
        "belt_speed_mps": _known(column.speed_mps),
    }


def _spread(cell: Cell) -> dict[str, float | None]:
    found = cell.spread
    return {
        "mean": _known(found.mean),
        "sd": _known(found.sd),
        "ci95_low": _known(found.low),
        "ci95_high": _known(found.high),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "change": _known(change.change),
        "low": _known(change.low),
        "high": _known(change.high),
        "limit": _known(change.mdc),
        "judged": change.judged.value,
    }


def _flat(change: dict[str, Any]) -> dict[str, Any]:
    names = {"low": "change_low", "high": "change_high"}
    return {names.get(name, name): value for name, value in change.items()}


def _said(conclusion: Conclusion, words: Catalogue) -> dict[str, Any]:
    return {
        "code": conclusion.code,
        "params": dict(conclusion.params),
        "text": conclusion_words(conclusion, words),
    }


def _known(value: float) -> float | None:
    return value if isfinite(value) else None
