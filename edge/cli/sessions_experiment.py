"""``toeline sessions experiment``: which cue moved what."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge.cli.output import fail
from edge.cli.session_options import JsonOption, NameArgument, opened_store
from edge.cli.sessions_report import LanguageOption
from edge.i18n.word_catalogue import DEFAULT, Catalogue, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.report.experiment import Experiment


def experiment(
    name: NameArgument,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Also write the table, as CSV.")
    ] = None,
    language: LanguageOption = DEFAULT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Compare the blocks of a visit with its baseline: which cue moved what, and did it stay."""
    from edge.report.experiment import experiments_in
    from edge.report.experiment_table import blocks_csv, experiment_json

    words = load(language)
    with opened_store() as store:
        session = store.session(name)
        tables = experiments_in(store, session)
        if not tables:
            fail(
                f"session {session.name} has no blocks with strides, so there is nothing to compare"
            )
        if csv is not None:
            try:
                csv.write_text(blocks_csv(store, tables), encoding="utf-8", newline="")
            except OSError as error:
                fail(f"cannot write {csv}: {error.strerror}")
        if as_json:
            told = experiment_json(store, tables, words)
            typer.echo(json.dumps(told, allow_nan=False, ensure_ascii=False))
        else:
            for line in _lines(tables, words):
                typer.echo(line)
        store.audit.add("compare", "command", f"the blocks of {session.name}")


def _lines(tables: "list[Experiment]", words: Catalogue) -> "Iterator[str]":
    """Yield every leg's table and what comes out, then left against right."""
    from edge.report.experiment_section import experiment_section

    section = experiment_section(tables, words, alone=True)
    for leg in section["legs"]:
        yield f"{leg['name']}: {leg['conclusion']}"
        yield from (f"  {note}" for note in leg["notes"])
        for heads in zip(
            *((b["name"], b["speed"], b["strides"]) for b in leg["blocks"]), strict=True
        ):
            yield f"  {'':34}" + "".join(f" {head:>32}" for head in heads)
        for row in leg["rows"]:
            cells = (_cell(cell) for cell in row["cells"])
            yield f"  {row['name']:34}" + "".join(f" {cell:>32}" for cell in cells)
    if section["sides"]:
        yield section["sides"]["conclusion"]
        for row in section["sides"]["rows"]:
            ends = (row[key] for key in ("left", "right", "difference", "interval", "limit"))
            yield (
                f"  {row['name']:34}"
                + "".join(f" {end:>16}" for end in ends)
                + f"  {row['judged']}"
            )


def _cell(cell: dict[str, str]) -> str:
    return (
        f"{cell['mean']} ({cell['change']}, {cell['judged']})" if cell["change"] else cell["mean"]
    )
