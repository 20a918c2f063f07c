"""The report's section on one leg: verdicts, stills, changes, curves, trends, table."""

from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from edge.i18n.cue_words import cue_words
from edge.i18n.speed_words import speed_text
from edge.i18n.word_catalogue import DASH, Catalogue
from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.messages.verdict import Fault, Verdict
from edge.metrics.reference_curves import DEFAULT_MPS, JOINTS, bands_at
from edge.numerics.statistics import Spread
from edge.report.changes import Change, changes
from edge.report.charts import (
    MOST_POINTS,
    STATE_INK,
    curve_chart,
    limit_bar,
    state_icon,
    trend_chart,
)
from edge.report.facts import DECIDING, Leg, Visit
from edge.report.stills import empty, still
from edge.report.words import (
    change_cells,
    name_of,
    points_notes,
    reason_of,
    sentence,
    shown,
)

_TRENDS: Final = (
    "knee_toe_offset_pct",
    "knee_flexion_push_off_deg",
    "cadence_spm",
    "ground_contact_ms",
)


def leg_section(visits: Sequence[Visit], side: Side, words: Catalogue) -> dict[str, Any]:
    """Return what the page shows of one leg in all visits, by the names that it uses."""
    shown = [visit for visit in visits if visit.legs[side].judged]
    legs = [visit.legs[side] for visit in shown]
    many = len(visits) > 1
    changed = changes(visits[0], visits[-1], side) if many else []
    speed, unit = shown[-1].speed_mps, shown[-1].speed_unit
    same_session = visits[0].session.id == visits[-1].session.id
    marked = not many and any(visit.marks for visit in shown)
    grouped = any(len(leg.strides) > MOST_POINTS for leg in legs)
    return {
        "name": words.text(f"report.leg.{side}"),
        "faults": [_fault(shown, side, fault, words, many=many) for fault in Fault],
        "changes": [_change(change, visits, side, words) for change in changed],
        "mdc_note": words.text(f"report.mdc.{'session' if same_session else 'days'}"),
        "curves": _curves(legs, speed, words),
        "band_speed": speed_text(words, speed if isfinite(speed) else DEFAULT_MPS, unit),
        "curve_note": words.text(f"report.curves.{'many' if many else 'one'}"),
        "trends": _trends(shown, side, words),
        "trend_note": words.text(f"report.trends.{'grouped' if grouped else 'single'}"),
        "mark_note": words.text("report.trends.marks") if marked else "",
        "table": [] if many else _table(legs[0], words),
    }


def _fault(
    visits: Sequence[Visit], side: Side, fault: Fault, words: Catalogue, *, many: bool
) -> dict[str, Any]:
    metric = DECIDING[fault]
    stills = [_still(visit.legs[side], fault, words) for visit in visits]
    spreads = [visit.legs[side].shown(fault) for visit in visits]
    unit = words.text(f"metric.{metric}.unit")
    return {
        "title": words.text(f"report.title.{fault}"),
        "states": [_state(visit, side, fault, words, many=many) for visit in visits],
        "numbers": [_said(visit, side, fault, words, many=many) for visit in visits],
        "bar": limit_bar(
            visits[-1].legs[side].limits[fault],
            [(spread.mean, spread.low, spread.high) for spread in spreads],
            unit,
            words,
            signed=unit != "°",
        ),
        # Only the first and the last: more would leave no room for the text.
        "stills": [stills[0], stills[-1]] if len(stills) > 1 else stills,
        "notes": [
            *([] if many else _notes(visits[0].legs[side].verdicts[fault], words)),
            *([] if many else points_notes(words, visits[0].legs[side], fault)),
            words.text(f"report.still.{fault}"),
        ],
    }


def _state(
    visit: Visit, side: Side, fault: Fault, words: Catalogue, *, many: bool
) -> dict[str, Any]:
    state = visit.legs[side].verdicts[fault].state
    return {
        "ink": STATE_INK[state],
        "icon": state_icon(state),
        "word": words.text(f"state.{state}"),
        "label": f"{visit.label}: " if many else "",
    }


def _said(visit: Visit, side: Side, fault: Fault, words: Catalogue, *, many: bool) -> str:
    leg = visit.legs[side]
    if many:
        return f"{visit.label}: {shown(words, leg, fault)}"
    line = sentence(words, leg, fault)
    return f"{line[0].upper()}{line[1:]}."


def _notes(verdict: Verdict, words: Catalogue) -> list[str]:
    notes = []
    if verdict.reason:
        notes.append(words.text("report.why", reason=reason_of(words, verdict)))
    if verdict.cue:
        notes.append(words.text("report.cue", cue=cue_words(verdict.cue, words)))
    return notes


def _still(leg: Leg, fault: Fault, words: Catalogue) -> Markup:
    pose = leg.stills.get(fault)
    if pose is None:
        return empty(words)
    ink = STATE_INK[leg.verdicts[fault].state]
    return still(pose, fault, ink, words, leg.pictures.get(fault))


def _curves(legs: Sequence[Leg], speed_mps: float, words: Catalogue) -> list[Markup]:
    drawn = [leg for leg in legs if leg.curves]
    if not drawn:
        return []
    bands = bands_at(speed_mps)
    return [
        curve_chart(
            joint,
            [leg.curves[joint] for leg in drawn],
            bands[joint],
            drawn[-1].toe_off_share,
            words,
        )
        for joint in JOINTS
    ]


def _trends(visits: Sequence[Visit], side: Side, words: Catalogue) -> list[Markup]:
    limits = {band.metric: band for band in visits[-1].legs[side].limits.values()}
    marks = visits[0].marks if len(visits) == 1 else []
    minutes = [(mark.time_s - visits[0].session.origin_s) / 60 for mark in marks]
    return [
        trend_chart(
            metric,
            [_over_time(visit, visit.legs[side], metric) for visit in visits],
            limits.get(metric),
            words,
            [minute for minute in minutes if isfinite(minute)],
        )
        for metric in _TRENDS
    ]


def _over_time(visit: Visit, leg: Leg, metric: str) -> tuple[Floats, Floats]:
    start = visit.session.origin_s
    minutes = np.array([(stride.start_s - start) / 60 for stride in leg.strides])
    return minutes, np.array([stride.value(metric) for stride in leg.strides])


def _change(
    change: Change, visits: Sequence[Visit], side: Side, words: Catalogue
) -> dict[str, Any]:
    between = [visit.legs[side].metrics[change.metric] for visit in visits[1:-1]]
    means = [spread.mean for spread in (change.before, *between, change.after)]
    return {**change_cells(words, change), "means": [words.number(mean, 1) for mean in means]}


def _table(leg: Leg, words: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "name": name_of(words, metric),
            "mean": words.number(spread.mean, 1),
            "sd": words.number(spread.sd, 1),
            "interval": _ends(spread, words),
            "count": spread.count,
            "what": words.text(f"metric.{metric}.about"),
        }
        for metric, spread in leg.metrics.items()
        if spread.count
    ]


def _ends(spread: Spread, words: Catalogue) -> str:
    if not isfinite(spread.low):
        return DASH
    low, high = words.number(spread.low, 1), words.number(spread.high, 1)
    return words.text("page.interval", low=low, high=high)
