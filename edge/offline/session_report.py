"""The physiotherapist's report on recorded sessions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edge.i18n.word_catalogue import DEFAULT, load
from edge.messages.errors import ReportError
from edge.offline.opened_store import Session
from edge.report.experiment import experiments_in
from edge.report.page import as_pdf, render
from edge.report.visit_facts import visit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report on one session, or on the changes between several.

    Attributes
    ----------
    html
        The whole page, self-contained.
    """

    html: str = field(repr=False)

    def save(self, path: str | Path) -> Path:
        """Write the report to a .pdf or .html file and return its path.

        Raises
        ------
        ReportError
            If the extension is another, the file cannot be written or WeasyPrint is not installed.
        """
        out = Path(path)
        if out.suffix not in (".pdf", ".html"):
            raise ReportError(f"{out} must end in .pdf or .html")
        content = as_pdf(self.html) if out.suffix == ".pdf" else self.html.encode()
        try:
            out.write_bytes(content)
        except OSError as error:
            raise ReportError(f"cannot write {out}: {error.strerror}") from error
        return out


def report(sessions: Sequence[Session], *, language: str = DEFAULT) -> Report:
    """Make the report on one session, or on up to four visits of one runner, oldest first.

    Parameters
    ----------
    sessions
        Sessions of an open store.
    language
        A language code such as ``en`` or ``de``.

    Raises
    ------
    ReportError
        If there are no sessions or too many, or the language is unknown.
    """
    if not sessions:
        raise ReportError("a report needs at least one session")
    try:
        words = load(language)
    except KeyError as error:
        raise ReportError(str(error.args[0])) from error
    visits = [
        visit_of(s.store, s.stored, words.text("report.visit", number=number))
        for number, s in enumerate(sessions, 1)
    ]
    only = sessions[0] if len(sessions) == 1 else None
    tables = [] if only is None else experiments_in(only.store, only.stored)
    return Report(html=render(visits, words, tables))
