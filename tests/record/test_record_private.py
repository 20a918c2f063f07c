"""The data folder is for its owner alone, whatever the umask, and whatever it was before."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stored import HEAD

from edge.cli import station
from edge.record.privacy import Privacy
from edge.record.private_folder import tighten
from edge.record.store import DATABASE, Store
from edge.serve.access.rights import Rights


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


def modes(data: Path) -> dict[str, str]:
    paths = [data, *data.rglob("*")]
    return {
        path.relative_to(data.parent).as_posix(): f"{stat.S_IMODE(path.lstat().st_mode):o}"
        for path in paths
    }


def wrong(data: Path) -> dict[str, str]:
    """Return what others may use."""
    return {name: mode for name, mode in modes(data).items() if not mode.endswith("00")}


@pytest.mark.usefixtures("open_umask")
def test_what_is_made_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "share" / "toeline"
    rights = Rights(data)
    rights.audit.add("viewed", "device 1")
    Privacy(data).switch(on=True)
    with Store(data) as store:
        session = store.begin(HEAD, datetime.now(UTC))
        store.audit.add("report", "device 1")
        found = modes(data.parent)
        assert wrong(data.parent) == {}
        assert found[f"share/toeline/sessions/{session.name}"] == "700"
        assert found[f"share/toeline/{DATABASE}-wal"] == "600"
    rights.close()


def test_what_was_open_is_closed_at_the_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    elsewhere = tmp_path / "elsewhere"
    folder = data / "sessions" / "2026-01-31T09-05-07Z"
    for made in (folder, data / "access" / "certificates", data / "handed_out" / "x", elsewhere):
        made.mkdir(parents=True)
    ours = [
        folder / "000001.poses",
        data / DATABASE,
        data / f"{DATABASE}-wal",
        data / "access" / "certificates" / "ca.pem",
        data / "handed_out" / "x" / "report.html",
    ]
    for path in (*ours, data / "notes.txt", elsewhere / "secret"):
        path.touch(0o644)
    (data / "sessions" / "link").symlink_to(elsewhere)
    for path in data.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    tighten(data)
    assert wrong(data) == {"data/notes.txt": "644", "data/sessions/link": "777"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in ours} == {0o600}
    # Neither what lies there besides, nor what a link leads to.
    assert wrong(elsewhere) == {"elsewhere": "755", "elsewhere/secret": "644"}
    tighten(tmp_path / "not there")


def test_a_folder_for_all_stays_one_and_ours_in_it_are_closed(tmp_path: Path) -> None:
    data = tmp_path / "tmp"
    data.mkdir()
    data.chmod(0o1777)
    (data / DATABASE).touch(0o644)
    tighten(data)
    assert wrong(data) == {"tmp": "1777"}


@pytest.mark.usefixtures("open_umask")
def test_a_station_writes_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOELINE_DATA", str(tmp_path / "data"))
    station._keep_private()
    (tmp_path / "whatever").touch()
    assert stat.S_IMODE((tmp_path / "whatever").stat().st_mode) == 0o600
