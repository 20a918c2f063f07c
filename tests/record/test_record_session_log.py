"""Each live session gets a separate directory."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from edge.messages.errors import RecordError
from edge.record.result_folder import ResultFolder
from edge.record.session_log import session_directory

START = datetime(2026, 1, 31, 9, 5, 7, 999_999, tzinfo=UTC)


def test_the_name_is_the_start_in_utc(tmp_path: Path) -> None:
    directory = session_directory(tmp_path / "new", START)
    assert directory == tmp_path / "new" / "sessions" / "2026-01-31T09-05-07Z"
    assert directory.is_dir()


def test_another_time_zone_is_turned_into_utc(tmp_path: Path) -> None:
    there = START.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert session_directory(tmp_path, there).name == "2026-01-31T09-05-07Z"


def test_no_existing_session_is_overwritten(tmp_path: Path) -> None:
    names = []
    for count in range(3):
        directory = session_directory(tmp_path, START)
        names.append(directory.name)
        with ResultFolder(directory) as folder:
            folder.close({"count": count})
    stamp = "2026-01-31T09-05-07Z"
    assert names == [stamp, f"{stamp}-2", f"{stamp}-3"]
    assert '"count": 0' in (tmp_path / "sessions" / stamp / "session.json").read_text()


def test_a_start_without_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        session_directory(tmp_path, START.replace(tzinfo=None))


def test_a_place_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("in the way")
    with pytest.raises(RecordError, match=r"^cannot record to .*sessions: File exists$"):
        session_directory(tmp_path, START)
