"""``toeline sessions report`` and ``compare``."""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge.cli.output import USAGE, fail
from edge.cli.session_options import opened_store
from edge.i18n.word_catalogue import DEFAULT, Catalogue, languages, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge.record.store import Store
    from edge.record.stored_session import StoredSession
    from edge.report.changes import Change
    from edge.report.experiment import Experiment
    from edge.report.facts import Visit


def language_name(name: str) -> str:
    """Return the code of a language if there is one; a usage error otherwise."""
    if name not in languages():
        raise typer.BadParameter(f"there are {', '.join(languages())}")
    return name


LanguageOption = Annotated[
    str,
    typer.Option(
        "--language", metavar="CODE", callback=language_name, help="Language: en, de, ..."
    ),
]


def report(
    names: Annotated[
        list[str],
        typer.Argument(metavar="SESSION...", help="One session, or up to four visits of a runner."),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Output file, .pdf or .html.")
    ] = Path("report.html"),
    language: LanguageOption = DEFAULT,
) -> None:
    """Write a report for the physiotherapist: one session, or what changed between visits."""
    from edge.report.experiment import experiments_in
    from edge.report.visit_facts import visit_of

    check_report_path(out)
    words = load(language)
    with opened_store() as store:
        sessions = [store.session(name) for name in names]
        if len({session.head.runner for session in sessions}) > 1:
            typer.echo("toeline: these sessions belong to different runners", err=True)
        visits = [
            visit_of(store, session, words.text("report.visit", number=number))
            for number, session in enumerate(sessions, 1)
        ]
        tables = experiments_in(store, sessions[0]) if len(sessions) == 1 else []
        _write_report(visits, words, out, tables)
        for session in sessions:
            store.audit.add("report", "command", session.name)


def compare(
    names: Annotated[
        list[str],
        typer.Argument(metavar="SESSION...", help="Two sessions, or one with --marks."),
    ],
    marks: Annotated[
        tuple[int, int] | None,
        typer.Option(
            "--marks",
            metavar="N M",
            help="In one session: compare the parts that follow its Nth and Mth marks.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Also write a report, .pdf or .html."),
    ] = None,
    language: LanguageOption = DEFAULT,
) -> None:
    """Show changes beyond measurement error between two sessions or two marks of one."""
    from edge.messages.side import Side
    from edge.report.changes import changes
    from edge.report.visit_facts import visit_of

    if len(names) != (2 if marks is None else 1):
        fail("give two sessions, or one session and --marks N M", USAGE)
    if out is not None:
        check_report_path(out)
    words = load(language)
    with opened_store() as store:
        if marks is None:
            before, after = (
                visit_of(store, store.session(name), words.text("report.visit", number=number))
                for number, name in enumerate(names, 1)
            )
        else:
            before, after = (after_mark(store, store.session(names[0]), n, words) for n in marks)
        compared = False
        for side in Side:
            found = changes(before, after, side)
            if not found:
                continue
            compared = True
            leg = words.text(f"report.leg.{side}")
            typer.echo(f"{leg}: {before.label}, {after.label}")
            for line in _change_lines(found, words):
                typer.echo(line)
        if not compared:
            fail("no leg was judged in both, so there is nothing to compare")
        if out is not None:
            _write_report([before, after], words, out)
        for name in {before.session.name: None, after.session.name: None}:
            store.audit.add("compare", "command", name)


def _change_lines(found: "list[Change]", words: Catalogue) -> "Iterator[str]":
    """Yield the table of one leg's changes."""
    from edge.report.words import change_cells

    heads = [words.text(f"table.{head}") for head in ("before", "after", "change")]
    heads += [words.text(f"report.table.{head}") for head in ("interval", "mdc", "strides")]
    yield f"  {'':34}" + "".join(f" {head:>16}" for head in heads)
    for change in found:
        cells = change_cells(words, change)
        means = [words.number(spread.mean, 1) for spread in (change.before, change.after)]
        said = [*means, *(cells[key] for key in ("change", "interval", "mdc", "strides"))]
        row = "".join(f" {cell:>16}" for cell in said)
        yield f"  {cells['name']:34}{row}  {cells['verdict']}"


def check_report_path(out: Path) -> None:
    """End the command unless the file is to be HTML or PDF."""
    if out.suffix not in (".pdf", ".html"):
        fail(f"{out} must end in .pdf or .html", USAGE)


def after_mark(store: "Store", session: "StoredSession", number: int, words: Catalogue) -> "Visit":
    """Return the part of a session after one of its marks."""
    from edge.report.changes import part_after
    from edge.report.visit_facts import visit_of
    from edge.report.words import mark_words

    marks = [mark for mark in store.read(session).marks() if isfinite(mark.time_s)]
    if not 1 <= number <= len(marks):
        fail(f"session {session.name} has {len(marks)} marks; there is no mark {number}", USAGE)
    from_s, to_s = part_after(marks, number)
    kind = mark_words(words, marks[number - 1].kind)
    label = words.text("report.mark", number=number, kind=kind)
    return visit_of(store, session, label, from_s=from_s, to_s=to_s)


def _write_report(
    visits: "list[Visit]", words: Catalogue, out: Path, tables: "Sequence[Experiment]" = ()
) -> None:
    from edge.report.page import render

    write_page(render(visits, words, tables), out)


def write_page(page: str, out: Path) -> None:
    """Write a page as HTML or PDF, by the file's ending, and say where it is."""
    from edge.report.page import as_pdf

    content = as_pdf(page) if out.suffix == ".pdf" else page.encode()
    try:
        out.write_bytes(content)
    except OSError as error:
        fail(f"cannot write {out}: {error.strerror}")
    typer.echo(out)
