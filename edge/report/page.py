"""The report as one self-contained page of HTML, and as PDF."""

from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

import numpy as np
from jinja2 import Environment
from markupsafe import Markup

from edge.messages.arrays import Floats
from edge.messages.errors import ReportError
from edge.messages.side import Side
from edge.messages.verdict import Fault
from edge.numerics.statistics import Spread
from edge.report.charts import (
    STATE_INK,
    VISIT_DASH,
    VISIT_INK,
    curve_chart,
    limit_bar,
    state_icon,
    trend_chart,
)
from edge.report.facts import DECIDING, Leg, Visit
from edge.report.norms import JOINTS, bands_at, source
from edge.report.stills import EMPTY, still
from edge.report.words import (
    NAMES,
    STATES,
    TITLES,
    Change,
    changes,
    interval,
    quality_notes,
    sentence,
    summary_sentences,
)
from edge.settings import paths

MOST_VISITS: Final = len(VISIT_INK)
_CURVES: Final = {
    "hip_deg": ("Hip (thigh)", ("forward", "back")),
    "knee_deg": ("Knee", ("bent", "straight")),
    "ankle_deg": ("Ankle", ("toes up", "toes down")),
}
_TRENDS: Final = (
    "knee_toe_offset_pct",
    "knee_flexion_push_off_deg",
    "cadence_spm",
    "ground_contact_ms",
)


def render(visits: Sequence[Visit]) -> str:
    """Return the page of one visit, or of several of one runner, the first first.

    Raises
    ------
    ReportError
        If there are more visits than can be told apart.
    """
    if not 1 <= len(visits) <= MOST_VISITS:
        raise ReportError(f"a report takes 1 to {MOST_VISITS} visits, got {len(visits)}")
    folder = paths.PACKAGE / "report"
    template = Environment(autoescape=True).from_string(
        (folder / "page.html").read_text(encoding="utf-8")
    )
    judged = [side for side in Side if any(visit.legs[side].judged for visit in visits)]
    return template.render(
        css=Markup((folder / "report.css").read_text(encoding="utf-8")),
        title=f"Toeline, runner {visits[0].runner}, {visits[-1].session.begun_at[:10]}",
        many=len(visits) > 1,
        visits=[_visit(visit, number, many=len(visits) > 1) for number, visit in enumerate(visits)],
        plain=_plain(visits),
        legs=[_leg(visits, side) for side in judged],
        norms_source=source(),
    )


def as_pdf(html: str) -> bytes:
    """Return the page as PDF.

    Raises
    ------
    ReportError
        If WeasyPrint, or the system's Pango that it draws with, is not there.
    """
    try:
        from weasyprint import HTML, URLFetcher
    except (ImportError, OSError) as error:
        raise ReportError(
            "a PDF needs WeasyPrint (pip install toeline[pdf]) and Debian's libpango-1.0-0, "
            "libpangoft2-1.0-0 and libharfbuzz-subset0; HTML needs neither"
        ) from error
    # Self-contained: nothing is fetched, whatever the page might name.
    held = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    return bytes(HTML(string=html, url_fetcher=held).write_pdf())


def _plain(visits: Sequence[Visit]) -> list[str]:
    if len(visits) == 1:
        return summary_sentences(visits[0])
    lines = []
    silent = []
    for side in Side:
        name = f"{side.capitalize()} leg"
        found = changes(visits[0], visits[-1], side)
        if not found:
            silent.append(f"{name}: not judged at both visits, so nothing is said of change.")
            continue
        for fault, metric in DECIDING.items():
            one = next(change for change in found if change.metric == metric)
            lines.append(f"{name}, {TITLES[fault].lower()}: {_changed(one)}.")
    return lines + silent


def _changed(change: Change) -> str:
    name, unit, _, _ = NAMES[change.metric]
    unit = unit if unit == "°" else f" {unit}"
    sign = "+" if unit != "°" else ""
    went = (
        f"{name.lower()} went from {change.before.mean:{sign}.1f} to "
        f"{change.after.mean:{sign}.1f}{unit}"
    )
    limit = f"the error limit of {change.mdc:g}{unit}"
    if change.verdict == "changed":
        return f"{went}, a change of {change.change:+.1f}, more than {limit}"
    return f"{went}, a change of {change.change:+.1f}, which is within {limit}"


