"""Writer of one session to the store, frame by frame."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from math import isfinite, nan
from typing import Any, Final

from edge.messages.errors import RecordError
from edge.messages.frame import Frame
from edge.messages.gait import Activity, GaitState
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.seen import Seen
from edge.messages.stride import StrideMetrics
from edge.record.pose_log import PoseLog
from edge.record.recording_lock import LOCK, locked
from edge.record.rows import Row, insertion, row_of
from edge.record.session_log import utc
from edge.record.store import Store
from edge.record.stored_session import OPERATOR, SessionHead, StoredSession
from edge.record.summary import SessionFacts, SessionSummary
from edge.record.video_log import VideoLog

# Longest time before a verdict or event is committed if no stride follows.
_COMMIT_S: Final = 1.0
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
        self._rows: list[tuple[str, Row]] = []
        self._numbers: dict[str, int] = {}
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
        if closed or not 0 <= pose.time_s - self._committed_s < _COMMIT_S:
            self._commit()

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

    def mark(
        self,
        now: datetime,
        kind: str,
        note: str,
        data: Mapping[str, Any] | None = None,
        *,
        keep: bool = True,
    ) -> None:
        """Mark the last frame; on disk when this returns. With ``keep`` the session is kept."""
        self.marked |= keep
        row: Row = {
            "time_s": self.last_s if isfinite(self.last_s) else None,
            "marked_at": utc(now),
            "kind": kind,
            "note": note,
            "data": None if data is None else json.dumps(data, allow_nan=False),
        }
        self._rows.append(("marks", row))
        self._commit()

    def belt(self, speed_mps: float, incline_pct: float) -> None:
        """Enter what the treadmill shows from now on; the session's row holds the last values."""
        with self._store.file.transaction() as database:
            database.execute(
                "UPDATE sessions SET belt_speed_mps = ?, incline_pct = ? WHERE id = ?",
                (speed_mps or None, incline_pct, self.session.id),
            )

    def close(self, now: datetime, reason: str) -> None:
        """End the session; a second call does nothing."""
        if self.over:
            return
        self.over = True
        try:
            with suppress(RecordError):
                # A failure of the last pictures must not affect anything else.
                self.end_pictures()
            with self._store.file.guarded():
                self._poses.close()
            summary = json.dumps(self.summary(), allow_nan=False, ensure_ascii=False)
            self._commit()
            with self._store.file.transaction() as database:
                database.execute(
                    "UPDATE sessions SET ended_at = ?, end_reason = ?, summary = ? WHERE id = ?",
                    (utc(now), reason, summary, self.session.id),
                )
        finally:
            self._let_go()

    def abandon(self) -> None:
        """Close a session after a disk error; what was synced stays."""
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

    def _commit(self) -> None:
        self._committed_s = self.last_s
        with self._store.file.transaction() as database:
            for table, row in self._rows:
                self._insert(database, table, row)
            if self._frames:
                database.execute(
                    "UPDATE sessions SET origin_s = ?, last_s = ?, first_frame = ?, "
                    "last_frame = ?, frames = ?, strides = ?, valid_strides = ? WHERE id = ?",
                    (
                        self.origin_s,
                        self.last_s,
                        self._first_frame,
                        self._last_frame,
                        self._frames,
                        self.strides,
                        self._valid,
                        self.session.id,
                    ),
                )
        self._rows.clear()

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
