"""The report as a self-contained HTML page, and as PDF."""

from collections.abc import Sequence
from math import isfinite, nan
from typing import Any, Final

from markupsafe import Markup

from edge.i18n.notices import notice_words
from edge.i18n.speed_words import speed_text
from edge.i18n.word_catalogue import DASH, Catalogue
from edge.messages.errors import ReportError
from edge.messages.reading import BeltSource
from edge.messages.side import Side
from edge.metrics.reference_curves import source
from edge.record.raises_data import best_of_legs
from edge.report.calf_raises import raises_changed, raises_section
from edge.report.changes import LEAST_STRIDES
from edge.report.charts import (
    VISIT_DASH,
    VISIT_INK,
)
from edge.report.experiment import Experiment
from edge.report.experiment_section import experiment_section
from edge.report.facts import Visit
from edge.report.leg_section import leg_section
from edge.report.local_time import local_day, local_minute
from edge.report.templates import filled
from edge.report.words import (
    change_sentences,
    mark_words,
    quality_notes,
    summary_sentences,
)

MOST_VISITS: Final = len(VISIT_INK)


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
        legs=[leg_section(visits, side, words) for side in judged],
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
