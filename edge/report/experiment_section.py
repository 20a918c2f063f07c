"""The cue experiment as a section of the report, in the language of its catalogue."""

from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

from edge.i18n.conclusion_words import conclusion_words
from edge.i18n.speed_words import speed_text
from edge.i18n.word_catalogue import DASH, Catalogue
from edge.messages.side import Side
from edge.messages.visit import StepKind
from edge.metrics.catalogue import METRICS
from edge.numerics.speed_units import SpeedUnit
from edge.numerics.statistics import Spread
from edge.report.blocks import Column
from edge.report.both_sides import both_sides
from edge.report.changes import Change, Judged
from edge.report.experiment import Cell, Experiment
from edge.report.words import change_interval, name_of

NOTHING: Final[dict[str, Any]] = {"legs": [], "sides": None}


def experiment_section(
    tables: Sequence[Experiment],
    words: Catalogue,
    unit: SpeedUnit = SpeedUnit.KMH,
    *,
    alone: bool = False,
) -> dict[str, Any]:
    """Return what the page's template shows of a visit's blocks.

    ``unit`` is that of belt speeds. ``alone`` shows a baseline alone, too; else, without anything
    to compare, it is empty.
    """
    words = words.in_unit(unit)
    legs = [_leg(table, words, unit) for table in tables if alone or table.compared]
    if not legs and len(tables) < len(Side):
        return NOTHING
    return {"legs": legs, "sides": _sides(tables, words)}


def block_name(column: Column, words: Catalogue) -> str:
    """Return the heading of a block: what was done in it, and the cue."""
    if column.kind is not StepKind.CUE:
        return words.text(f"visit_step.{column.kind}")
    key = f"cue.{column.cue}.short"
    return words.text(key) if key in words else column.cue.replace("_", " ")


def _leg(table: Experiment, words: Catalogue, unit: SpeedUnit) -> dict[str, Any]:
    return {
        "name": words.text(f"report.leg.{table.side}"),
        "conclusion": conclusion_words(table.conclusion, words),
        "notes": [conclusion_words(note, words) for note in table.notes],
        "blocks": [
            {
                "name": block_name(column, words),
                "speed": speed_text(words, column.speed_mps, unit),
                "strides": words.text("count.strides", count=len(column.strides)),
            }
            for column in table.columns
        ],
        "rows": [
            {
                "name": name_of(words, row.metric),
                "cells": [_cell(cell, row.metric, words) for cell in row.cells],
            }
            for row in table.rows
        ],
    }


def _cell(cell: Cell, metric: str, words: Catalogue) -> dict[str, Any]:
    signed = METRICS[metric].signed
    change = cell.change
    return {
        "mean": words.number(cell.spread.mean, 1, signed=signed),
        "interval": _interval(cell.spread, words, signed=signed),
        "change": "" if change is None else words.number(change.change, 1, signed=True),
        "judged": "" if change is None else words.text(f"judged.{change.judged}"),
        "changed": change is not None and change.judged is Judged.CHANGED,
    }


def _interval(spread: Spread, words: Catalogue, *, signed: bool) -> str:
    if not isfinite(spread.low):
        return DASH
    low, high = (words.number(end, 1, signed=signed) for end in (spread.low, spread.high))
    return words.text("page.interval", low=low, high=high)


def _sides(tables: Sequence[Experiment], words: Catalogue) -> dict[str, Any]:
    found = both_sides(tables)
    return {
        "conclusion": conclusion_words(found.conclusion, words),
        "rows": [_side_row(row, words) for row in found.rows],
    }


def _side_row(row: Change, words: Catalogue) -> dict[str, Any]:
    differs = row.judged is Judged.CHANGED
    return {
        "name": name_of(words, row.metric),
        "left": words.number(row.before.mean, 1),
        "right": words.number(row.after.mean, 1),
        "difference": words.number(row.change, 1, signed=True),
        "interval": change_interval(words, row),
        "limit": words.number(row.mdc, 1),
        "judged": words.text("report.sides.differs" if differs else f"judged.{row.judged}"),
        "differs": differs,
    }
