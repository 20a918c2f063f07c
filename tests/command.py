"""Run the ``toeline`` command as a user does, in a separate process."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from typer.testing import CliRunner, Result

from edge.cli.main import app

REPOSITORY = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "edge")


def toeline(
    *arguments: str | Path,
    environment: Mapping[str, str | Path] | None = None,
    before: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run ``toeline`` with these arguments; return its exit code and output.

    Parameters
    ----------
    arguments
        Arguments after the program's name.
    environment
        Changes to this process's environment.
    before
        A command that starts the program, such as a shell with limits.
    """
    return subprocess.run(
        [*before, *COMMAND, *map(str, arguments)],
        cwd=REPOSITORY,
        env=environment_with(environment),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def sessions(*arguments: str | Path) -> Result:
    """Run ``toeline sessions`` with these arguments in this process; return the result."""
    return CliRunner().invoke(app, ["sessions", *map(str, arguments)])


def environment_with(changes: Mapping[str, str | Path] | None = None) -> dict[str, str]:
    """Return this process's environment with some variables changed."""
    return os.environ | {name: str(value) for name, value in (changes or {}).items()}


def sentences(result: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the lines of stderr; every line must be one sentence from the program."""
    lines = result.stderr.splitlines()
    for line in lines:
        assert line.startswith("toeline: "), result.stderr
    return [line.removeprefix("toeline: ") for line in lines]


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """Return the only sentence on stderr."""
    said = sentences(result)
    assert len(said) == 1, result.stderr
    return said[0]
