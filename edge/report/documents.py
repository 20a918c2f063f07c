"""The two documents of a visit: the patient sheet and the letter to the referrer."""

from collections.abc import Sequence
from enum import StrEnum

from edge.i18n.word_catalogue import Catalogue
from edge.messages.errors import ReportError
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.report.clinic import clinic_of
from edge.report.course import course_of
from edge.report.experiment import experiments_of
from edge.report.facts import Visit
from edge.report.letter_page import render_letter
from edge.report.sheet_page import render_sheet
from edge.report.visit_facts import visit_of
from edge.report.visit_parts import Told, blocks, chosen_table, parts_of
from edge.settings.clinic_settings import ClinicSettings


class Document(StrEnum):
    """What is given out after a visit."""

    SHEET = "sheet"
    LETTER = "letter"


def document(
    which: Document,
    visits: Sequence[Visit],
    clinic: ClinicSettings,
    words: Catalogue,
    told: Told | None = None,
) -> str:
    """Return a document as a self-contained page.

    Parameters
    ----------
    which
        Sheet or letter.
    visits
        One, or two of one runner: before and after.
    clinic, words
        The clinic's settings, and the catalogue of the document's language.
    told
        What is known of the visit, with its table if the visits are parts of it.

    Raises
    ------
    ReportError
        If no stride was judged, the runners differ, or a file of the clinic cannot be used.
    """
    before, after = visits[0], visits[1] if len(visits) > 1 else None
    if after is not None and before.runner != after.runner:
        raise ReportError(
            f"sessions {before.session.name} and {after.session.name} belong to different runners"
        )
    course = course_of(before, after, told)
    render = render_sheet if which is Document.SHEET else render_letter
    return render(course, clinic_of(clinic, words), words)


def visits_of(
    store: Store, sessions: Sequence[StoredSession], *, skeleton_only: bool = False
) -> list[Visit]:
    """Return what a document is on, the earlier first.

    Of one session with blocks, its baseline and its outcome; of two, the baseline of each that has
    one. A session without blocks is taken whole.
    """
    ordered = sorted(sessions, key=lambda session: session.id)
    tables = [chosen_table(experiments_of(store, blocks(store, session))) for session in ordered]
    if len(ordered) == 1 and tables[0] is not None:
        return parts_of(store, tables[0], skeleton_only=skeleton_only)
    return [
        visit_of(store, session, skeleton_only=skeleton_only)
        if table is None
        else parts_of(store, table, skeleton_only=skeleton_only)[0]
        for session, table in zip(ordered, tables, strict=True)
    ]