def _visit(visit: Visit, number: int, *, many: bool) -> dict[str, Any]:
    session, summary = visit.session, visit.summary
    minutes = session.duration_s / 60
    speed = "not known"
    if isfinite(visit.speed_mps):
        speed = f"{visit.speed_mps:.1f} m/s"
    estimated = isfinite(visit.speed_mps) and not visit.speed_entered
    judged = [leg for leg in visit.legs.values() if leg.judged]
    facts = [
        (visit.label if many else "recorded", session.begun_at[:16]),
        ("belt, estimated" if estimated else "belt", speed),
        ("incline", f"{session.head.belt.incline_pct:g} %"),
        ("length", f"{minutes:.1f} min" if isfinite(minutes) else "-"),
        ("strides measured", str(sum(len(leg.strides) for leg in judged))),
        ("cadence", f"{summary['cadence_spm'] or float('nan'):.0f} steps/min"),
        ("contact", _contact(judged)),
    ]
    facts = [
        (label, value.replace("T", " ").replace("nan steps/min", "-")) for label, value in facts
    ]
    of = f", {visit.label}" if many else ""
    return {
        "runner": visit.runner,
        "label": visit.label,
        "of": of,
        "facts": facts,
        "swatch": _swatch(number),
        "marks": [_mark(visit, mark) for mark in visit.marks],
        "quality": quality_notes(visit),
        "made_by": (
            f"{session.name}: Toeline {session.head.toeline}, model {session.head.model} "
            f"{session.head.model_sha256[:8]}, settings {session.head.config_sha256[:8]}, "
            f"source {session.head.source}."
        ),
    }


def _contact(legs: Sequence[Leg]) -> str:
    spread = next((leg.metrics["ground_contact_ms"] for leg in legs), None)
    return "-" if spread is None else f"{spread.mean:.0f} ms"


def _mark(visit: Visit, mark: Any) -> str:
    at = (mark.time_s - visit.session.origin_s) / 60
    when = f"{at:.1f} min" if isfinite(at) else "before the first frame"
    note = f": {mark.note}" if mark.note else ""
    return f"{when}, {mark.kind.replace('_', ' ')}{note}"


def _swatch(number: int) -> Markup:
    dash = f' stroke-dasharray="{VISIT_DASH[number]}"' if VISIT_DASH[number] else ""
    return Markup(
        f'<svg viewBox="0 0 48 12"><line x1="0" y1="6" x2="48" y2="6" '
        f'stroke="{VISIT_INK[number]}" stroke-width="4"{dash}/></svg>'
    )


def _leg(visits: Sequence[Visit], side: Side) -> dict[str, Any]:
    shown = [visit for visit in visits if visit.legs[side].judged]
    legs = [visit.legs[side] for visit in shown]
    many = len(visits) > 1
    changed = changes(visits[0], visits[-1], side) if many else []
    speed = shown[-1].speed_mps
    same_session = visits[0].session.id == visits[-1].session.id
    return {
        "name": side.capitalize(),
        "faults": [_fault(shown, side, fault, many=many) for fault in Fault],
        "changes": [_change(change, visits, side) for change in changed],
        "mdc_note": (
            "Within one session: 3 % for knee-toe offset, 2° for angles."
            if same_session
            else "Between days: 5 % for knee-toe offset, 5° for angles, until measured on runners."
        ),
        "curves": _curves(legs, speed),
        "band_speed": f"{speed:.1f} m/s" if isfinite(speed) else "3 m/s",
        "curve_note": (
            "Lines: the mean of each visit."
            if many
            else "Line and shade: this runner's mean and standard deviation between strides."
        ),
        "trends": _trends(shown, side),
        "trend_note": (
            " or the median of a few" if any(len(leg.strides) > 160 for leg in legs) else ""
        ),
        "mark_note": (
            "Violet: marked moments." if not many and any(v.marks for v in shown) else ""
        ),
        "table": [] if many else _table(legs[0]),
    }


