"""The session being recorded, and the previous one until its last poses are settled."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from math import nan

from edge.messages.errors import RecordError
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.session import SessionNews
from edge.pipeline import Pipeline
from edge.record.session_writer import SessionWriter
from edge.record.sqlite_file import is_locked
from edge.record.stored_session import OPERATOR, STATION, SessionHead
from edge.sinks.recording_disk import RecordingDisk

_log = logging.getLogger(__name__)


class NoSessionError(RuntimeError):
    """The operation needs a session, and none is being recorded."""


class LiveSessions:
    """Begin, end and abandon sessions, and notify listeners; not thread-safe.

    Parameters
    ----------
    disk
        Where sessions are recorded.
    pipeline
        Reset when a session begins, so that a replay gives the same strides.
    now
        The wall clock, for labels only.
    video
        Whether pictures are recorded, for the log.

    Attributes
    ----------
    current
        Writer of the session in progress; None without one.
    again
        The operator's session that a disk error cut short; it continues as a new one.
    recorded
        Names of the sessions that were ended and kept, in order.
    time_s
        Capture time of the newest frame.
    """

    def __init__(
        self,
        disk: RecordingDisk,
        pipeline: Pipeline,
        now: Callable[[], datetime],
        *,
        video: bool = False,
    ) -> None:
        self._disk = disk
        self._pipeline = pipeline
        self._now = now
        self._with = ", with video" if video else ""
        self._ending: SessionWriter | None = None
        self._end_reason = ""
        # Ended while another program locked the database, with the reason of each end.
        self._unclosed: list[tuple[SessionWriter, str]] = []
        self._started = False
        self._listeners: list[Callable[[SessionNews], None]] = []
        self.current: SessionWriter | None = None
        self.again: SessionHead | None = None
        self.recorded: list[str] = []
        self.time_s = nan
        self._close_at_s = nan

    @property
    def writer(self) -> SessionWriter:
        """Writer of the session in progress; raises ``NoSessionError`` without one."""
        if self.current is None:
            raise NoSessionError("no session is being recorded")
        return self.current

    @property
    def started(self) -> SessionWriter | None:
        """Writer of the session in progress, once its first frame has arrived."""
        return self.current if self._started else None

    @property
    def waits(self) -> bool:
        """Whether rows wait in memory because another program locks the database."""
        sessions = (self.current, self._ending)
        return bool(self._unclosed or any(each is not None and each.waits for each in sessions))

    def news(self) -> SessionNews:
        """Return news of the session in progress."""
        notice, belt = self._disk.refused, self._pipeline.belt_owner.entered
        if self.current is None:
            return SessionNews(notice=notice, belt=belt)
        return SessionNews(
            name=self.current.name,
            started_at=self.current.session.begun_at,
            started_s=self.current.origin_s,
            recording=True,
            runner=self.current.session.head.runner,
            belt=belt,
            notice=notice,
        )

    def listen(self, listener: Callable[[SessionNews], None]) -> None:
        """Call ``listener`` now and on every change."""
        self._listeners.append(listener)
        listener(self.news())

    def publish(self) -> None:
        """Notify all listeners."""
        news = self.news()
        for listener in self._listeners:
            listener(news)

    def begin(self, head: SessionHead) -> None:
        """Begin an operator's session at the next frame; raises ``RecordError`` on disk errors.

        One in progress must have been ended.
        """
        self.again = None
        try:
            self.start(head)
        except RecordError as error:
            self.fail(error)
            raise
        self._pipeline.begin_anew()

    def start(self, head: SessionHead, *, at_once: bool = False) -> None:
        """Begin a session; with ``at_once``, or begun by the station, recording starts at once."""
        self.current = SessionWriter(self._disk.ready(), head, self._now())
        self._started = at_once or head.begun_by == STATION
        self._disk.refused = Notice()
        _log.info("session %s began%s", self.current.name, self._with)
        self.publish()

    def at_frame(self, *, fresh: bool) -> SessionWriter | None:
        """Return the writer for this frame; None without a session or before its first frame.

        An operator's session starts at the frame at which the pipeline is reset.
        """
        self._started |= fresh
        return self.started

    def end(self, reason: str, next_runner: str = "") -> None:
        """End the session; its last poses are settled by later frames.

        What an operator entered about its runner is forgotten, unless ``next_runner`` is the same.
        """
        self.close_ending()
        self._ending, self.current = self.current, None
        self._end_reason = reason
        if self._ending is None:
            return
        runner = self._ending.session.head.runner
        if runner not in ("", next_runner):
            self._pipeline.end_runner()
        self.publish()

    def settle(self, messages: list[Message]) -> None:
        """Write poses of the ended session that later frames have settled."""
        self._close_the_rest(wait=False)
        if self._ending is not None and self._ending.settled(messages):
            self.close_ending()

    def finish(self, messages: list[Message], reason: str) -> None:
        """End at once, with the messages still open in the pipeline."""
        for session in (self._ending, self.current):
            if session is not None:
                self.guard(partial(session.settled, messages))
        self.end(reason)
        self.close_ending()
        self._close_the_rest(wait=True)

    def close_ending(self) -> None:
        """Close the ended session, or discard it if nobody walked or ran."""
        session, self._ending = self._ending, None
        if session is not None:
            self._try_to_close(session, self._end_reason, wait=False)

    def guard(self, step: Callable[[], object], session: SessionWriter | None = None) -> None:
        """Run one step; a disk error ends the recording and ``session``, nothing else."""
        try:
            step()
        except RecordError as error:
            if session is not None:
                session.abandon()
            self.fail(error)

    def fail(self, error: RecordError) -> None:
        """Abandon the session in progress."""
        session, self.current = self.current, None
        if session is not None:
            session.abandon()
            if session.session.head.begun_by == OPERATOR:
                self.again = session.session.head
        if self._disk.refuse(error, self.time_s):
            self.publish()

    def retry(self) -> None:
        """Retry after a disk error; the session continues as a new one from a fresh frame."""
        if self._disk.recovers(self.time_s):
            self._pipeline.begin_anew()
            self.publish()

    def _close_the_rest(self, *, wait: bool) -> None:
        """Close what was ended under a lock; at most once a second of capture time."""
        if not self._unclosed or (self.time_s < self._close_at_s and not wait):
            return
        waiting, self._unclosed = self._unclosed, []
        for session, reason in waiting:
            self._try_to_close(session, reason, wait=wait)

    def _try_to_close(self, session: SessionWriter, reason: str, *, wait: bool) -> None:
        try:
            self._close(session, reason, wait=wait)
        except RecordError as error:
            if is_locked(error) and not wait:
                self._unclosed.append((session, reason))
                self._close_at_s = self.time_s + 1.0
                return
            session.abandon()
            self.fail(error)

    def _close(self, session: SessionWriter, reason: str, *, wait: bool) -> None:
        if not session.kept:
            self._disk.open().audit.add("session discarded", STATION, session.name)
            session.discard()
            _log.info("session %s is not kept: nobody walked or ran", session.name)
            return
        session.close(self._now(), reason, wait=wait)
        self.recorded.append(session.name)
        _log.info("session %s ended, %s: %d strides", session.name, reason, session.strides)
