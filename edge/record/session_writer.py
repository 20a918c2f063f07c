"""Writer of one session to the store, frame by frame."""

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from math import isfinite, nan
from typing import Any, Final

from edge.messages.errors import RecordError
from edge.messages.exercise import ExerciseUpdate
from edge.messages.frame import Frame
from edge.messages.gait import Activity, GaitState
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.seen import Seen
from edge.messages.stride import StrideMetrics
from edge.messages.visit import Pain
from edge.record.audit_head import Head
from edge.record.pose_log import PoseLog
from edge.record.recording_lock import LOCK, locked
from edge.record.rows import Row, clock_row, insertion, row_of
from edge.record.session_log import utc
from edge.record.sqlite_file import is_locked
from edge.record.station_clock import read_clock
from edge.record.store import Store
from edge.record.stored_session import OPERATOR, SessionHead, StoredSession
from edge.record.summary import SessionFacts, SessionSummary
from edge.record.video_log import VideoLog
from edge.record.visit_rows import pain_row
from edge.record.visits import VisitRecord, write_visit

# Longest time before a verdict or event is committed if no stride follows.
_COMMIT_S: Final = 1.0
# How long a frame waits for another program's lock on the database before its rows are kept for
# later, and how long a mark or the end of a session does.
_LOCKED_FRAME_S: Final = 0.25
_LOCKED_MARK_S: Final = 2.0
_LOCKED_END_S: Final = 30.0
# Rows that may wait for such a lock to end: those of a quarter of an hour's run, some 20 MB.
_MOST_WAITING: Final = 20_000
# Time after the last frame at which all poses are settled.
_SETTLES_S: Final = 0.5


