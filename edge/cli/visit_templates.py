"""``toeline visit templates``: list, show and check the templates of the guided visit."""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge.cli.config import ConfigOption, settings_from
from edge.cli.output import fail, one_sentence
from edge.i18n.word_catalogue import DEFAULT, load
from edge.settings.paths import expanded

if TYPE_CHECKING:
    from edge.visit.step_plan import Template
    from edge.visit.template_shelf import TemplateShelf

visit_app = typer.Typer(no_args_is_help=True, help="The guided visit.")
templates_app = typer.Typer(no_args_is_help=True, help="The templates of the guided visit.")
visit_app.add_typer(templates_app, name="templates")


def _shelf(config: Path | None) -> "TemplateShelf":
    from edge.visit.template_shelf import TemplateShelf

    folder = settings_from(config, None).visit.templates
    with one_sentence():
        return TemplateShelf(expanded(Path(folder)) if folder else None)


@templates_app.command("list")
def list_templates(config: ConfigOption = None) -> None:
    """List all templates: name, steps, minutes with a timer, and title."""
    shelf = _shelf(config)
    with one_sentence():
        for name in shelf.names():
            read = shelf.read(name)
            if read.template is None:
                typer.echo(
                    f"{name:16} has mistakes: toeline visit templates check {shelf.path(name)}"
                )
            else:
                typer.echo(f"{name:16} {_summary(read.template, own=shelf.is_own(name))}")


@templates_app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As the list gives it.")],
    config: ConfigOption = None,
) -> None:
    """Print a template as the TOML file that it is, to be copied and changed."""
    shelf = _shelf(config)
    with one_sentence():
        shelf.read(name)
        typer.echo(shelf.path(name).read_text(encoding="utf-8"), nl=False)


@templates_app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A template, a TOML file.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Report every mistake in a template, line by line; without a file, in all of them."""
    from edge.visit.template_shelf import read_template_file

    with one_sentence():
        shelf = None if file else _shelf(config)
        paths = [file] if file else [shelf.path(name) for name in shelf.names()] if shelf else []
        wrong = 0
        for path in paths:
            read = read_template_file(path)
            for mistake in read.mistakes:
                where = f"{path}, line {mistake.line}" if mistake.line else str(path)
                typer.echo(f"{where}: {mistake.sentence}")
            wrong += len(read.mistakes)
            if read.template is not None:
                typer.echo(f"{path} is valid: {len(read.template.steps)} steps")
    if wrong:
        fail(f"{wrong} mistake{'s' if wrong > 1 else ''}; see above")


def _summary(template: "Template", *, own: bool) -> str:
    minutes = sum(plan.seconds for plan in template.steps if isfinite(plan.seconds)) / 60
    title = template.title if own else load(DEFAULT).text(f"visit_template.{template.name}")
    whose = "own" if own else "built in"
    return f"{len(template.steps):2} steps  {minutes:4.1f} min  {whose:8}  {title}".rstrip()
