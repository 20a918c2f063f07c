"""The session store: one SQLite file for small data, and one folder of segments per session."""

import json
import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from math import isfinite, nan
from pathlib import Path
from typing import Any, Final, Self

from edge.messages.errors import RecordError
from edge.messages.reading import Belt
from edge.record import schema
from edge.record.audit import Audit
from edge.record.erasure import erase_folder
from edge.record.leftovers import sweep
from edge.record.recording_lock import being_recorded
from edge.record.rows import clock_of
from edge.record.session_age import Recorded
from edge.record.session_log import session_directory, utc
from edge.record.session_reader import SessionReader
from edge.record.sqlite_file import SqliteFile
from edge.record.station_clock import ClockReading
from edge.record.stored_session import INTERRUPTED, STATION, SessionHead, StoredSession

DATABASE: Final = "toeline.sqlite3"
# How long a session's beginning waits for another program's lock, such as a backup's.
_BEGIN_S: Final = 30.0
_CHECKPOINT: Final = "PRAGMA wal_checkpoint(TRUNCATE)"
# Lies in the data folder while deleted rows may still be in the write-ahead log.
_TO_OVERWRITE: Final = "to_overwrite"
# How long a deletion waits for programs that are just reading.
_READERS_S: Final = 2.0


def has_store(data: Path) -> bool:
    """Return whether anything was recorded in a data folder; an emptied file holds nothing.

    Raises
    ------
    RecordError
        If the disk does not say.
    """
    try:
        return (data / DATABASE).stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise RecordError(f"cannot read {data}: {error.strerror}") from error


