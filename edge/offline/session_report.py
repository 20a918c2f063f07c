"""The report for the physiotherapist, from recorded sessions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edge.i18n.catalogue import DEFAULT, load
from edge.messages.errors import ReportError
from edge.offline.opened_store import Session
from edge.report.facts import visit_of
from edge.report.page import as_pdf, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of one session, or of what changed between several.

    Attributes
    ----------
    html
        The whole page, without anything outside it.
    """

    html: str = field(repr=False)

    def save(self, path: str | Path) -> Path:
        """Write the report to a .pdf or an .html file; return its path.

        Raises
        ------
        ReportError
            If the file has another ending or cannot be written, or WeasyPrint is not there.
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
    """Make the report of one session, or of up to four visits of one runner, the first first.

    Parameters
    ----------
    sessions
        From a store that is open.
    language
        Such as ``en`` or ``de``.

    Raises
    ------
    ReportError
        If there are no sessions or too many, or no such language.
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
    return Report(html=render(visits, words))
