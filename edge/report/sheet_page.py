"""The patient sheet: one page on what was seen and what to do next."""

from typing import Any, Final

from markupsafe import Markup

from edge.i18n.cue_words import cue_words
from edge.i18n.word_catalogue import Catalogue
from edge.messages.verdict import CueKind, Fault
from edge.metrics.catalogue import METRICS
from edge.report.advice import Need
from edge.report.changes import Change, Judged
from edge.report.clinic import Clinic
from edge.report.course import CUES, Course, seen_state
from edge.report.facts import DECIDING, Visit
from edge.report.local_time import local_day
from edge.report.stills import empty, still
from edge.report.templates import filled

# One calm colour for every line: a sheet does not grade its reader.
_LINE_INK: Final = "#0b5cad"
_SHOWN: Final = {Fault.KNEES_FORWARD: "knees", Fault.BENT_PUSH_OFF: "push_off"}


def render_sheet(course: Course, clinic: Clinic, words: Catalogue) -> str:
    """Return the patient sheet as a self-contained page."""
    advice = clinic.advice
    return filled(
        "sheet.html",
        "document.css",
        words,
        clinic=clinic,
        day=local_day(course.visits[-1].session.begun_at, words, clinic.zone),
        runner=course.before.runner or words.text("report.no_name"),
        leg=words.text(f"report.leg.{course.side}"),
        seen=[_seen(course, fault, words) for fault in Fault],
        changed=[_changed(change, words) for change in _deciding(course)],
        pictures=[_pictures(course, fault, words) for fault in Fault],
        cue=_cue(course, words),
        drills=advice.plan(course.need),
        advice=advice.texts,
        has_cue=course.need in CUES,
    )


def _seen(course: Course, fault: Fault, words: Catalogue) -> str:
    return words.text(f"sheet.seen.{fault}.{seen_state(course.leg, fault)}")


def _deciding(course: Course) -> list[Change]:
    found = {change.metric: change for change in course.changes.get(course.side, [])}
    return [found[metric] for metric in DECIDING.values() if metric in found]


def _changed(change: Change, words: Catalogue) -> str:
    """Return one sentence on a change. Less is better in both deciding metrics."""
    way = {
        Judged.CHANGED: "less" if change.change < 0 else "more",
        Judged.TOO_FEW: "few",
        Judged.OTHER_SPEED: "speed",
    }
    shown = next(name for fault, name in _SHOWN.items() if DECIDING[fault] == change.metric)
    return words.text(f"sheet.changed.{shown}.{way.get(change.judged, 'same')}")


def _cue(course: Course, words: Catalogue) -> str:
    cue = CUES.get(course.need)
    if cue is not None:
        return cue_words(cue, words, course.target_spm)
    if course.need is Need.NO_FAULT:
        return words.text(f"cue.{CueKind.PRAISE}")
    return words.text("sheet.no_cue")


def _pictures(course: Course, fault: Fault, words: Catalogue) -> dict[str, Any]:
    shown = [_picture(course, visit, fault, words) for visit in course.visits]
    labels = ("sheet.before", "sheet.after") if len(shown) > 1 else ("",)
    return {
        "title": words.text(f"sheet.picture.{_SHOWN[fault]}"),
        "shown": [
            (words.text(label) if label else "", *picture)
            for label, picture in zip(labels, shown, strict=True)
        ],
    }


def _mean(course: Course, visit: Visit, metric: str) -> float:
    """Return the mean below a picture: that of what changed, where there is a change."""
    for change in course.changes.get(course.side, ()):
        if change.metric == metric:
            return (change.before if visit is course.before else change.after).mean
    return visit.legs[course.side].metrics[metric].mean


def _picture(course: Course, visit: Visit, fault: Fault, words: Catalogue) -> tuple[Markup, str]:
    leg = visit.legs[course.side]
    pose = leg.stills.get(fault)
    drawn = (
        empty(words)
        if pose is None
        else still(pose, fault, _LINE_INK, words, leg.pictures.get(fault))
    )
    metric = DECIDING[fault]
    value = words.number(_mean(course, visit, metric), 1, signed=METRICS[metric].signed)
    return drawn, words.text(f"sheet.value.{_SHOWN[fault]}", value=value)
