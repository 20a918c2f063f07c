"""A data folder that vanishes, a database that is damaged: said, and recording goes on."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from test_recorder import RUN, Rig, at

from edge.i18n.notices import english_notice
from edge.record.store import DATABASE, Store
from edge.sinks import recording_disk


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def strides_in(data: Path) -> list[tuple[str, float]]:
    with closing(sqlite3.connect(data / DATABASE)) as database:
        rows = database.execute("SELECT side, start_s FROM strides").fetchall()
    return [(side, start_s) for side, start_s in rows]


def decided(rig: Rig) -> list[Any]:
    return [(row["side"], row["start_s"]) for table, row in rig.decided if table == "strides"]


def remove(data: Path) -> None:
    shutil.rmtree(data)


def move(data: Path) -> None:
    data.rename(data.with_name("elsewhere"))


def replace_folder(data: Path) -> None:
    move(data)
    data.mkdir()


def replace_by_a_copy(data: Path) -> None:
    """As a backup that is put back, or an editor, does."""
    shutil.copyfile(data / DATABASE, data / "copy")
    (data / "copy").rename(data / DATABASE)


def remove_log(data: Path) -> None:
    (data / f"{DATABASE}-wal").unlink()


def remove_session(data: Path) -> None:
    shutil.rmtree(data / "sessions")


@pytest.mark.parametrize(
    "lose",
    [remove, move, replace_folder, replace_by_a_copy, remove_log, remove_session],
    ids=lambda lose: lose.__name__,
)
def test_recording_into_nothing_is_noticed_at_the_next_stride(
    data: Path, lose: Callable[[Path], None]
) -> None:
    rig = Rig(data)
    rig.recorder.begin("r-17")
    rig.give(RUN[:200])
    lose(data)
    rig.give(RUN[200:280])
    assert rig.recorder.storage_full
    said = english_notice(rig.recorder.notice)
    assert said.startswith(f"recording stopped: cannot record to {data}: ")
    assert said.count("\n") == 0
    assert not rig.told[-1].recording


def test_a_folder_that_is_gone_is_not_made_again(data: Path) -> None:
    rig = Rig(data)
    rig.give(RUN[:200])
    remove(data)
    rig.give(RUN[200:280])
    rig.give(at(RUN[:20], 20.0))
    assert not data.exists()
    assert english_notice(rig.recorder.notice).endswith("the folder is gone")
    rig.finish()


def test_a_folder_that_comes_back_goes_on_with_its_sessions(data: Path) -> None:
    rig = Rig(data)
    rig.recorder.begin("r-17")
    rig.give(RUN[:200])
    move(data)
    rig.give(RUN[200:280])
    assert rig.recorder.storage_full
    data.with_name("elsewhere").rename(data)
    rig.give(at(RUN[:300], 20.0))
    rig.finish()
    assert not rig.recorder.notice
    with Store(data, create=False) as store:
        second, first = store.sessions()
    assert (first.end_reason, second.head.runner) == ("interrupted", "r-17")
    assert second.strides > 5


def test_an_empty_folder_in_its_place_gets_a_new_store_and_it_is_said(data: Path) -> None:
    rig = Rig(data)
    rig.give(RUN[:200])
    replace_folder(data)
    rig.give(RUN[200:280])
    rig.give(at(RUN[:240], 20.0))
    rig.finish()
    assert english_notice(rig.recorder.notice) == (
        f"the sessions in {data} are gone: a new database was begun with 0 of them"
    )
    assert not rig.recorder.storage_full
    with Store(data, create=False) as store:
        assert [session.name for session in store.sessions()] == rig.recorder.recorded


def test_the_folder_under_an_unmounted_disk_gets_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.mkdir()
    mount = [data]
    monkeypatch.setattr(recording_disk, "mount_of", lambda _folder: mount[0])
    rig = Rig(data)
    rig.give(RUN[:200])
    replace_folder(data)
    mount[0] = Path("/")
    rig.give(RUN[200:280])
    rig.give(at(RUN[:20], 20.0))
    rig.finish()
    assert list(data.iterdir()) == []
    assert english_notice(rig.recorder.notice).endswith(f"{data} is no longer mounted")


# A damaged database.


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("recorded") / "data"
    rig = Rig(data)
    for number, runner in enumerate(("r-1", "r-2", "r-3")):
        rig.recorder.begin(runner)
        rig.give(at(RUN[:240], 10.0 * number))
    rig.finish()
    return data


def garbage(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def cut_in_half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def one_page(path: Path, table: str) -> None:
    """Overwrite the first page of a table, as a worn card may."""
    with closing(sqlite3.connect(path)) as database:
        sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        ((page,),) = database.execute(sql, (table,)).fetchall()
    with path.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xa5" * 4096)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [garbage, cut_in_half, emptied], ids=lambda d: d.__name__)
def test_a_damaged_database_is_moved_aside_and_a_new_one_begun(
    recorded: Path, data: Path, damage: Callable[[Path], None]
) -> None:
    shutil.copytree(recorded, data)
    damage(data / DATABASE)
    rig = Rig(data)
    said = english_notice(rig.recorder.notice)
    assert "a new" in said
    assert "3" in said
    rig.recorder.begin("r-4")
    rig.give(RUN[:60])
    rig.finish()
    assert not rig.recorder.failures
    with Store(data, create=False) as store:
        listed = store.sessions()
        # Even of a session without a row the poses are there, to be replayed or deleted.
        assert len(listed) == 4
        assert all(list(store.read(session).poses().seen()) for session in listed)
        for session in listed:
            store.delete(session)
    assert list((data / "sessions").iterdir()) == []
    aside = list(data.glob(f"{DATABASE}.damaged-*"))
    assert bool(aside) == (damage is not emptied)


def test_what_can_be_read_of_it_is_kept(recorded: Path, data: Path) -> None:
    shutil.copytree(recorded, data)
    before = strides_in(data)
    one_page(data / DATABASE, "events")
    rig = Rig(data)
    rig.recorder.begin("r-4")
    rig.give(at(RUN[:240], 100.0))
    rig.finish()
    assert "with 4 sessions" in english_notice(rig.recorder.notice)
    assert set(before) <= set(strides_in(data))
    with Store(data, create=False) as store:
        *_, first = store.sessions()
        assert first.head.runner == "r-1"
        assert store.read(first).verdicts()
        assert store.read(first).events() == []


def test_damage_while_it_is_recorded_to_costs_the_session_not_the_station(
    recorded: Path, data: Path
) -> None:
    shutil.copytree(recorded, data)
    rig = Rig(data)
    rig.recorder.begin("r-4")
    rig.give(RUN[:200])
    path = data / DATABASE
    with closing(sqlite3.connect(path)) as other:
        # Another program's write makes the recorder read its pages anew.
        other.execute("UPDATE sessions SET runner = 'other' WHERE runner = 'r-1'")
        other.commit()
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    rig.give(RUN[200:280])
    rig.give(at(RUN[:300], 9.0))
    rig.finish()
    assert [failure for failure in rig.recorder.failures if "malformed" in failure]
    assert "the database was damaged" in english_notice(rig.recorder.notice)
    with Store(data, create=False) as store:
        newest = store.session("last")
        assert newest.end_reason == "the station was stopped"
        assert newest.strides > 5
