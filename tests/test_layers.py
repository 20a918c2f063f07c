"""Imports point one way, and every module can be imported alone."""

import ast
import importlib
from pathlib import Path

import pytest

import edge

EDGE = Path(edge.__file__).parent
LEAVES = {
    "messages",
    "settings",
    "skeleton",
    "resources",
    "geometry",
    "running",
    "timing",
    "machine",
    "board",
    "roles",
}
ROOMS = {
    "weights",
    "capture",
    "pose",
    "identity",
    "gait",
    "metrics",
    "coaching",
    "load",
    "record",
    "serve",
    "set_up",
}
ABOVE = {
    "messages": {"skeleton"},
    "settings": set(),
    "skeleton": set(),
    "geometry": {"messages"},
    "running": set(),
    "resources": set(),
    "timing": {"messages"},
    "machine": set(),
    "roles": set(),
    "board": set(),
    "notify": set(),
    "vitals": {"messages"},
    "supervisor": LEAVES | ROOMS | {"notify", "station", "vitals"},
    "page": LEAVES | ROOMS,
    "pipeline": LEAVES | ROOMS,
    "assembly": LEAVES | ROOMS | {"pipeline"},
    "ahead": set(),
    "steady": set(),
    "analysis": LEAVES | ROOMS | {"pipeline", "ahead", "steady"},
    "station": LEAVES | ROOMS | {"pipeline", "vitals"},
    "aside": LEAVES | {"pipeline", "station"},
    "filming": LEAVES | {"record"},
    "recorder": LEAVES | {"capture", "filming", "weights", "record", "pipeline"},
    "export": LEAVES | {"record"},
    "log_lines": set(),
    "memory": set(),
    "replay": LEAVES | {"record", "pipeline"},
    "report": LEAVES | {"coaching", "metrics", "record"},
    "signals": set(),
    "runtime": LEAVES
    | ROOMS
    | {"pipeline", "assembly", "station", "aside", "recorder", "signals", "steady", "steering"}
    | {"notify", "page", "supervisor"},
    "steering": LEAVES | ROOMS | {"pipeline", "recorder"},
    "archive": LEAVES | {"record", "export", "report", "serve"},
    "doctor": LEAVES | ROOMS | {"assembly"},
    "bench": LEAVES | ROOMS | {"pipeline", "assembly", "analysis", "steady"},
    "bench_cli": LEAVES | {"commands", "bench"},
    "evaluate": LEAVES | ROOMS | {"pipeline", "assembly", "signals"},
    "commands": LEAVES
    | ROOMS
    | {
        "archive",
        "pipeline",
        "assembly",
        "analysis",
        "doctor",
        "evaluate",
        "export",
        "recorder",
        "report",
        "runtime",
        "signals",
    },
    "evaluate_cli": LEAVES | {"commands", "evaluate"},
    "sessions_table": LEAVES | {"record"},
    "sessions_cli": LEAVES
    | {"commands", "export", "record", "replay", "report", "sessions_table", "signals"},
    "access_cli": LEAVES | ROOMS | {"commands", "archive"},
    "cli": LEAVES
    | ROOMS
    | {
        "commands",
        "access_cli",
        "evaluate_cli",
        "bench_cli",
        "log_lines",
        "memory",
        "sessions_cli",
    },
    "__main__": {"cli"},
}
HARDWARE = {"cv2", "onnxruntime", "fastapi", "uvicorn", "socket", "subprocess", "sqlite3", "time"}
PURE = {"identity", "gait", "metrics", "coaching"}
MODULES = sorted(EDGE.rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("edge.")}


def room(path: Path) -> str:
    return path.relative_to(EDGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(EDGE)))
def test_imports_point_one_way(path: Path) -> None:
    wrong = rooms_imported(path) - ABOVE.get(room(path), LEAVES) - {room(path)}
    assert not wrong, f"{path} must not import {sorted(wrong)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(EDGE)))
def test_every_room_is_known(path: Path) -> None:
    assert room(path) in ROOMS | set(ABOVE) | {"__init__"}


@pytest.mark.parametrize(
    "path", [p for p in MODULES if room(p) in PURE], ids=lambda p: str(p.relative_to(EDGE))
)
def test_maths_touches_no_hardware_and_no_clock(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & HARDWARE


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.name == "__init__.py"], ids=lambda p: p.parent.name
)
def test_package_files_hold_nothing_but_a_sentence(path: Path) -> None:
    assert all(isinstance(node, ast.Expr) for node in tree(path).body)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(EDGE)))
def test_every_module_imports(path: Path) -> None:
    if path.name == "__main__.py":
        return
    dotted = ".".join(path.relative_to(EDGE.parent).with_suffix("").parts)
    importlib.import_module(dotted.removesuffix(".__init__"))
