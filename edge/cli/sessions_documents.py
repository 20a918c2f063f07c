"""``toeline sessions sheet`` and ``letter``: what a patient and a referrer are given."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge.cli.output import USAGE, fail
from edge.cli.session_options import opened_store
from edge.cli.sessions_report import after_mark, check_report_path, language_name, write_page
from edge.i18n.word_catalogue import DEFAULT, Catalogue, load
from edge.messages.errors import SettingsError
from edge.settings.settings_file import read_settings

if TYPE_CHECKING:
    from edge.record.store import Store
    from edge.report.facts import Visit
    from edge.settings.clinic_settings import ClinicSettings

_Names = Annotated[
    list[str],
    typer.Argument(
        metavar="SESSION [SESSION]", help="One session, or two of a runner: before and after."
    ),
]
_Marks = Annotated[
    tuple[int, int] | None,
    typer.Option(
        "--marks",
        metavar="N M",
        help="In one session: the parts after its Nth and Mth marks are before and after.",
    ),
]
_Language = Annotated[
    str,
    typer.Option(
        "--language", "--lang", metavar="CODE", callback=language_name, help="en, de, ..."
    ),
]
_Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings, a TOML file: the clinic's name, ..."),
]


def sheet(
    names: _Names,
    marks: _Marks = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=".pdf or .html.")] = Path(
        "sheet.html"
    ),
    language: _Language = DEFAULT,
    config: _Config = None,
) -> None:
    """Write the patient sheet: one page on what was seen and what to do next."""
    _write("sheet", names, marks, out, load(language), _clinic(config))


def letter(
    names: _Names,
    marks: _Marks = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=".pdf or .html.")] = Path(
        "letter.html"
    ),
    language: _Language = DEFAULT,
    config: _Config = None,
) -> None:
    """Write the letter to the referrer: findings beside norms, what changed, method and limits."""
    _write("letter", names, marks, out, load(language), _clinic(config))


def _clinic(config: Path | None) -> "ClinicSettings":
    try:
        return read_settings(config).clinic
    except SettingsError as error:
        fail(str(error), USAGE)


def _write(
    which: str,
    names: list[str],
    marks: tuple[int, int] | None,
    out: Path,
    words: Catalogue,
    clinic: "ClinicSettings",
) -> None:
    from edge.report.documents import Document, document
    from edge.report.visit_parts import told_of

    check_report_path(out)
    if not 1 <= len(names) <= (2 if marks is None else 1):
        fail("give one session, two sessions, or one session and --marks N M", USAGE)
    with opened_store() as store:
        parts = _parts(store, names, marks, words)
        told = told_of(store, parts[-1].session)
        # The parts after two marks are none of the visit's table.
        told = replace(told, tables=()) if marks else told
        write_page(document(Document(which), parts, clinic, words, told), out)
        for name in dict.fromkeys(part.session.name for part in parts):
            store.audit.add(which, "command", name)


def _parts(
    store: "Store", names: list[str], marks: tuple[int, int] | None, words: Catalogue
) -> "list[Visit]":
    from edge.report.documents import visits_of

    sessions = [store.session(name) for name in names]
    if marks is None:
        return visits_of(store, sessions)
    return [after_mark(store, sessions[0], number, words) for number in marks]
