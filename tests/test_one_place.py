"""What was once written several times stands in one place."""

import ast
from pathlib import Path

import pytest

import edge

EDGE = Path(edge.__file__).parent
TREES = {
    path.relative_to(EDGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in EDGE.rglob("*.py")
}


def defining(word: str) -> set[str]:
    """Return the modules that define a function whose name holds ``word``."""
    return {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and word in node.name
    }


@pytest.mark.parametrize(
    ("word", "module"),
    [
        ("theil_sen", "numerics/robust_lines.py"),
        ("weighted_line", "numerics/robust_lines.py"),
        ("student_t", "numerics/student_t.py"),
        ("effective_count", "numerics/neighbours.py"),
        ("trimmed_", "numerics/statistics.py"),
    ],
)
def test_an_estimator_is_written_once(word: str, module: str) -> None:
    assert defining(word) == {module}


def test_one_module_opens_sqlite() -> None:
    opening = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "connect"
        and isinstance(node.value, ast.Name)
        and node.value.id == "sqlite3"
    }
    assert opening == {"record/sqlite_file.py"}


def test_the_least_frame_rate_is_one_constant() -> None:
    holding = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is float and node.value == 29.0
    }
    assert holding == {"messages/frame.py"}


def test_each_basename_stands_once_but_for_ports() -> None:
    commands = {"analyze", "bench", "evaluate", "plugins", "sessions"}
    ports = {"__init__", "port", "base", "registry", *commands}
    names = [Path(name).stem for name in TREES]
    assert {name for name in names if names.count(name) > 1} <= ports
