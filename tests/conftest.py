"""Shared by all tests: where the data are, the models, and no skipping in CI."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from edge import resources
from edge.weights import store

REPOSITORY = Path(__file__).parent.parent

# A machine that is busy with something else must not fail a test.
settings.register_profile("toeline", deadline=None)
settings.load_profile("toeline")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder of shared reference data."""
    folder = Path(os.environ.get("TOELINE_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data" / "clips").is_dir():
        pytest.fail(f"no reference data in {folder}; set TOELINE_SHARED")
    return folder


@pytest.fixture(scope="session")
def clips_dir(shared_dir: Path) -> Path:
    """Return the folder of clips with ground truth."""
    return shared_dir / "data" / "clips"


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Return the folder of real models, pulled once if they are not there."""
    folder = resources.models_dir()
    store.pull(folder, ("full",))
    return folder


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
