"""The session store: one SQLite file for what is small, one folder of segments a session."""

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite, nan
from pathlib import Path
from typing import Any, Final, Self

from edge.messages.errors import RecordError
from edge.messages.gait import GaitEvent
from edge.messages.reading import Belt, BeltInForce, BeltSource, Reading
from edge.messages.stride import KeyPose, StrideCurves, StrideMetrics
from edge.messages.verdict import Bands, Cue, Verdict
from edge.record.pose_log import PoseReader, segment_files
from edge.record.rows import (
    bands_of,
    belt_of,
    cue_of,
    curves_of,
    event_of,
    key_pose_of,
    reading_of,
    stride_of,
    verdict_of,
)
from edge.record.schema import migrate
from edge.record.session_log import session_directory, utc
from edge.record.video_files import VideoReader, video_files

DATABASE: Final = "toeline.sqlite3"
LOCK: Final = "recording"
OPERATOR, STATION = "operator", "station"
INTERRUPTED: Final = "interrupted"

_BUSY_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHead:
    """What is known of a session when it begins.

    Attributes
    ----------
    toeline, source, model, model_sha256
        The program's version, the source's name without a password, the pose model and its hash.
    config_sha256, config
        The hash of all settings, and the settings themselves.
    nominal_rate_hz
        As the source says; NaN if unknown.
    belt
        As entered.
    runner
        A pseudonym; empty if nobody told one.
    begun_by
        ``operator`` or ``station``.
    """

    toeline: str
    source: str
    model: str
    model_sha256: str
    config_sha256: str
    config: Mapping[str, Any]
    nominal_rate_hz: float = nan
    belt: Belt = field(default_factory=Belt)
    runner: str = ""
    begun_by: str = STATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment that somebody or something pointed at, such as ``pain_now``."""

    time_s: float
    marked_at: str
    kind: str
    note: str
    data: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """One row of the list of sessions, and where its poses lie.

    Times are those of the station's capture clock; ``origin_s`` is that of the session's first
    frame, NaN before it. ``ended_at`` is empty while the session goes on or if it was cut off and
    not yet tidied up.
    """

    id: int
    name: str
    begun_at: str
    ended_at: str
    end_reason: str
    head: SessionHead
    origin_s: float
    last_s: float
    first_frame: int
    last_frame: int
    frames: int
    strides: int
    valid_strides: int
    summary: Mapping[str, Any] | None
    folder: Path

    @property
    def duration_s(self) -> float:
        """Seconds from the first frame to the last; NaN before the first."""
        return self.last_s - self.origin_s


class Store:
    """Everything recorded under one data folder.

    Parameters
    ----------
    data
        The data folder.
    create
        Make it if it is not there; else that is an error.

    Raises
    ------
    RecordError
        From every method, with one sentence, when the disk or the file fails.

    Notes
    -----
    Not for use from several threads at once. Several programs may use one data folder.
    """

    def __init__(self, data: Path, *, create: bool = True) -> None:
        self.data = data
        self.path = data / DATABASE
        if not create and not self.path.exists():
            raise RecordError(f"nothing has been recorded in {data} yet")
        with self.guarded():
            data.mkdir(parents=True, exist_ok=True)
            self.database = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self.database.close()
                raise

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn what the disk or the database says into one sentence."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            raise RecordError(f"cannot record to {self.data}: {said or error}") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do all of a block or nothing; on the disk when it is left."""
        with self.guarded():
            self.database.execute("BEGIN IMMEDIATE")
            try:
                yield self.database
                self.database.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled back already.
                if self.database.in_transaction:
                    self.database.execute("ROLLBACK")
                raise

    def _prepare(self) -> None:
        self.database.row_factory = sqlite3.Row
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            # What is deleted is overwritten, not only forgotten.
            "secure_delete = ON",
        ):
            self.database.execute(f"PRAGMA {pragma}")
        migrate(self.database)

    # Sessions.

    def begin(self, head: SessionHead, now: datetime) -> StoredSession:
        """Begin a session: its row and its folder are there when this returns."""
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
        with self.transaction() as database:
            database.execute(
                f"INSERT INTO sessions ({names}) VALUES ({places})", tuple(columns.values())
            )
        return self.session(folder.name)

    def sessions(
        self,
        *,
        runner: str | None = None,
        name: str | None = None,
        most: int = -1,
        skip: int = 0,
    ) -> list[StoredSession]:
        """Return all sessions, one runner's, or the one of this very name, the newest first.

        Of many, ``most`` and no more after the first ``skip``; -1 is all.
        """
        rows = self._rows(
            "SELECT * FROM sessions WHERE (?1 IS NULL OR runner = ?1) AND (?2 IS NULL OR name = ?2)"
            " ORDER BY begun_at DESC, id DESC LIMIT ?3 OFFSET ?4",
            runner,
            name,
            most,
            skip,
        )
        return [self._stored(row) for row in rows]

    def session(self, name: str) -> StoredSession:
        """Return one session by its name, or by the beginning of its name if only one has it.

        Raises
        ------
        RecordError
            If there is none, or more than one.
        """
        if name == "last":
            rows = self._rows("SELECT * FROM sessions ORDER BY begun_at DESC, id DESC LIMIT 1")
        else:
            rows = self._rows("SELECT * FROM sessions WHERE name = ?", name) or self._rows(
                "SELECT * FROM sessions WHERE substr(name, 1, ?) = ?", len(name), name
            )
        if len(rows) > 1:
            raise RecordError(f"{len(rows)} sessions begin with {name}; give more of the name")
        if not rows:
            raise RecordError(f"there is no session {name}; `toeline sessions list` shows all")
        return self._stored(rows[0])

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

    # What a session holds.

    def strides(self, session: StoredSession) -> list[StrideMetrics]:
        """Return the strides of a session in the order in which they were closed."""
        return [stride_of(row) for row in self._of("strides", session)]

    def events(self, session: StoredSession) -> list[GaitEvent]:
        """Return the confirmed events of a session in the order in which they were settled."""
        return [event_of(row) for row in self._of("events", session)]

    def verdicts(self, session: StoredSession) -> list[Verdict]:
        """Return the verdicts of a session as they were given, changed or not."""
        return [verdict_of(row) for row in self._of("verdicts", session)]

    def bands(self, session: StoredSession) -> list[Bands]:
        """Return the limits that verdicts were judged by, as they changed; none of an old store."""
        return [bands_of(row) for row in self._of("bands", session)]

    def cues(self, session: StoredSession) -> list[Cue]:
        """Return the cues of a session."""
        return [cue_of(row) for row in self._of("cues", session)]

    def key_poses(self, session: StoredSession) -> list[KeyPose]:
        """Return the poses at peak knee bend and toe-off of the near leg."""
        return [key_pose_of(row) for row in self._of("key_poses", session)]

    def curves(self, session: StoredSession) -> list[StrideCurves]:
        """Return the joint angles over each valid stride of the near leg."""
        return [curves_of(row) for row in self._of("curves", session)]

    def marks(self, session: StoredSession) -> list[Mark]:
        """Return the marked moments of a session."""
        return [
            Mark(
                time_s=_number(row["time_s"]),
                marked_at=row["marked_at"],
                kind=row["kind"],
                note=row["note"],
                data=None if row["data"] is None else json.loads(row["data"]),
            )
            for row in self._of("marks", session)
        ]

    def readings(self, session: StoredSession) -> list[Reading]:
        """Return what sensors read, in the order in which it came."""
        return [reading_of(row) for row in self._of("readings", session)]

    def belt(self, session: StoredSession) -> list[BeltInForce]:
        """Return belt speed and incline in force, one for each change.

        A session recorded before these were kept has one for all of it: what its row names.
        """
        belts = [belt_of(row) for row in self._of("belt", session)]
        return belts or [_entered_belt(session)]

    def poses(self, session: StoredSession) -> PoseReader:
        """Return what reads the poses of a session."""
        return PoseReader(session.folder)

    def video(self, session: StoredSession) -> VideoReader:
        """Return what reads the pictures of a session, of which there are mostly none."""
        return VideoReader(session.folder)

    def stored_bytes(self, session: StoredSession) -> int:
        """Return how much room a session's poses take."""
        with self.guarded():
            return sum(path.stat().st_size for path in segment_files(session.folder))

    def _of(self, table: str, session: StoredSession) -> list[dict[str, Any]]:
        sql = f"SELECT * FROM {table} WHERE session = ? ORDER BY number"
        return [dict(row) for row in self._rows(sql, session.id)]

    def _rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self.guarded():
            return self.database.execute(sql, values).fetchall()

    # Tidying up.

    def settle(self, now: datetime) -> list[str]:
        """End the sessions that a killed program or a pulled plug left open; return their names."""
        settled = []
        for session in self.sessions():
            if session.ended_at or self.being_recorded(session):
                continue
            with self.transaction() as database:
                database.execute(
                    "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ?",
                    (utc(now), INTERRUPTED, session.id),
                )
            settled.append(session.name)
        return settled

    def being_recorded(self, session: StoredSession) -> bool:
        """Whether a running program is writing this session."""
        try:
            with (session.folder / LOCK).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def delete(self, session: StoredSession) -> None:
        """Delete a session for good: its rows are overwritten, its files removed.

        Raises
        ------
        RecordError
            If it is being recorded.
        """
        if self.being_recorded(session):
            raise RecordError(f"session {session.name} is being recorded; end it first")
        with self.guarded():
            # The files first: what is cut off here is still listed, and can be deleted again.
            if session.folder.exists():
                for path in (*video_files(session.folder), *segment_files(session.folder)):
                    _overwrite(path)
                shutil.rmtree(session.folder)
        with self.transaction() as database:
            database.execute("DELETE FROM sessions WHERE id = ?", (session.id,))
        with self.guarded():
            # Else the rows would stay readable in the write-ahead log.
            self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def compact(self) -> None:
        """Give the room of deleted sessions back to the disk."""
        with self.guarded():
            self.database.execute("VACUUM")
            self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # Who did what.

    def audit(self, now: datetime, actor: str, action: str, detail: str = "") -> None:
        """Note that somebody did something; never changed or deleted."""
        # To the millisecond: it is read together with the audit of the pairings.
        at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self.transaction() as database:
            database.execute(
                "INSERT INTO audit (done_at, actor, action, detail) VALUES (?, ?, ?, ?)",
                (at, actor, action, detail),
            )

    def audited(self, most: int = -1) -> list[tuple[str, str, str, str]]:
        """Return when, who, what and to what of the last lines, in order; -1 is all."""
        rows = self._rows(
            "SELECT done_at, actor, action, detail FROM audit ORDER BY id DESC LIMIT ?", most
        )
        return [tuple(row) for row in reversed(rows)]


def _entered_belt(session: StoredSession) -> BeltInForce:
    belt = session.head.belt
    known = belt.speed_mps > 0
    return BeltInForce(
        time_s=session.origin_s,
        speed_mps=belt.speed_mps if known else nan,
        source=BeltSource.ENTERED if known else BeltSource.NONE,
        incline_pct=belt.incline_pct,
        incline_source=BeltSource.ENTERED if belt.incline_pct else BeltSource.NONE,
        entered_mps=belt.speed_mps if known else nan,
    )


def _overwrite(path: Path) -> None:
    """Overwrite a file once; on flash storage old blocks may outlive this."""
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            block = bytes(min(left, 1 << 20))
            file.write(block)
            left -= len(block)
        file.flush()
        os.fsync(file.fileno())


def _number(value: float | None) -> float:
    return nan if value is None else value
