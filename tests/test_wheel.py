"""The installed wheel is complete, and uses nothing from the checkout."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent

Run = Callable[..., str]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder where the wheel is installed."""
    folder = tmp_path_factory.mktemp("place")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    how = ["--no-deps", "--no-index", "--target", str(folder), str(wheel)]
    subprocess.run([*pip, *how], check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def run(place: Path, tmp_path: Path) -> Run:
    """Return what runs the installed package from a folder that has nothing to do with it."""

    def run(*arguments: str) -> str:
        environment = os.environ | {
            "PYTHONPATH": str(place),
            "TOELINE_MODELS": str(tmp_path / "models"),
        }
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_wheel_holds_all_that_runs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    checkout = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "edge").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    page = {
        "edge/bundled/" + path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "web_display").rglob("*")
        if path.is_file()
    }
    assert {"edge/py.typed", "edge/capture/demo.mp4", "edge/__main__.py"} <= checkout
    assert {"edge/bundled/web_display/index.html", "edge/bundled/web_display/main.js"} <= page
    about = {name for name in names if ".dist-info/" in name}
    models = {f"edge/bundled/models/leg_reader_{size}.onnx" for size in ("lite", "full", "heavy")}
    models.add("edge/bundled/models/manifest.toml")
    assert names - about == checkout | page | models
    assert {Path(name).name for name in about} == {
        "METADATA",
        "WHEEL",
        "entry_points.txt",
        "LICENSE",
        "RECORD",
    }


def test_the_installed_package_knows_its_version(run: Run, wheel: Path) -> None:
    version = wheel.name.split("-")[1]
    assert run("-m", "edge", "--version") == f"toeline {version}\n"


def test_the_installed_package_finds_its_models_list(run: Run, tmp_path: Path) -> None:
    listed = run("-m", "edge", "models", "list").splitlines()
    assert [line.split()[:2] for line in listed] == [
        ["detector", "missing"],
        ["lite", "missing"],
        ["full", "missing"],
        ["heavy", "missing"],
    ]
    assert all(str(tmp_path / "models") in line for line in listed)


def test_the_installed_package_uses_its_own_files(run: Run, place: Path) -> None:
    program = """
import edge.cli.main
from edge.settings.paths import bundled, demo_clip
names = ("web_display", "models/manifest.toml")
print(edge.cli.main.__file__, demo_clip(), *map(bundled, names), sep="\\n")
"""
    paths = [Path(line) for line in run("-c", program).splitlines()]
    assert len(paths) == 4
    for path in paths:
        assert path.is_relative_to(place.resolve())
        assert path.exists()


def test_the_installed_demo_clip_can_be_opened(run: Run) -> None:
    program = """
from edge.capture.source import open_source
from edge.settings.paths import demo_clip
from edge.settings.capture_settings import CaptureSettings
with open_source(str(demo_clip()), CaptureSettings(), own_pace=False, loop=True) as source:
    frame = next(iter(source))
    print(frame.image.shape)
"""
    assert run("-c", program) == "(540, 960, 3)\n"
