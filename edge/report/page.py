"""The report as a self-contained HTML page, and as PDF."""

from collections.abc import Sequence
from math import isfinite, nan
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from edge.i18n.cue_words import cue_words
from edge.i18n.notices import notice_words
from edge.i18n.speed_words import speed_text
from edge.i18n.word_catalogue import DASH, Catalogue
from edge.messages.arrays import Floats
from edge.messages.errors import ReportError
from edge.messages.reading import BeltSource
from edge.messages.side import Side
from edge.messages.verdict import Fault, Verdict
from edge.metrics.reference_curves import DEFAULT_MPS, JOINTS, bands_at, source
from edge.numerics.statistics import Spread
from edge.record.raises_data import best_of_legs
from edge.report.calf_raises import raises_changed, raises_section
from edge.report.changes import LEAST_STRIDES, Change, changes
from edge.report.charts import (
    MOST_POINTS,
    STATE_INK,
    VISIT_DASH,
    VISIT_INK,
    curve_chart,
    limit_bar,
    state_icon,
    trend_chart,
)
from edge.report.experiment import Experiment
from edge.report.experiment_section import experiment_section
from edge.report.facts import DECIDING, Leg, Visit
from edge.report.local_time import local_day, local_minute
from edge.report.stills import empty, still
from edge.report.templates import filled
from edge.report.words import (
    change_cells,
    change_sentences,
    mark_words,
    name_of,
    points_notes,
    quality_notes,
    reason_of,
    sentence,
    shown,
    summary_sentences,
)

MOST_VISITS: Final = len(VISIT_INK)
_TRENDS: Final = (
    "knee_toe_offset_pct",
    "knee_flexion_push_off_deg",
    "cadence_spm",
    "ground_contact_ms",
)


def render(visits: Sequence[Visit], words: Catalogue, tables: Sequence[Experiment] = ()) -> str:
    """Return the page on one visit, or on several of one runner, oldest first.

    Parameters
    ----------
    visits
        The visits, up to ``MOST_VISITS``.
    words
        Catalogue of the report's language.
    tables
        The cue experiment of each leg, where one visit with blocks is reported.

    Raises
    ------
    ReportError
        If there are no visits, or more than the charts can distinguish.
    """
    if not 1 <= len(visits) <= MOST_VISITS:
        raise ReportError(f"a report needs 1 to {MOST_VISITS} visits, got {len(visits)}")
    many = len(visits) > 1
    judged = [side for side in Side if any(visit.legs[side].judged for visit in visits)]
    return filled(
        "page.html",
        "report.css",
        words,
        title=words.text(
            "report.page_title",
            runner=_runner(visits[0], words),
            date=local_day(visits[-1].session.begun_at, words),
        ),
        runner=_runner(visits[0], words),
        many=many,
        visits=[_visit(visit, number, words, many=many) for number, visit in enumerate(visits)],
        plain=change_sentences(words, visits) if many else summary_sentences(words, visits[0]),
        legs=[_leg(visits, side, words) for side in judged],
        raises_changed=_raises_changed(visits, words) if many else [],
        curves_source=source(),
        experiment=experiment_section(tables, words, visits[-1].speed_unit),
        least=LEAST_STRIDES,
    )


def as_pdf(html: str) -> bytes:
    """Return the page as PDF.

    Raises
    ------
    ReportError
        If WeasyPrint or the system library Pango, which it needs, is not installed.
    """
    try:
        from weasyprint import HTML, URLFetcher
    except (ImportError, OSError) as error:
        raise ReportError(
            "a PDF needs WeasyPrint (pip install toeline[pdf]) and Debian's libpango-1.0-0, "
            "libpangoft2-1.0-0 and libharfbuzz-subset0; HTML needs neither"
        ) from error
    # The page is self-contained; refuse to fetch anything it might reference.
    held = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    return bytes(HTML(string=html, url_fetcher=held).write_pdf())


def _runner(visit: Visit, words: Catalogue) -> str:
    return visit.runner or words.text("report.no_name")


def _visit(visit: Visit, number: int, words: Catalogue, *, many: bool) -> dict[str, Any]:
    head = visit.session.head
    return {
        "label": visit.label,
        "of": f", {visit.label}" if many else "",
        "facts": _facts(visit, words, many=many),
        "swatch": _swatch(number),
        "marks": [_mark(visit, mark, words) for mark in visit.marks],
        "raises": raises_section(visit.raises, words),
        "notices": [
            notice_words(notice, words.in_unit(visit.speed_unit)) for notice in visit.notices
        ],
        "quality": quality_notes(words, visit),
        "made_by": words.text(
            "report.made_by",
            session=visit.session.name,
            version=head.toeline,
            model=f"{head.model} {head.model_sha256[:8]}",
            settings=head.config_sha256[:8],
            source=head.source,
        ),
    }


def _raises_changed(visits: Sequence[Visit], words: Catalogue) -> list[str]:
    first, last = best_of_legs(visits[0].raises), best_of_legs(visits[-1].raises)
    both = [side for side in Side if side in first and side in last]
    return [raises_changed(first[side], last[side], words) for side in both]


def _facts(visit: Visit, words: Catalogue, *, many: bool) -> list[tuple[str, str]]:
    """Return the line under the heading as labels and values."""
    session = visit.session
    judged = [leg for leg in visit.legs.values() if leg.judged]
    cadence = visit.summary["cadence_spm"]
    contact = next((leg.metrics["ground_contact_ms"].mean for leg in judged), nan)
    estimated = visit.speed_source is BeltSource.PICTURE
    known = {
        "incline": (session.head.belt.incline_pct, None, "%"),
        "length": (session.duration_s / 60, 1, "min"),
        "strides": (sum(len(leg.strides) for leg in judged), None, ""),
        "cadence": (nan if cadence is None else cadence, 0, words.text("page.steps_min")),
        "contact": (contact, 0, "ms"),
    }
    recorded = local_minute(session.begun_at, words)
    belt = words.text(f"report.fact.{'belt_estimated' if estimated else 'belt'}")
    return [
        (visit.label if many else words.text("report.fact.recorded"), recorded),
        (belt, speed_text(words, visit.speed_mps, visit.speed_unit)),
        *(
            (words.text(f"report.fact.{key}"), _measured(words.number(value, decimals), unit))
            for key, (value, decimals, unit) in known.items()
        ),
    ]


def _measured(text: str, unit: str) -> str:
    return text if text == DASH or not unit else f"{text} {unit}"


def _mark(visit: Visit, mark: Any, words: Catalogue) -> str:
    at = (mark.time_s - visit.session.origin_s) / 60
    when = f"{words.number(at, 1)} min" if isfinite(at) else words.text("report.before_frames")
    note = f": {mark.note}" if mark.note else ""
    return f"{when}, {mark_words(words, mark.kind)}{note}"


def _swatch(number: int) -> Markup:
    dash = f' stroke-dasharray="{VISIT_DASH[number]}"' if VISIT_DASH[number] else ""
    return Markup(
        f'<svg viewBox="0 0 48 12"><line x1="0" y1="6" x2="48" y2="6" '
        f'stroke="{VISIT_INK[number]}" stroke-width="4"{dash}/></svg>'
    )


def _leg(visits: Sequence[Visit], side: Side, words: Catalogue) -> dict[str, Any]:
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
