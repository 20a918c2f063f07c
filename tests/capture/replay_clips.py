"""Clips that several files of this folder play."""

from pathlib import Path

import pytest
from capture_media import UNEVEN, UNEVEN_OUT, make_clip


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
