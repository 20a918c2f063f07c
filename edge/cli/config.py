"""``toeline config``: show the settings in force and their origin, and check a file."""

from collections.abc import Iterator, Sequence
from os import environ
from pathlib import Path
from typing import Annotated, Final

import typer

from edge.cli.output import USAGE, fail, one_sentence
from edge.messages.errors import SettingsError
from edge.settings import paths
from edge.settings.settings import Settings
from edge.settings.settings_file import SettingsRead, examine_settings, read_settings
from edge.settings.settings_table import all_settings, shown_value, value_of

ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings, a TOML file.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting, such as gait.incline_pct=1."),
]
DEFAULT: Final = "default"

config_app = typer.Typer(no_args_is_help=True, help="The settings.")


def settings_from(config: Path | None, overrides: list[str] | None) -> Settings:
    """Return the settings given by the options; exit with an error if they are invalid."""
    try:
        return read_settings(config, overrides)
    except SettingsError as error:
        fail(str(error), USAGE)


@config_app.command()
def show(config: ConfigOption = None, set_: SetOption = None) -> None:
    """Show every setting: value, unit, range or choices, and where the value came from."""
    settings_from(config, set_)
    for line in _columns([*_setting_rows(examine_settings(config, set_)), *_folder_rows()]):
        typer.echo(line)


@config_app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Settings, a TOML file.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Report every mistake in a settings file, line by line."""
    path = file or config
    if path is None or (file and config):
        fail("`toeline config check` needs one settings file", USAGE)
    with one_sentence():
        read = examine_settings(path)
    for mistake in read.mistakes:
        typer.echo(read.sentence(mistake))
    if count := len(read.mistakes):
        fail(f"{path} has {count} mistake{'s' if count > 1 else ''}; see above")
    typer.echo(f"{path} is valid: {_given(read)}")


def _given(read: SettingsRead) -> str:
    count = sum(name in read.origins for name, *_ in all_settings())
    return f"it sets {count} setting{'' if count == 1 else 's'}"


def _setting_rows(read: SettingsRead) -> Iterator[tuple[str, ...]]:
    for name, _, spec in all_settings():
        value = shown_value(value_of(read.settings, name))
        origin = read.origins.get(name, DEFAULT)
        yield name, value, spec.unit_words.strip(), spec.range_words, origin


def _folder_rows() -> Iterator[tuple[str, ...]]:
    for what, variable, folder in (
        ("recordings", "TOELINE_DATA", paths.data_dir()),
        ("models", "TOELINE_MODELS", paths.models_dir()),
    ):
        yield what, str(folder), "", "folder", variable if environ.get(variable) else DEFAULT


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    # A long path must not push every column to the right.
    widths = [min(max(map(len, column)), 34) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