class SessionWriter:
    """Write one session.

    Parameters
    ----------
    store
        The store to write to.
    head
        The facts known at the start.
    now
        The start of the session.

    Raises
    ------
    RecordError
        From every method, if the disk fails; after that nothing more may be written.

    Attributes
    ----------
    waits
        Whether rows wait in memory because another program locks the database.
    """

    def __init__(
        self,
        store: Store,
        head: SessionHead,
        now: datetime,
    ) -> None:
        self._store = store
        self.session: StoredSession = store.begin(head, now)
        self.name = self.session.name
        with store.file.guarded():
            self._lock = locked(self.session.folder)
        self._poses = PoseLog(self.session.folder)
        self._video = VideoLog(self.session.folder)
        self._summary = SessionSummary(facts_of(head))
        self._rows: list[tuple[str, Row]] = [("clocks", clock_row(read_clock()))]
        self._numbers: dict[str, int] = {}
        # Changes of the session's own row.
        self._changes: Row = {}
        # The visit as it is to be written, if it has changed.
        self._visit: VisitRecord | None = None
        self.waits = False
        self._committed_s = nan
        self.origin_s = self.last_s = nan
        self._first_frame = self._last_frame = 0
        self._frames = self.strides = self._valid = 0
        self._last_found_s = nan
        self.moved = self.marked = False
        self.over = False

    @property
    def elapsed_s(self) -> float:
        """Seconds since the session's first frame; NaN before it."""
        return self.last_s - self.origin_s

    @property
    def kept(self) -> bool:
        """Whether it will be kept: an operator began it, or something happened in it."""
        by_operator = self.session.head.begun_by == OPERATOR
        return bool(by_operator or self.moved or self.marked or self.strides)

    @property
    def empty_s(self) -> float:
        """Seconds since a person was last in view, or since the first frame; NaN before it."""
        return self.last_s - self._last_found_s

    def frame(
        self, seen: Seen, state: GaitState, messages: list[Message], latency_ms: float
    ) -> None:
        """Write one frame and its messages."""
        pose = seen.pose
        if not self._frames:
            self.origin_s = self._last_found_s = self._committed_s = pose.time_s
            self._first_frame = pose.frame_index
        self._frames += 1
        self.last_s, self._last_frame = pose.time_s, pose.frame_index
        if pose.found:
            self._last_found_s = pose.time_s
        self.moved |= state.activity in (Activity.WALKING, Activity.RUNNING)
        self._summary.capture_to_pose(latency_ms)
        with self._store.file.guarded():
            self._poses.seen(seen, state)
        for message in messages:
            self._take(message)
        closed = any(isinstance(message, StrideMetrics) for message in messages)
        due = not 0 <= pose.time_s - self._committed_s < _COMMIT_S
        if due or (closed and not self.waits):
            self._commit(_LOCKED_FRAME_S)

    def picture(self, frame: Frame) -> None:
        """Write a frame's picture too; if that fails, the rest may still be written."""
        try:
            with self._store.file.guarded():
                self._video.picture(frame)
        except RecordError:
            self._video.abandon()
            raise

    def end_pictures(self) -> None:
        """Stop writing pictures for now; raises like ``picture``, and the rest may be written."""
        with self._store.file.guarded():
            self._video.close()

    def settled(self, messages: list[Message]) -> bool:
        """Write poses settled by later frames; return whether all are settled."""
        late = nan
        for message in messages:
            if isinstance(message, Pose):
                self._take(message)
            elif isinstance(message, GaitState):
                late = message.time_s - self.last_s
        return late > _SETTLES_S

    def results(self, messages: list[Message]) -> None:
        """Take in the results of exercises at the end of all frames."""
        for message in messages:
            if isinstance(message, ExerciseUpdate):
                self._take(message)

    def mark(
        self,
        now: datetime,
        kind: str,
        note: str,
        data: Mapping[str, Any] | None = None,
        *,
        keep: bool = True,
    ) -> None:
        """Mark the last frame; with ``keep`` the session is kept.

        On disk when this returns, unless another program locks the database.
        """
        self.marked |= keep
        row: Row = {
            "time_s": self.last_s if isfinite(self.last_s) else None,
            "marked_at": utc(now),
            "kind": kind,
            "note": note,
            "data": None if data is None else json.dumps(data, allow_nan=False),
        }
        self._rows.append(("marks", row))
        self._commit(_LOCKED_MARK_S)

    def visit(self, record: VisitRecord, pains: Iterable[Pain] = ()) -> None:
        """Write the visit that the session belongs to, and pain told at the last frame.

        On disk when this returns, unless another program locks the database.
        """
        self.marked = True
        self._visit = record
        told = (replace(pain, time_s=self.last_s) for pain in pains)
        self._rows += [("pain", pain_row(pain)) for pain in told]
        self._commit(_LOCKED_MARK_S)

    def belt(self, speed_mps: float, incline_pct: float) -> None:
        """Enter what the treadmill shows from now on; the session's row holds the last values."""
        self._changes |= {"belt_speed_mps": speed_mps or None, "incline_pct": incline_pct}
        self._commit(_LOCKED_FRAME_S)

    def close(self, now: datetime, reason: str, *, wait: bool = True) -> None:
        """End the session; a second call does nothing.

        If another program locks the database, nothing is lost, and it may be called again. With
        ``wait``, it waits for the lock to end first.
        """
        if self.over:
            return
        try:
            with suppress(RecordError):
                # A failure of the last pictures must not affect anything else.
                self.end_pictures()
            with self._store.file.guarded():
                self._poses.close()
            summary = json.dumps(self.summary(), allow_nan=False, ensure_ascii=False)
            if "ended_at" not in self._changes:
                self._rows.append(("clocks", clock_row(read_clock())))
                self._changes |= {"ended_at": utc(now), "end_reason": reason, "summary": summary}
            self._write(_LOCKED_END_S if wait else _LOCKED_FRAME_S)
        except RecordError as error:
            if not is_locked(error):
                self.abandon()
            raise
        except BaseException:
            self.abandon()
            raise
        self.abandon()

    def abandon(self) -> None:
        """Let go of the session; what was synced stays."""
        self.over = True
        self._let_go()

    def discard(self) -> None:
        """Delete the session."""
        self.abandon()
        self._store.delete(self.session)

    def summary(self) -> dict[str, Any]:
        """Return the current content of ``session.json``."""
        captured = self._last_frame - self._first_frame + 1 if self._frames else 0
        return self._summary.result(captured=captured, dropped=max(0, captured - self._frames))

    def _take(self, message: Message) -> None:
        if isinstance(message, Pose):
            # A pose from before the session may be settled after its start.
            if not message.time_s >= self.origin_s or message.time_s > self.last_s:
                return
            with self._store.file.guarded():
                self._poses.settled(message)
        self._summary.update(message)
        if isinstance(message, StrideMetrics):
            self.strides += 1
            self._valid += message.valid
        row = row_of(message)
        if row is not None:
            self._rows.append(row)

    def _commit(self, wait_s: float) -> None:
        """Write the rows; if another program locks the database, keep them for the next time."""
        self._committed_s = self.last_s
        try:
            self._write(wait_s)
        except RecordError as error:
            if not is_locked(error):
                raise
            self.waits = True
            if len(self._rows) > _MOST_WAITING:
                raise self._store.fails(
                    f"another program locks the database; {len(self._rows)} rows of session "
                    f"{self.name} were dropped"
                ) from error

    def _write(self, wait_s: float) -> None:
        self._require_folder()
        numbers = dict(self._numbers)
        try:
            with self._store.file.waiting(wait_s), self._store.file.transaction() as database:
                for table, row in self._rows:
                    self._insert(database, table, row)
                self._update(database)
                if self._visit is not None:
                    write_visit(database, self._visit)
                end = self._audit_end(database)
        except RecordError:
            self._numbers = numbers
            raise
        if end is not None:
            self._store.audit.keep(end)
        self._rows.clear()
        self._visit = None
        self._changes.clear()
        self.waits = False

    def _audit_end(self, database: sqlite3.Connection) -> Head | None:
        """Write the end of the session to the audit, if this is it."""
        reason = self._changes.get("end_reason")
        if not isinstance(reason, str):
            return None
        who = self.session.head.begun_by
        return self._store.audit.put(database, "session ended", who, f"{self.name}, {reason}")

    def _update(self, database: sqlite3.Connection) -> None:
        """Bring the session's own row up to date."""
        changes = dict(self._changes)
        if self._frames:
            changes |= {
                "origin_s": self.origin_s,
                "last_s": self.last_s,
                "first_frame": self._first_frame,
                "last_frame": self._last_frame,
                "frames": self._frames,
                "strides": self.strides,
                "valid_strides": self._valid,
            }
        if changes:
            assignments = ", ".join(f"{name} = ?" for name in changes)
            database.execute(
                f"UPDATE sessions SET {assignments} WHERE id = ?",
                (*changes.values(), self.session.id),
            )

    def _require_folder(self) -> None:
        """Raise if the session's folder is no longer the one that its poses are written to."""
        path = self.session.folder / LOCK
        with self._store.file.guarded():
            if not os.path.samestat(path.stat(), os.fstat(self._lock.fileno())):
                raise self._store.fails(f"the folder of session {self.name} was replaced")

    def _insert(self, database: sqlite3.Connection, table: str, row: Row) -> None:
        number = self._numbers.get(table, 0)
        self._numbers[table] = number + 1
        database.execute(insertion(table, tuple(row)), (self.session.id, number, *row.values()))

    def _let_go(self) -> None:
        self._poses.abandon()
        self._video.abandon()
        with suppress(OSError):
            (self.session.folder / LOCK).unlink(missing_ok=True)
        self._lock.close()


def facts_of(head: SessionHead) -> SessionFacts:
    """Return the facts that a summary needs at the start."""
    return SessionFacts(
        toeline=head.toeline,
        source=head.source,
        model=head.model,
        config_sha256=head.config_sha256,
        nominal_rate_hz=head.nominal_rate_hz,
    )
