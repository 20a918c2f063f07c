"""A store that cannot be written to is read: on a write-protected card, or another's folder."""

import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from recordings import EXACT, record
from stored import exported, only, put
from synthetic import Runner
from test_record_full_disk import TESTS, may_mount, ran

from edge.messages.errors import RecordError
from edge.record.store import DATABASE, Store
from edge.settings.settings import Settings

SETTINGS = Settings(gait=EXACT)
WRITE_PROTECTED = "edge.record.sqlite_file.is_write_protected"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("recorded") / "data"
    put(data, record(Runner(), 4.0).poses, runner="r-1", settings=SETTINGS)
    return data


@pytest.fixture
def data(recorded: Path, tmp_path: Path) -> Path:
    shutil.copytree(recorded, tmp_path / "data")
    return tmp_path / "data"


def cut_off(data: Path) -> None:
    """Leave the write-ahead log beside the database, as a killed station does."""
    database = sqlite3.connect(data / DATABASE)
    database.execute("UPDATE sessions SET end_reason = 'said in the log'")
    database.commit()
    for name in (DATABASE, f"{DATABASE}-wal"):
        shutil.copyfile(data / name, data / f"{name}.kept")
    database.close()
    for name in (DATABASE, f"{DATABASE}-wal"):
        (data / f"{name}.kept").rename(data / name)
    (data / f"{DATABASE}-shm").unlink(missing_ok=True)


@pytest.mark.parametrize("left_by", ["an ended station", "a killed station"])
def test_every_command_reads_a_read_only_disk(data: Path, tmp_path: Path, left_by: str) -> None:
    if left_by == "a killed station":
        cut_off(data)
    if not may_mount(tmp_path):
        pytest.skip("no file system may be mounted here")
    out = tmp_path / "out"
    protect = f'mount --bind {data} {data} && mount -o remount,ro,bind {data} && exec "$@"'
    script = (sys.executable, TESTS / "record" / "read_only_store.py", data, out)
    said = ran("unshare", "--map-root-user", "--mount", "sh", "-c", protect, "sh", *script)
    assert "as before" in said
    assert f"nothing can be deleted: {data} is write-protected" in said
    assert (out / "report.html").stat().st_size > 1000


def test_a_file_without_a_log_is_read_where_it_lies(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WRITE_PROTECTED, lambda _path: True)
    before = sorted(path.name for path in data.iterdir())
    assert f"{DATABASE}-wal" not in before
    with Store(data, create=False) as store:
        assert store.file.read_only
        assert only(store).frames == 240
        store.audit.add("export", "command", "x")
        with pytest.raises(RecordError, match="readonly"):
            store.file.run("DELETE FROM sessions")
    assert sorted(path.name for path in data.iterdir()) == before
    assert exported(data, tmp_path / "out").is_dir()


def test_an_older_store_is_migrated_in_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = TESTS / "record" / "stores" / "2026-11"
    shutil.copytree(old, tmp_path / "data")
    monkeypatch.setattr(WRITE_PROTECTED, lambda _path: True)
    content = (tmp_path / "data" / DATABASE).read_bytes()
    with Store(tmp_path / "data", create=False) as store:
        assert store.file.read_only
        assert store.read(store.session("last")).strides()
        with pytest.raises(RecordError, match="readonly"):
            store.file.run("DELETE FROM sessions")
    assert (tmp_path / "data" / DATABASE).read_bytes() == content
