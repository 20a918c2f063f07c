"""Imports go one way, from group to group, and every module can be imported alone."""

import ast
import importlib
from pathlib import Path

import pytest

import edge

EDGE = Path(edge.__file__).parent
# Each group may import those before it. Inside the first a room may import another; inside all
# others rooms never import each other.
SHARED = {"messages", "settings", "numerics", "i18n"}
INPUTS = {"capture", "scene", "sensors", "pose", "identity"}
ROOMS = INPUTS | {"gait", "metrics", "coaching", "exercises", "visit"}
GROUPS = (
    SHARED,
    ROOMS,
    {"pipeline"},
    {"record"},
    {"export", "report", "sinks"},
    {"serve"},
    {"station"},
    {"offline"},
    {"cli"},
    {"__init__", "__main__"},
)
PURE = {"identity", "gait", "metrics", "coaching", "numerics"}
HARDWARE = {"cv2", "onnxruntime", "fastapi", "uvicorn", "socket", "subprocess", "sqlite3", "time"}
MODULES = sorted(EDGE.rglob("*.py"))
each_module = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(EDGE)))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room(path: Path) -> str:
    return path.relative_to(EDGE).parts[0].removesuffix(".py")


def allowed(name: str) -> set[str]:
    group = next(i for i, rooms in enumerate(GROUPS) if name in rooms)
    return {name}.union(*GROUPS[: max(group, 1)])


@each_module
def test_imports_point_one_way(path: Path) -> None:
    rooms = {name.split(".")[1] for name in imported(path) if name.startswith("edge.")}
    assert not rooms - allowed(room(path))


@each_module
def test_every_module_imports(path: Path) -> None:
    if path.name != "__main__.py":
        dotted = ".".join(path.relative_to(EDGE.parent).with_suffix("").parts)
        importlib.import_module(dotted.removesuffix(".__init__"))


def test_maths_touches_no_hardware_and_no_clock() -> None:
    touching = {p: {n.split(".")[0] for n in imported(p)} & HARDWARE for p in MODULES}
    assert not {p: names for p, names in touching.items() if room(p) in PURE and names}


def test_package_files_hold_nothing_but_a_sentence() -> None:
    for path in (p for p in MODULES if p.name == "__init__.py" and p.parent != EDGE):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert all(isinstance(node, ast.Expr) for node in body), path
