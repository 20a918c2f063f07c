"""The letter to the referrer: findings beside norms, what changed, method and limits."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from edge.i18n.conclusion_words import conclusion_words
from edge.i18n.cue_words import cue_words
from edge.i18n.notices import notice_words
from edge.i18n.word_catalogue import DASH, Catalogue
from edge.messages.side import Side
from edge.messages.verdict import Fault, VerdictState
from edge.messages.visit import Pain, Patient
from edge.metrics.catalogue import METRICS
from edge.metrics.norms import RUNNERS, SOURCE, SPEEDS_MPS, norm_at
from edge.numerics.statistics import Spread
from edge.report.calf_raises import raises_section
from edge.report.changes import LEAST_STRIDES, Change
from edge.report.clinic import Clinic
from edge.report.course import CUES, Course
from edge.report.experiment import ROWS
from edge.report.facts import Leg, Visit
from edge.report.local_time import local_day, local_minute
from edge.report.templates import filled
from edge.report.words import change_cells, name_of, sentence


def render_letter(course: Course, clinic: Clinic, words: Catalogue) -> str:
    """Return the letter as a self-contained page."""
    last = course.visits[-1].session
    words = words.in_unit(clinic.speed_unit)
    return filled(
        "letter.html",
        "document.css",
        words,
        clinic=clinic,
        day=local_day(last.begun_at, words, clinic.zone),
        runner=course.before.runner or words.text("report.no_name"),
        facts=_facts(course, clinic, words),
        complaint=_complaint(course, words),
        legs=[_leg(course.before, leg, words) for leg in course.before.legs.values() if leg.judged],
        norm_note=_norm_note(course.before, clinic, words),
        changed=[_changes(course, side, words) for side in course.changes],
        least=LEAST_STRIDES,
        raises=raises_section(course.told.raises, words),
        cue=_plan(course, words),
        drills=clinic.advice.plan(course.need),
        method=_method(course, words),
        made_by=" ".join(dict.fromkeys(_made_by(visit, words) for visit in course.visits)),
    )


def _facts(course: Course, clinic: Clinic, words: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield the lines below the heading as labels and values."""
    before, after = course.before, course.after
    yield words.text("report.fact.recorded"), _recorded(before, clinic, words)
    if after is not None and after.session.id == before.session.id:
        yield words.text("sheet.before"), _part(before, words)
        yield words.text("sheet.after"), _part(after, words)
    elif after is not None:
        yield words.text("letter.recorded_after"), _recorded(after, clinic, words)
    yield words.text("report.fact.belt"), _belt(before, clinic, words)
    if after is not None:
        yield words.text("letter.belt_after"), _belt(after, clinic, words)
    incline = words.number(before.session.head.belt.incline_pct)
    yield words.text("report.fact.incline"), f"{incline} %"


def _part(visit: Visit, words: Catalogue) -> str:
    """Return the name of a part: a step of a visit, or what a mark says."""
    step = f"visit_step.{visit.label.partition('.')[0]}"
    return words.text(step) if step in words else visit.label


def _recorded(visit: Visit, clinic: Clinic, words: Catalogue) -> str:
    return local_minute(visit.session.begun_at, words, clinic.zone)


def _belt(visit: Visit, clinic: Clinic, words: Catalogue) -> str:
    speed = words.speed(visit.speed_mps)
    return words.text(f"letter.belt.{visit.speed_source}", speed=speed)


def _complaint(course: Course, words: Catalogue) -> list[str]:
    """Return what was asked at the start, told during the visit, and marked."""
    patient = course.told.patient
    lines = [text for text in (patient.complaint, _start(patient, words)) if text]
    if patient.shoes:
        lines.append(words.text("letter.shoes", shoes=patient.shoes))
    lines += [_pain(pain, words) for pain in course.told.pain]
    return [*lines, *_marked(course, words)] or [words.text("letter.complaint_none")]


def _start(patient: Patient, words: Catalogue) -> str:
    if not isfinite(patient.pain_level):
        return ""
    level = words.text("letter.pain_level", level=patient.pain_level)
    place = _place(patient.pain_side, patient.pain_place, words)
    return ", ".join((words.text("letter.pain_start", level=level), *place))


def _pain(pain: Pain, words: Catalogue) -> str:
    level = words.text("letter.pain_level", level=pain.level)
    parts = [words.text("letter.pain_later", level=level), *_place(pain.side, pain.place, words)]
    if pain.change is not None:
        parts.append(words.text(f"letter.pain_change.{pain.change}"))
    return ", ".join(parts)


