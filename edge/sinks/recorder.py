"""Live sessions on their way to the disk; a failing disk stops the recording, not the station."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from threading import RLock
from typing import Any

from edge.messages.errors import RecordError
from edge.messages.session import SessionNews
from edge.pipeline import Pipeline
from edge.record.session_writer import SessionWriter
from edge.record.stored_session import OPERATOR, STATION, SessionHead
from edge.settings.record_settings import RecordSettings
from edge.sinks.base import Ended, Processed, Sink, SinkMessage
from edge.sinks.exercise_marks import mark_exercises
from edge.sinks.live_sessions import LiveSessions
from edge.sinks.recording_disk import RecordingDisk
from edge.sinks.video_recorder import VideoRecorder


class Recorder(Sink):
    """Keep what a running station sees, in sessions that begin and end while it runs.

    Everything that a page may ask (``begin``, ``end``, ``mark``, ``set_belt``,
    ``news``) may be called from any thread.

    Parameters
    ----------
    data
        The data folder.
    head
        What holds for every session of this run.
    pipeline
        Told when a session begins, so that run again from its first pose it gives the same strides.
    settings
        When sessions begin and end by themselves.
    now
        The wall clock, for labels only.

    Attributes
    ----------
    notice
        One sentence while something is not recorded though it should be; else empty.
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
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._head = head
        self._pipeline = pipeline
        self._settings = settings or RecordSettings()
        self._now = now
        self._lock = RLock()
        self._disk = RecordingDisk(data, self._settings.keep_free_mb, now)
        self._sessions = LiveSessions(self._disk, pipeline, now, video=self._settings.video)
        self._filming = VideoRecorder(data, self._settings)
        with self._lock:
            # Whatever is wrong with the disk should be said before the first runner comes.
            self._sessions.guard(self._disk.open)

    # What a page may ask.

    @property
    def storage_full(self) -> bool:
        """Whether nothing can be recorded; ``notice`` says why."""
        return bool(self._disk.refused)

    @property
    def notice(self) -> str:
        """See the class."""
        return self._disk.refused or self._filming.notice

    @property
    def records_video(self) -> bool:
        """Whether pictures are being kept."""
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
        self, runner: str, *, belt_speed_mps: float | None = None, incline_pct: float | None = None
    ) -> SessionNews:
        """Begin a session from the next frame on; one that is being recorded is ended and kept.

        Parameters
        ----------
        runner
            A pseudonym; never a name.
        belt_speed_mps, incline_pct
            What the treadmill shows; None leaves what was said before.

        Raises
        ------
        RecordError
            If the disk refuses.
        """
        with self._lock:
            self._pipeline.set_belt(speed_mps=belt_speed_mps, incline_pct=incline_pct)
            belt = self._pipeline.entered_belt
            self._sessions.begin(replace(self._head, runner=runner, begun_by=OPERATOR, belt=belt))
            return self.news()

    def end(self) -> SessionNews:
        """End the session; the next begins when somebody comes anew, or when it is begun.

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
        """Say what the treadmill shows from the next frame on; None leaves it as it is."""
        with self._lock:
            self._pipeline.set_belt(speed_mps=speed_mps, incline_pct=incline_pct)
            session, belt = self._sessions.current, self._pipeline.entered_belt
            if session is not None:
                self._sessions.guard(lambda: session.belt(belt.speed_mps, belt.incline_pct))
            self._sessions.tell()
            return self.news()

    def mark(self, kind: str, note: str = "", data: Mapping[str, Any] | None = None) -> float:
        """Mark this moment of the session, such as ``pain_now``; on the disk when it returns.

        Returns
        -------
        Capture time of the marked frame, seconds; NaN before the first.

        Raises
        ------
        NoSessionError
            If nothing is being recorded.
        RecordError
            If the disk refuses.
        """
        with self._lock:
            session = self._sessions.writer
            try:
                session.mark(self._now(), kind, note, data)
            except RecordError as error:
                self._sessions.fail(error)
                raise
            return session.last_s

    def news(self) -> SessionNews:
        """Return which session is in progress."""
        with self._lock:
            return self._sessions.news()

    def listen(self, listener: Callable[[SessionNews], None]) -> None:
        """Tell ``listener`` now and whenever a session begins, ends or fails, on any thread."""
        with self._lock:
            self._sessions.listen(listener)

    # What the station brings, in the recording thread.

    def write(self, message: SinkMessage) -> None:
        """Record one frame's messages; at the end write what was open and end the session."""
        with self._lock:
            match message:
                case Processed():
                    self._sessions.time_s = message.frame.time_s
                    self._sessions.guard(lambda: self._frame(message))
                case Ended():
                    self._sessions.finish(message.messages, "the station was stopped")

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._sessions.guard(self._disk.close)

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
        mark_exercises(session, outcome, self._now, first=first)
        self._filming.picture(session, processed.frame, look=self._disk.looked)
        if session.empty_s > self._longest_empty_s(session):
            sessions.end("nobody in view")

    def _begin_by_itself(self, *, found: bool) -> None:
        if self._disk.refused:
            return
        if (again := self._sessions.again) is not None:
            # At the very frame that was asked for when the disk had room again.
            self._sessions.start(again, at_once=True)
            self._sessions.again = None
        elif self._settings.auto and found:
            belt = self._pipeline.entered_belt
            self._sessions.start(replace(self._head, begun_by=STATION, belt=belt))

    def _longest_empty_s(self, session: SessionWriter) -> float:
        by_operator = session.session.head.begun_by == OPERATOR
        return self._settings.operator_empty_s if by_operator else self._settings.empty_s
