"""Run the ``toeline`` command as a user does: in this process, or in one of its own."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from unittest.mock import patch

import pytest
from typer.testing import CliRunner, Result

from edge.cli.main import app, main

REPOSITORY = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "edge")


def toeline(
    *arguments: str | Path, environment: Mapping[str, str | Path] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``toeline`` in this process; return its exit code and output.

    Starting a process takes two seconds of a core. The exit code, and everything written to either
    output by Python or by a compiled library, are the same.

    Parameters
    ----------
    arguments
        Arguments after the program's name.
    environment
        Changes to this process's environment, read when the command runs.
    """
    words = ["toeline", *map(str, arguments)]
    with (
        TemporaryFile("w+", encoding="utf-8", errors="backslashreplace") as output,
        TemporaryFile("w+", encoding="utf-8", errors="backslashreplace") as errors,
        patch.object(sys, "argv", words),
        patch.dict(os.environ, environment_with(environment)),
        chdir(REPOSITORY),
    ):
        with (
            _own_log_and_umask(),
            _writes_to(output, 1, "stdout"),
            _writes_to(errors, 2, "stderr"),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        assert isinstance(ended.value.code, int)
        return subprocess.CompletedProcess(
            words, ended.value.code, _content(output), _content(errors)
        )


def toeline_process(
    *arguments: str | Path,
    environment: Mapping[str, str | Path] | None = None,
    before: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run ``toeline`` in a process of its own, where starting one is what is tested.

    Parameters
    ----------
    arguments, environment
        As of ``toeline``.
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


@contextmanager
def _writes_to(file: IO[str], descriptor: int, name: str) -> Iterator[None]:
    """Send an output of this process to a file: that of Python, and that of libraries in C."""
    kept = os.dup(descriptor)
    os.dup2(file.fileno(), descriptor)
    try:
        with patch.object(sys, name, file):
            yield
    finally:
        file.flush()
        os.dup2(kept, descriptor)
        os.close(kept)


def _content(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


@contextmanager
def _own_log_and_umask() -> Iterator[None]:
    """Let the command set up its log and its umask, as a process that has none of its own yet."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    umask = os.umask(0o022)
    os.umask(umask)
    root.handlers = []
    try:
        yield
    finally:
        os.umask(umask)
        root.handlers = handlers
        root.setLevel(level)
