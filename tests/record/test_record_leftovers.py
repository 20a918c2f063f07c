"""What was deleted is gone: from the write-ahead log, and from what a killed job left behind."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from stored import only, put, raw_pose

from edge.record.leftovers import HANDED_OUT, Place
from edge.record.store import DATABASE, Store

RUNNER = "pseudonym-to-be-forgotten"
POSES = [raw_pose(index) for index in range(12)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    put(tmp_path, POSES, runner=RUNNER)
    return tmp_path


def holds(data: Path) -> list[str]:
    """Return the names of the files that hold the pseudonym."""
    files = (path for path in data.rglob("*") if path.is_file())
    return [path.name for path in files if RUNNER.encode() in path.read_bytes()]


def reader(data: Path) -> sqlite3.Connection:
    """Return a program in the middle of reading."""
    connection = sqlite3.connect(data / DATABASE, isolation_level=None)
    connection.execute("BEGIN")
    assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)
    return connection


def test_a_deleted_session_leaves_no_byte(data: Path) -> None:
    assert holds(data) != []
    with Store(data) as store:
        assert store.delete(only(store))
        assert holds(data) == []


@pytest.mark.parametrize("by", ["the next opening", "the station", "the same program"])
def test_rows_that_a_reader_keeps_are_overwritten_once_it_has_ended(
    data: Path, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.record.store._READERS_S", 0.01)
    with Store(data) as store:
        with closing(reader(data)):
            assert not store.delete(only(store))
            assert store.sessions() == []
            assert holds(data) != []
            assert not store.overwrite_deleted()
        if by == "the same program":
            assert store.overwrite_deleted()
        elif by == "the next opening":
            Store(data, create=False).close()
        else:
            put(data, POSES, runner="another")
        assert holds(data) == []
    assert not (data / "to_overwrite").exists()


_KILLED = """
import os, signal, sys
from pathlib import Path
from edge.record.leftovers import Place
place = Place(Path(sys.argv[1]))
(place.path / "export.csv").write_text(sys.argv[2])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_export_of_a_killed_program_goes_with_a_deletion(data: Path) -> None:
    made = data / HANDED_OUT
    made.mkdir()
    subprocess.run([sys.executable, "-c", _KILLED, made, RUNNER], timeout=60)
    sending = Place(made)
    (sending.path / "export.csv").write_text("being sent")
    assert "export.csv" in holds(data)
    with Store(data) as store:
        store.delete(only(store))
    assert holds(data) == []
    assert list(made.rglob("*.csv")) == [sending.path / "export.csv"]
    sending.remove()
    sending.remove()
    assert list(made.iterdir()) == []
