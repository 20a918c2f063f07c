"""Shared fixtures: reference data, models, and no skipping in CI."""

import os
import subprocess
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from capture_media import FAST, UNEVEN, UNEVEN_OUT, beginning, ffmpeg, make_clip
from command import COMMAND
from hypothesis import settings

from edge.pose.store import model_store
from edge.settings import paths

REPOSITORY = Path(__file__).parent.parent

# Ten strides of the near leg, more than the eight that a verdict takes; a steady run only repeats
# them, and gets the same lights from ten as from thirteen.
STEADY_S = 8.0
# These are compared with other films of the same run, stride by stride: there each stride counts.
COMPARED_S = {"bentpush_left": 10.0, "highcad_120fps_left": 10.0, "kneesfwd_right": 10.0}
# These clips change as they go on, or have the fewest frames of all.
CHANGING = ("lowcad_30fps_right", "session_right", "walk_right")

# A busy machine must not fail a test. Where nothing may be skipped (CI), the examples are the same
# each time: new ones are for developers, who can investigate what they find.
_ALL = bool(os.environ.get("TOELINE_NO_SKIP"))
settings.register_profile("toeline", deadline=None, derandomize=_ALL)
settings.load_profile("toeline")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder of reference data."""
    folder = Path(os.environ.get("TOELINE_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data" / "clips").is_dir():
        pytest.fail(f"no reference data in {folder}; set TOELINE_SHARED")
    return folder


@pytest.fixture(scope="session")
def clips_dir(shared_dir: Path) -> Path:
    """Return the folder of clips with ground truth."""
    return shared_dir / "data" / "clips"


@pytest.fixture(scope="session")
def good_run(clips_dir: Path) -> Path:
    """Return 15 s of a runner with good form, 960 by 540, 60 frames a second."""
    return clips_dir / "good_right.mp4"


@pytest.fixture(scope="session")
def short_run(good_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its first 3 s, index first."""
    path = tmp_path_factory.mktemp("run") / "short.mp4"
    ffmpeg("-i", good_run, "-t", "3", *FAST, "-movflags", "+faststart", path)
    return path


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Return the folder of real models; pull them if missing."""
    folder = paths.models_dir()
    model_store.pull(folder, ("full",))
    return folder


@pytest.fixture(scope="session")
def analysed_films(clips_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the film that is analysed of every clip: of a steady run, only the beginning."""
    folder = tmp_path_factory.mktemp("films")
    films = {path.stem: path for path in clips_dir.glob("*.mp4")}
    for name, path in films.items():
        if name not in CHANGING:
            films[name] = beginning(path, folder / path.name, COMPARED_S.get(name, STEADY_S))
    return films


@pytest.fixture(scope="session", autouse=True)
def _analyses(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, list[subprocess.Popen[str]]] | None]:
    """Start the analysis of every clip, if a test needs it, in two processes of one thread each.

    It takes minutes on both cores, in what all other tests leave of them; the tests that need it
    come last.
    """
    if not any("analysed" in _fixtures(item) for item in request.session.items):
        yield None
        return
    clips = sorted(request.getfixturevalue("analysed_films").values())
    assert request.getfixturevalue("models_dir").is_dir()
    out = tmp_path_factory.mktemp("clips")
    options = ("--out", out, "--set", "pose.threads=1")
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen(
                    ["nice", "-n", "19", *COMMAND, "analyze", *map(str, (*part, *options))],
                    cwd=REPOSITORY,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for part in (clips[::2], clips[1::2])
        ]
        yield out, workers
        for worker in workers:
            worker.kill()


@pytest.fixture(scope="session")
def analysed(
    _analyses: tuple[Path, list[subprocess.Popen[str]]], analysed_films: dict[str, Path]
) -> dict[str, Path]:
    """Return the result folder of every clip; the first use may wait for minutes."""
    out, workers = _analyses
    for worker in workers:
        _, said = worker.communicate()
        assert (worker.returncode, said) == (0, "")
    return {name: out / name for name in analysed_films}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that wait for the analyses last."""
    items.sort(key=lambda item: "analysed" in _fixtures(item))


def _fixtures(item: pytest.Item) -> Sequence[str]:
    names: Sequence[str] = getattr(item, "fixturenames", ())
    return names


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where nothing may be skipped."""
    report = yield
    if report.skipped and os.environ.get("TOELINE_NO_SKIP") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report


# Clips that several files of tests/capture play.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replay")


@pytest.fixture(scope="module")
def even(folder: Path) -> Path:
    return make_clip(folder / "even.mp4")


@pytest.fixture(scope="module")
def uneven(folder: Path) -> Path:
    return make_clip(folder / "uneven.mp4", *UNEVEN_OUT, video_filter=UNEVEN)


@pytest.fixture(scope="module")
def front(folder: Path) -> Path:
    """Return a longer clip whose index stands before its pictures."""
    return make_clip(
        folder / "front.mp4", "-g", "30", "-movflags", "+faststart", rate="60", frames=240
    )