def _fault(visits: Sequence[Visit], side: Side, fault: Fault, *, many: bool) -> dict[str, Any]:
    metric = DECIDING[fault]
    states, numbers, spans, stills, notes = [], [], [], [], []
    for visit in visits:
        leg = visit.legs[side]
        verdict, spread = leg.verdicts[fault], leg.metrics[metric]
        label = f"{visit.label}: " if many else ""
        states.append(
            {
                "ink": STATE_INK[verdict.state],
                "icon": state_icon(verdict.state),
                "word": STATES[verdict.state],
                "label": label,
            }
        )
        numbers.append(
            f"{label}{sentence(leg, fault)}."
            if not many
            else (f"{label}{interval(metric, spread)}")
        )
        spans.append((spread.mean, spread.low, spread.high))
        pose = leg.stills.get(fault)
        picture = leg.pictures.get(fault)
        stills.append(still(pose, fault, verdict.state, picture) if pose else EMPTY)
        if verdict.reason and not many:
            notes.append(f"Why: {verdict.reason}.")
        if verdict.cue and not many:
            notes.append(f"Cue to try: “{verdict.cue}”")
    # Only the first and the last: more would not leave room for what is said.
    stills = [stills[0], stills[-1]] if len(stills) > 1 else stills
    if fault is Fault.KNEES_FORWARD:
        notes.append(
            "Still: peak knee bend of a typical stride; dashed is the upright at the toes."
        )
    else:
        notes.append("Still: toe-off of a typical stride; dashed is ankle to shoulder, straight.")
    numbers = [line[0].upper() + line[1:] for line in numbers]
    unit = NAMES[metric][1]
    return {
        "title": TITLES[fault],
        "states": states,
        "numbers": numbers,
        "bar": limit_bar(visits[-1].limits[metric], spans, unit, signed=unit != "°"),
        "stills": stills,
        "notes": notes,
    }


def _curves(legs: Sequence[Leg], speed_mps: float) -> list[Markup]:
    drawn = [leg for leg in legs if leg.curves]
    if not drawn:
        return []
    bands = bands_at(speed_mps)
    return [
        curve_chart(
            _CURVES[joint][0],
            [leg.curves[joint] for leg in drawn],
            bands[joint],
            drawn[-1].toe_off_share,
            _CURVES[joint][1],
        )
        for joint in JOINTS
    ]


def _trends(visits: Sequence[Visit], side: Side) -> list[Markup]:
    charts = []
    for metric in _TRENDS:
        name, unit, _, _ = NAMES[metric]
        limits = {m.value: band for m, band in visits[-1].limits.items()}.get(metric)
        marks = (
            [(m.time_s - visits[0].session.origin_s) / 60 for m in visits[0].marks]
            if len(visits) == 1
            else []
        )
        charts.append(
            trend_chart(
                name,
                unit,
                [_over_time(visit, visit.legs[side], metric) for visit in visits],
                limits,
                [mark for mark in marks if isfinite(mark)],
            )
        )
    return charts


def _over_time(visit: Visit, leg: Leg, metric: str) -> tuple[Floats, Floats]:
    start = visit.session.origin_s
    minutes = np.array([(stride.start_s - start) / 60 for stride in leg.strides])
    return minutes, np.array([getattr(stride, metric) for stride in leg.strides])


def _change(change: Change, visits: Sequence[Visit], side: Side) -> dict[str, Any]:
    name, unit, _, _ = NAMES[change.metric]
    return {
        "name": name,
        "unit": unit,
        "means": [_number(visit.legs[side].metrics[change.metric].mean) for visit in visits],
        "change": _number(change.change, signed=True),
        "mdc": _number(change.mdc) if isfinite(change.mdc) else "-",
        "verdict": change.verdict,
        "changed": change.verdict == "changed",
    }


def _table(leg: Leg) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{name}, {unit}",
            "mean": _number(spread.mean),
            "sd": _number(spread.sd),
            "interval": _ends(spread),
            "count": spread.count,
            "what": what,
        }
        for metric, (name, unit, what, _) in NAMES.items()
        if (spread := leg.metrics[metric]).count
    ]


def _ends(spread: Spread) -> str:
    return f"{spread.low:.1f} to {spread.high:.1f}" if isfinite(spread.low) else "-"


def _number(value: float, *, signed: bool = False) -> str:
    if not isfinite(value):
        return "-"
    return f"{value:+z.1f}" if signed else f"{value:z.1f}"
