"""Wrong words are wrong usage in one sentence; help is complete."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from command import sentence, toeline, toeline_process

from edge.cli.main import app


@pytest.mark.parametrize(
    "arguments",
    [("dance",), ("models", "dance"), ("analyze",), ("analyze", "a.mp4"), ("run",),
     ("analyze", "a.mp4", "--out", "b", "--loud"), ("demo", "--port")],
    ids=" ".join,
)  # fmt: skip
def test_wrong_words_are_wrong_usage_in_one_sentence(arguments: tuple[str, ...]) -> None:
    result = toeline(*arguments)
    assert result.returncode == 2
    assert "--help`" in sentence(result)
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [(), ("models",)], ids=["alone", "models alone"])
def test_a_command_without_words_shows_its_help(arguments: tuple[str, ...]) -> None:
    result = toeline(*arguments)
    assert result.returncode == 2
    assert "Usage: toeline" in result.stdout
    assert result.stderr == ""


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Return every command's words and definition, the groups included."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), typer.main.get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        for name, inner in getattr(command, "commands", {}).items():
            waiting.append(((*words, name), inner))


@pytest.mark.parametrize(
    ("words", "command"), [pytest.param(w, c, id=" ".join(w) or "toeline") for w, c in commands()]
)
def test_help_is_complete(words: tuple[str, ...], command: Any) -> None:
    result = toeline(*words, "--help", environment={"COLUMNS": "200"})
    assert (result.returncode, result.stderr) == (0, "")
    assert " ".join(command.help.split()) in " ".join(result.stdout.split())
    for parameter in command.params:
        assert parameter.help, f"{parameter.name} of {' '.join(words)} is not explained"
        if parameter.param_type_name == "option":
            assert parameter.opts[0] in result.stdout
    for name in getattr(command, "commands", {}):
        assert re.search(rf"\b{name}\b", result.stdout)


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("dance",), ("analyze", "gone.mp4", "--out", "out")],
    ids=["well", "wrong usage", "failed"],
)
def test_a_process_of_its_own_ends_in_the_same_way(arguments: tuple[str, ...]) -> None:
    """Most tests run the command in their own process."""
    ended = [run(*arguments) for run in (toeline, toeline_process)]
    here, apart = ((each.returncode, each.stdout, each.stderr) for each in ended)
    assert here == apart