class Store:
    """Everything recorded under one data folder.

    Parameters
    ----------
    data
        The data folder.
    create
        Create it if missing, to record in it; otherwise a missing store is an error, and one that
        cannot be written to is opened for reading.
    clock
        Wall-clock seconds since 1970, for the audit.

    Attributes
    ----------
    file
        The database.
    audit
        Who viewed, exported and deleted.

    Raises
    ------
    RecordError
        From every method, with one sentence, if the disk or the file fails.

    Notes
    -----
    Several programs may use one data folder.
    """

    def __init__(
        self, data: Path, *, create: bool = True, clock: Callable[[], float] = time.time
    ) -> None:
        self.data = data
        if not create and not has_store(data):
            raise RecordError(f"nothing has been recorded in {data} yet")
        self.file = SqliteFile(data / DATABASE, schema.MIGRATIONS, self.fails, readable=not create)
        self.audit = Audit(self.file, clock)
        self.overwrite_deleted()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def begin(self, head: SessionHead, now: datetime) -> StoredSession:
        """Begin a session: its row and its folder exist when this returns."""
        folder = session_directory(self.data, now)
        columns: dict[str, Any] = {
            "name": folder.name,
            "begun_at": utc(now),
            "begun_by": head.begun_by,
            "runner": head.runner or None,
            "belt_speed_mps": head.belt.speed_mps or None,
            "incline_pct": head.belt.incline_pct,
            "toeline": head.toeline,
            "source": head.source.encode("utf-8", "replace").decode(),
            "model": head.model,
            "model_sha256": head.model_sha256,
            "config_sha256": head.config_sha256,
            "config": json.dumps(head.config, sort_keys=True),
            "nominal_rate_hz": head.nominal_rate_hz if isfinite(head.nominal_rate_hz) else None,
        }
        names, places = ", ".join(columns), ", ".join("?" * len(columns))
        with self.file.waiting(_BEGIN_S), self.file.transaction() as database:
            database.execute(
                f"INSERT INTO sessions ({names}) VALUES ({places})", tuple(columns.values())
            )
            begun = self.audit.put(database, "session begun", head.begun_by, folder.name)
        self.audit.keep(begun)
        return self.session(folder.name)

    def sessions(
        self,
        *,
        runner: str | None = None,
        name: str | None = None,
        most: int = -1,
        skip: int = 0,
    ) -> list[StoredSession]:
        """Return sessions, newest first: all, one runner's, or the one with exactly this name.

        The order is that of recording, whatever the clock showed.
        Skips the first ``skip`` and returns at most ``most``; -1 means all.
        """
        rows = self.file.rows(
            "SELECT * FROM sessions WHERE (?1 IS NULL OR runner = ?1) AND (?2 IS NULL OR name = ?2)"
            " ORDER BY id DESC LIMIT ?3 OFFSET ?4",
            runner,
            name,
            most,
            skip,
        )
        return [self._stored(row) for row in rows]

    def session(self, name: str) -> StoredSession:
        """Return one session by its name or by a unique prefix of it.

        Raises
        ------
        RecordError
            If there is none, or more than one.
        """
        if name == "last":
            rows = self.file.rows("SELECT * FROM sessions ORDER BY id DESC LIMIT 1")
        else:
            rows = self.file.rows("SELECT * FROM sessions WHERE name = ?", name) or self.file.rows(
                "SELECT * FROM sessions WHERE substr(name, 1, ?) = ?", len(name), name
            )
        if len(rows) > 1:
            raise RecordError(f"{len(rows)} sessions begin with {name}; give more of the name")
        if not rows:
            raise RecordError(f"there is no session {name}; `toeline sessions list` shows all")
        return self._stored(rows[0])

    def recorded(self) -> list[tuple[StoredSession, Recorded]]:
        """Return the sessions in the order of recording, with what is known of their times."""
        readings: dict[int, list[ClockReading]] = {}
        for row in self.file.rows("SELECT * FROM clocks ORDER BY session, number"):
            readings.setdefault(row["session"], []).append(clock_of(dict(row)))
        return [
            (each, Recorded(begun_at=each.begun_at, readings=tuple(readings.get(each.id, ()))))
            for each in reversed(self.sessions())
        ]

    def read(self, session: StoredSession) -> SessionReader:
        """Return a reader of a session."""
        return SessionReader(self.file, session)

    def settle(self, now: datetime) -> list[str]:
        """End sessions left open by a killed program or power cut; return their names."""
        settled = []
        for session in self.sessions():
            if session.ended_at or being_recorded(session.folder):
                continue
            with self.file.transaction() as database:
                database.execute(
                    "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ?",
                    (utc(now), INTERRUPTED, session.id),
                )
                said = f"{session.name}, {INTERRUPTED}"
                head = self.audit.put(database, "session ended", STATION, said)
            self.audit.keep(head)
            settled.append(session.name)
        return settled

    def delete(self, session: StoredSession) -> bool:
        """Delete a session permanently: its rows are overwritten, its files removed.

        Returns
        -------
        False if another program is just reading the store: then deleted rows stay in the log, until
        ``overwrite_deleted`` succeeds.

        Raises
        ------
        RecordError
            If it is being recorded.
        """
        if being_recorded(session.folder):
            raise RecordError(f"session {session.name} is being recorded; end it first")
        with self.file.guarded():
            # The files first: if interrupted, the session is still listed and can be deleted again.
            erase_folder(session.folder)
            # Otherwise the rows could stay readable in the write-ahead log.
            (self.data / _TO_OVERWRITE).touch()
        with self.file.transaction() as database:
            database.execute("DELETE FROM sessions WHERE id = ?", (session.id,))
            # What was asked at the start of a visit goes with its last session.
            database.execute(
                "DELETE FROM visits WHERE id NOT IN "
                "(SELECT visit FROM sessions WHERE visit IS NOT NULL)"
            )
        sweep(self.data)
        return self.overwrite_deleted(_READERS_S)

    def overwrite_deleted(self, wait_s: float = 0.0) -> bool:
        """Overwrite rows deleted by any program; return False if another one is reading them."""
        mark = self.data / _TO_OVERWRITE
        with self.file.guarded():
            if self.file.read_only or not mark.exists():
                return True
            with self.file.waiting(wait_s):
                ((busy, *_),) = self.file.rows(_CHECKPOINT)
            if not busy:
                mark.unlink(missing_ok=True)
            return not busy

    def compact(self) -> None:
        """Free the disk space of deleted sessions."""
        with self.file.guarded():
            (self.data / _TO_OVERWRITE).touch()
        self.file.run("VACUUM")
        self.overwrite_deleted(_READERS_S)

    def fails(self, said: str) -> RecordError:
        """Return the error of this store for what the disk or SQLite said."""
        return RecordError(f"cannot record to {self.data}: {said}")

    def _stored(self, row: sqlite3.Row) -> StoredSession:
        return StoredSession(
            id=row["id"],
            name=row["name"],
            begun_at=row["begun_at"],
            ended_at=row["ended_at"] or "",
            end_reason=row["end_reason"] or "",
            head=SessionHead(
                toeline=row["toeline"],
                source=row["source"],
                model=row["model"],
                model_sha256=row["model_sha256"],
                config_sha256=row["config_sha256"],
                config=json.loads(row["config"]),
                nominal_rate_hz=_number(row["nominal_rate_hz"]),
                belt=Belt(
                    speed_mps=row["belt_speed_mps"] or 0.0, incline_pct=row["incline_pct"] or 0.0
                ),
                runner=row["runner"] or "",
                begun_by=row["begun_by"],
            ),
            origin_s=_number(row["origin_s"]),
            last_s=_number(row["last_s"]),
            first_frame=row["first_frame"] or 0,
            last_frame=row["last_frame"] or 0,
            frames=row["frames"],
            strides=row["strides"],
            valid_strides=row["valid_strides"],
            summary=None if row["summary"] is None else json.loads(row["summary"]),
            folder=self.data / "sessions" / row["name"],
        )


def _number(value: float | None) -> float:
    return nan if value is None else value
