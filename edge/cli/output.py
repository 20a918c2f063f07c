"""What every command says, and how it ends: one sentence, a bar, a JSON file."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import typer

from edge.messages.plain_text import escaped

# 130 is the code that typer returns for Ctrl-C.
FAILED, USAGE, INTERRUPTED = 1, 2, 130


def fail(sentence: str, code: int = FAILED) -> NoReturn:
    """Print one sentence to stderr and exit with ``code``."""
    say(sentence)
    raise typer.Exit(code)


def say(sentence: str) -> None:
    """Print one sentence to stderr, whatever bytes the names in it hold."""
    typer.echo(f"toeline: {escaped(sentence)}", err=True)


def print_path(path: Path) -> None:
    """Print a path to stdout, byte for byte, so that scripts can open it."""
    typer.echo(os.fsencode(path))


@contextlib.contextmanager
def one_sentence() -> Iterator[None]:
    """Print Toeline's own errors as one sentence on stderr."""
    from edge.messages.errors import ToelineError

    try:
        yield
    except ToelineError as error:
        fail(str(error))


@contextlib.contextmanager
def progress_bar(label: str, unit: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a progress bar if stderr is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} " + unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(label, total=None)

        def progress(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield progress


def say_progress(message: str, _done: int | None, _total: int | None) -> None:
    """Print the current step of a long job."""
    typer.echo(message, err=True)


def check_json_path(path: Path) -> None:
    """Exit with an error now if ``path`` could not be written after hours of work."""
    folder = path.parent
    if path.is_dir():
        fail(f"cannot write {path}: it is a folder")
    if not folder.is_dir():
        fail(f"cannot write {path}: {folder} is not a folder")
    if not os.access(path if path.exists() else folder, os.W_OK):
        fail(f"cannot write {path}: permission denied")


def write_json(path: Path, content: dict[str, object]) -> None:
    """Write ``content`` to a file, or exit with an error."""
    try:
        path.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")