def _place(side: Side | None, place: str, words: Catalogue) -> list[str]:
    leg = [] if side is None else [words.text(f"report.leg.{side}")]
    return [*leg, place] if place else leg


def _marked(course: Course, words: Catalogue) -> list[str]:
    visits = {visit.session.id: visit for visit in course.visits}.values()
    return [
        words.text(
            "letter.pain",
            minutes=(mark.time_s - visit.session.origin_s) / 60,
            note=mark.note or words.text("mark.pain_now"),
        )
        for visit in visits
        for mark in visit.marks
        if mark.kind == "pain_now"
    ]


def _leg(visit: Visit, leg: Leg, words: Catalogue) -> dict[str, Any]:
    return {
        "name": words.text(f"report.leg.{leg.side}"),
        "verdicts": [_verdict(leg, fault, words) for fault in Fault],
        "rows": [_row(metric, leg.metrics[metric], visit.speed_mps, words) for metric in ROWS],
    }


def _verdict(leg: Leg, fault: Fault, words: Catalogue) -> str:
    state = leg.verdicts[fault].state
    judged = "" if state is VerdictState.UNKNOWN else f" ({words.text(f'state.{state}')})"
    return f"{words.text(f'report.title.{fault}')}{judged}: {sentence(words, leg, fault)}."


def _row(metric: str, spread: Spread, speed_mps: float, words: Catalogue) -> dict[str, Any]:
    signed = METRICS[metric].signed
    norm = norm_at(metric, speed_mps)
    return {
        "name": name_of(words, metric),
        "mean": words.number(spread.mean, 1, signed=signed),
        "interval": _interval(spread, words, signed=signed),
        "count": spread.count,
        "norm": DASH
        if norm is None
        else f"{words.number(norm.mean, 1, signed=signed)} ± {words.number(norm.sd, 1)}",
    }


def _interval(spread: Spread, words: Catalogue, *, signed: bool) -> str:
    if not isfinite(spread.low):
        return DASH
    low, high = (words.number(end, 1, signed=signed) for end in (spread.low, spread.high))
    return words.text("page.interval", low=low, high=high)


def _norm_note(visit: Visit, clinic: Clinic, words: Catalogue) -> str:
    speed = words.speed(visit.speed_mps)
    low, high = (words.speed(speed_mps) for speed_mps in SPEEDS_MPS[:: len(SPEEDS_MPS) - 1])
    known = norm_at(ROWS[0], visit.speed_mps) is not None
    return words.text(
        f"letter.norm_note.{'known' if known else 'none'}",
        speed=speed,
        low=low,
        high=high,
        count=RUNNERS,
        source=SOURCE,
    )


def _changes(course: Course, side: Side, words: Catalogue) -> dict[str, Any]:
    found = {change.metric: change for change in course.changes[side]}
    return {
        "name": words.text(f"report.leg.{side}"),
        "said": _conclusions(course, side, words),
        "rows": [_change(found[metric], words) for metric in ROWS if metric in found],
    }


def _conclusions(course: Course, side: Side, words: Catalogue) -> list[str]:
    """Return the sentences of a visit's table; empty for a comparison of sessions."""
    table = next((table for table in course.told.tables if table.side is side), None)
    if table is None or not course.of_one_visit:
        return []
    said = (conclusion_words(each, words) for each in (table.conclusion, *table.notes))
    return [line for line in said if line]


def _change(change: Change, words: Catalogue) -> dict[str, Any]:
    signed = METRICS[change.metric].signed
    return {
        **change_cells(words, change),
        "before": words.number(change.before.mean, 1, signed=signed),
        "after": words.number(change.after.mean, 1, signed=signed),
    }


def _plan(course: Course, words: Catalogue) -> str:
    cue = CUES.get(course.need)
    if cue is None:
        return words.text("letter.no_cue")
    return words.text("report.cue", cue=cue_words(cue, words, course.target_spm))


def _method(course: Course, words: Catalogue) -> list[str]:
    rate = course.before.summary["frame_rate_hz"]["measured"]
    notices = {
        notice_words(notice, words): None for visit in course.visits for notice in visit.notices
    }
    return [
        words.text("letter.camera", rate=rate),
        words.text("report.define.limits"),
        words.text("report.define.error"),
        words.text("letter.evidence"),
        *notices,
    ]


def _made_by(visit: Visit, words: Catalogue) -> str:
    head = visit.session.head
    return words.text(
        "report.made_by",
        session=visit.session.name,
        version=head.toeline,
        model=f"{head.model} {head.model_sha256[:8]}",
        settings=head.config_sha256[:8],
        source=head.source,
    )
