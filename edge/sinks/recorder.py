"""Recorder of live sessions; a disk error stops the recording, not the station."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from edge.messages.errors import RecordError
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.session import SessionNews
from edge.messages.visit import Pain
from edge.pipeline import Pipeline
from edge.record.privacy import Privacy
from edge.record.session_writer import SessionWriter
from edge.record.store import Store
from edge.record.stored_session import OPERATOR, STATION, SessionHead
from edge.record.visits import VisitRecord, write_visit
from edge.settings.record_settings import RecordSettings
from edge.sinks.base import Ended, Processed, Sink, SinkMessage
from edge.sinks.exercise_marks import mark_exercises, mark_results
from edge.sinks.live_sessions import LiveSessions
from edge.sinks.recording_disk import RecordingDisk
from edge.sinks.video_recorder import VideoRecorder

T = TypeVar("T")


class Recorder(Sink):
    """Record a running station in sessions that begin and end while it runs.

    The methods that serve a page's commands (``begin``, ``end``, ``mark``, ``set_belt``,
    ``news``) may be called from any thread.

    Parameters
    ----------
    data
        The data folder.
    head
        The facts common to every session of this run.
    pipeline
        Reset when a session begins, so that a replay gives the same strides.
    settings
        When sessions begin and end automatically.
    privacy
        Whether pictures may be recorded now.
    now
        The wall clock, for labels only.

    Attributes
    ----------
    notice
        One sentence while something that should be recorded is not, or since a new store had to be
        begun; else empty.
    recorded
        Names of the sessions that were ended and kept, in order.
    failures
        Every reason for which a recording stopped.
    """

    def __init__(
        self,
        data: Path,
        head: SessionHead,
        pipeline: Pipeline,
        settings: RecordSettings | None = None,
        *,
        privacy: Privacy | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._head = head
        self._pipeline = pipeline
        self._settings = settings or RecordSettings()
        self._now = now
        self._lock = RLock()
        self._disk = RecordingDisk(data, self._settings.keep_free_mb, now)
        self._sessions = LiveSessions(self._disk, pipeline, now, video=self._settings.video)
        self._filming = VideoRecorder(data, self._settings, privacy)
        with self._lock:
            # Report disk problems before the first runner arrives.
            self._sessions.guard(self._disk.open)

    # For the pages' commands.

    @property
    def storage_full(self) -> bool:
        """Whether nothing can be recorded; ``notice`` says why."""
        return bool(self._disk.refused)

    @property
    def notice(self) -> Notice:
        """See the class."""
        return next(
            filter(None, (self._disk.refused, self._waits, self._disk.begun_anew)),
            self._filming.notice,
        )

    @property
    def records_video(self) -> bool:
        """Whether pictures are being recorded."""
        session = self._sessions.started
        return session is not None and session.kept and self._filming.goes_on

    @property
    def recorded(self) -> list[str]:
        """See the class."""
        return self._sessions.recorded

    @property
    def failures(self) -> list[str]:
        """See the class."""
        return self._disk.failures

    def begin(
        self,
        runner: str,
        *,
        belt_speed_mps: float | None = None,
        incline_pct: float | None = None,
        video: bool = True,
    ) -> SessionNews:
        """Begin a session at the next frame; one in progress is ended and kept.

        Parameters
        ----------
        runner
            A pseudonym; never a name.
        belt_speed_mps, incline_pct
            What the treadmill shows; None keeps the previous value, but not that of another runner.
        video
            False if the runner does not want to be filmed.

        Raises
        ------
        RecordError
            On a disk error.
        """
        with self._lock:
            self._sessions.end("another session began", next_runner=runner)
            self._filming.consent = video
            self._pipeline.belt_owner.enter(speed_mps=belt_speed_mps, incline_pct=incline_pct)
            belt = self._pipeline.belt_owner.entered
            self._sessions.begin(replace(self._head, runner=runner, begun_by=OPERATOR, belt=belt))
            return self.news()

    def end(self) -> SessionNews:
        """End the session; the next begins when another runner appears or an operator begins it.

        Raises
        ------
        NoSessionError
            If there is none.
        """
        with self._lock:
            _ = self._sessions.writer
            self._sessions.end("ended by the operator")
            return self.news()

    def set_belt(
        self, *, speed_mps: float | None = None, incline_pct: float | None = None
    ) -> SessionNews:
        """Enter what the treadmill shows from the next frame on; None keeps the previous value."""
        with self._lock:
            self._pipeline.belt_owner.enter(speed_mps=speed_mps, incline_pct=incline_pct)
            session, belt = self._sessions.current, self._pipeline.belt_owner.entered
            if session is not None:
                self._sessions.guard(lambda: session.belt(belt.speed_mps, belt.incline_pct))
            self._sessions.publish()
            return self.news()

    def mark(
        self, kind: str, note: str = "", data: Mapping[str, Any] | None = None
    ) -> tuple[str, float]:
        """Mark this moment of the session, such as ``pain_now``; on disk when this returns.

        Returns
        -------
        The session's name, and capture time of the marked frame, seconds; NaN before the first.

        Raises
        ------
        NoSessionError
            If nothing is being recorded.
        RecordError
            On a disk error.
        """
        with self._lock:
            session = self._sessions.writer
            self._attempt(lambda: session.mark(self._now(), kind, note, data))
            return session.name, session.last_s

    def visit(self, record: VisitRecord, pains: Iterable[Pain] = ()) -> None:
        """Write a visit, and pain told at the last frame; raises ``RecordError``.

        A visit whose session has ended can still be written, but nothing about pain.
        """
        with self._lock:
            session = self._sessions.current
            if session is not None and session.name == record.session:
                self._attempt(lambda: session.visit(record, pains))
                return
            with self._disk.open().file.transaction() as database:
                write_visit(database, record)

    def read(self, ask: Callable[[Store], T]) -> T:
        """Return what the store says; raises ``RecordError``."""
        with self._lock:
            return ask(self._disk.open())

    def news(self) -> SessionNews:
        """Return news of the session in progress."""
        with self._lock:
            return self._sessions.news()

    def listen(self, listener: Callable[[SessionNews], None]) -> None:
        """Call ``listener`` now and when a session begins, ends or fails, on any thread."""
        with self._lock:
            self._sessions.listen(listener)

    # As a sink, on the recording thread.

    def write(self, message: SinkMessage) -> None:
        """Record one frame's messages; at the end write the open ones and end the session."""
        with self._lock:
            match message:
                case Processed():
                    self._sessions.time_s = message.frame.time_s
                    self._sessions.guard(lambda: self._frame(message))
                case Ended():
                    self._sessions.guard(lambda: self._last_results(message.messages))
                    self._sessions.finish(message.messages, "the station was stopped")

    def close(self) -> None:
        """Close the store."""
        with self._lock:
            self._sessions.guard(self._disk.close)

    def _attempt(self, write: Callable[[], None]) -> None:
        """Write something for a command; a disk error ends the recording, and is raised."""
        try:
            write()
        except RecordError as error:
            self._sessions.fail(error)
            raise

    @property
    def _waits(self) -> Notice:
        return Notice("recording_waits") if self._sessions.waits else Notice()

    def _frame(self, processed: Processed) -> None:
        outcome, sessions = processed.outcome, self._sessions
        seen = outcome.seen
        sessions.settle(outcome.messages)
        if sessions.current is None and seen.fresh:
            self._begin_by_itself(found=seen.pose.found)
        if sessions.current is None:
            sessions.retry()
            return
        if (session := sessions.at_frame(fresh=seen.fresh)) is None:
            return
        self._disk.look(sessions.time_s)
        first = isnan(session.origin_s)
        session.frame(seen, outcome.state, outcome.messages, processed.latency_ms)
        if first:
            # From now on its start is known.
            sessions.publish()
        mark_exercises(session, outcome, self._now, first=first)
        self._filming.picture(session, processed.frame, look=self._disk.looked)
        if session.empty_s > self._longest_empty_s(session):
            sessions.end("nobody in view")

    def _last_results(self, messages: list[Message]) -> None:
        """Keep the results of exercises that the end of the frames interrupted."""
        session = self._sessions.current
        if session is not None:
            session.results(messages)
            mark_results(session, messages, self._now)

    def _begin_by_itself(self, *, found: bool) -> None:
        if self._disk.refused:
            return
        if (again := self._sessions.again) is not None:
            # Continue at the fresh frame requested when the disk recovered.
            self._sessions.start(again, at_once=True)
            self._sessions.again = None
        elif self._settings.auto and found:
            self._filming.consent = True
            belt = self._pipeline.belt_owner.entered
            self._sessions.start(replace(self._head, begun_by=STATION, belt=belt))

    def _longest_empty_s(self, session: SessionWriter) -> float:
        by_operator = session.session.head.begun_by == OPERATOR
        return self._settings.operator_empty_s if by_operator else self._settings.empty_s
