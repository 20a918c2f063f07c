"""Salvage of a damaged database: what can be read of it is copied to a new one."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from edge.messages.errors import RecordError
from edge.record.pose_log import PoseReader, segment_files
from edge.record.recording_lock import being_recorded
from edge.record.session_log import utc
from edge.record.sqlite_file import opened_raw
from edge.record.store import Store
from edge.record.stored_session import INTERRUPTED, STATION

_log = logging.getLogger(__name__)

_NAME_FORMAT: Final = "%Y-%m-%dT%H-%M-%SZ"


def salvage(store: Store, aside: Path, now: datetime) -> int:
    """Copy every readable row of a damaged database; return the number of sessions there are now.

    A session of which only the poses are left gets a row, so that it is listed, replayed and
    deleted like the others.
    """
    try:
        with closing(opened_raw(aside)) as old:
            _copy_tables(store, old)
    except sqlite3.Error as error:
        _log.info("nothing can be read in %s: %s", aside, error)
    enter_orphans(store, lambda: now)
    return len(store.sessions())


def enter_orphans(store: Store, now: Callable[[], datetime]) -> int:
    """Enter the sessions of which there is only a folder; return how many."""
    known = {session.name for session in store.sessions()}
    folder = store.data / "sessions"
    orphans = [
        path
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if path.name not in known and path.is_dir() and not being_recorded(path)
    ]
    for path in orphans:
        _enter(store, path, now())
    return len(orphans)


def _copy_tables(store: Store, old: sqlite3.Connection) -> None:
    tables = [row[0] for row in store.file.rows("SELECT name FROM pragma_table_list")]
    kept = [name for name in tables if not name.startswith("sqlite_")]
    # Rows of other tables refer to their session, and a session to its visit.
    kept.sort(key=lambda name: (name != "visits", name != "sessions"))
    with store.file.transaction() as new:
        for table in kept:
            columns = _common_columns(old, new, table)
            if columns:
                _copy_rows(old, new, table, columns)


def _common_columns(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> list[str]:
    def columns(database: sqlite3.Connection) -> list[str]:
        return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]

    try:
        there = set(columns(old))
    except sqlite3.Error:
        return []
    return [name for name in columns(new) if name in there]


def _copy_rows(
    old: sqlite3.Connection, new: sqlite3.Connection, table: str, columns: list[str]
) -> None:
    places = ", ".join("?" * len(columns))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({places})"
    for row in _readable_rows(old, table, columns):
        if table == "sessions":
            row |= {
                "config": _json(row.get("config")) or "{}",
                "summary": _json(row.get("summary")),
            }
        # A row may be damaged itself, or be of a session that is lost.
        with suppress(sqlite3.Error):
            new.execute(insert, [row[name] for name in columns])


def _readable_rows(
    old: sqlite3.Connection, table: str, columns: list[str]
) -> Iterator[dict[str, Any]]:
    """Yield the rows before the first damaged page, and those behind the last one."""
    key = "session, number" if {"session", "number"} <= set(columns) else "id"
    for way in ("ASC", "DESC"):
        order = ", ".join(f"{name} {way}" for name in key.split(", "))
        try:
            yield from map(
                dict, old.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}")
            )
        except sqlite3.Error as error:
            _log.info("%s can be read in part only: %s", table, error)
            continue
        return


def _json(text: Any) -> str | None:
    try:
        json.loads(text)
    except (TypeError, ValueError):
        return None
    return str(text)


def _enter(store: Store, folder: Path, now: datetime) -> None:
    row: dict[str, Any] = {
        "name": folder.name,
        "begun_at": _begun_at(folder.name, now),
        "ended_at": utc(now),
        "end_reason": INTERRUPTED,
        "begun_by": STATION,
        "config": "{}",
        **dict.fromkeys(("toeline", "source", "model", "model_sha256", "config_sha256"), ""),
        **_span(folder),
    }
    store.file.run(
        f"INSERT INTO sessions ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
        *row.values(),
    )


def _begun_at(name: str, now: datetime) -> str:
    try:
        return utc(datetime.strptime(name[:20], _NAME_FORMAT).replace(tzinfo=UTC))
    except ValueError:
        return utc(now)


def _span(folder: Path) -> dict[str, float]:
    """Return the columns that say where a session's poses begin and end."""
    files = segment_files(folder)
    try:
        ends = [seen.pose for seen, _ in PoseReader(folder, files[:1]).seen()][:1]
        ends += [seen.pose for seen, _ in PoseReader(folder, files[-1:]).seen()][-1:]
    except RecordError:
        return {}
    if not ends:
        return {}
    first, last = ends[0], ends[-1]
    return {
        "origin_s": first.time_s,
        "last_s": last.time_s,
        "first_frame": first.frame_index,
        "last_frame": last.frame_index,
        "frames": last.frame_index - first.frame_index + 1,
    }
