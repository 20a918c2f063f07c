"""Live sessions on their way to the disk; a failing disk stops the recording, not the station."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from math import inf, isnan, nan
from pathlib import Path
from threading import RLock
from typing import Any

from edge.capture.port import FrameSource
from edge.exercises.neutral_stance import NEUTRAL
from edge.messages.errors import RecordError
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.message import Message
from edge.messages.session import SessionNews
from edge.pipeline import Outcome, Pipeline
from edge.pose.models.card import model_card
from edge.record.disk_space import shortage
from edge.record.exercise_data import exercise_data
from edge.record.session_writer import SessionWriter
from edge.record.store import Store
from edge.record.stored_session import OPERATOR, STATION, SessionHead
from edge.settings import paths
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings, settings_sha256
from edge.sinks.base import Ended, Processed, Sink, SinkMessage
from edge.sinks.video_recorder import RETRY_S, VideoRecorder

_log = logging.getLogger(__name__)

# How long between two looks at the disk's free room.
_LOOK_S = 5.0


class NoSessionError(RuntimeError):
    """What was asked needs a session, and none is being recorded."""


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
        self._data = data
        self._head = head
        self._pipeline = pipeline
        self._settings = settings or RecordSettings()
        self._now = now
        self._lock = RLock()
        self._store: Store | None = None
        self._session: SessionWriter | None = None
        self._ending: SessionWriter | None = None
        self._started = False
        self._again: SessionHead | None = None
        self._listeners: list[Callable[[SessionNews], None]] = []
        self._time_s = nan
        self._retry_at_s = self._look_at_s = -inf
        self._refused = ""
        self._filming = VideoRecorder(data, self._settings)
        self.recorded: list[str] = []
        self.failures: list[str] = []
        with self._lock:
            # Whatever is wrong with the disk should be said before the first runner comes.
            self._guard(self._open)

    # What a page may ask.

    @property
    def storage_full(self) -> bool:
        """Whether nothing can be recorded; ``notice`` says why."""
        return bool(self._refused)

    @property
    def notice(self) -> str:
        """See the class."""
        return self._refused or self._filming.notice

    @property
    def records_video(self) -> bool:
        """Whether pictures are being kept."""
        session = self._session
        filmed = session is not None and self._started and session.kept
        return filmed and self._filming.goes_on

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
            self._end("another session began")
            self._again = None
            head = replace(
                self._head, runner=runner, begun_by=OPERATOR, belt=self._pipeline.entered_belt
            )
            try:
                self._ready()
                self._start(head)
            except RecordError as error:
                self._fail(error)
                raise
            self._pipeline.begin_anew()
            return self.news()

    def end(self) -> SessionNews:
        """End the session; the next begins when somebody comes anew, or when it is begun.

        Raises
        ------
        NoSessionError
            If there is none.
        """
        with self._lock:
            self._writer()
            self._end("ended by the operator")
            return self.news()

    def set_belt(
        self, *, speed_mps: float | None = None, incline_pct: float | None = None
    ) -> SessionNews:
        """Say what the treadmill shows from the next frame on; None leaves it as it is."""
        with self._lock:
            self._pipeline.set_belt(speed_mps=speed_mps, incline_pct=incline_pct)
            session, belt = self._session, self._pipeline.entered_belt
            if session is not None:
                self._guard(lambda: session.belt(belt.speed_mps, belt.incline_pct))
            self._tell()
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
            session = self._writer()
            try:
                session.mark(self._now(), kind, note, data)
            except RecordError as error:
                self._fail(error)
                raise
            return session.last_s

    def news(self) -> SessionNews:
        """Return which session is in progress."""
        with self._lock:
            session = self._session
            if session is None:
                return SessionNews(notice=self._refused, belt=self._pipeline.entered_belt)
            return SessionNews(
                name=session.name,
                started_at=session.session.begun_at,
                started_s=session.origin_s,
                recording=True,
                runner=session.session.head.runner,
                belt=self._pipeline.entered_belt,
                notice=self._refused,
            )

    def listen(self, listener: Callable[[SessionNews], None]) -> None:
        """Tell ``listener`` now and whenever a session begins, ends or fails, on any thread."""
        with self._lock:
            self._listeners.append(listener)
            listener(self.news())

    # What the station brings, in the recording thread.

    def write(self, message: SinkMessage) -> None:
        """Record one frame's messages; at the end write what was open and end the session."""
        match message:
            case Processed():
                with self._lock:
                    self._time_s = message.frame.time_s
                    self._guard(lambda: self._frame(message))
            case Ended():
                self._finish(message.messages)

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            if self._store is not None:
                self._guard(self._store.close)
                self._store = None

    def _finish(self, messages: list[Message]) -> None:
        with self._lock:
            for session in (self._ending, self._session):
                if session is not None:
                    self._guard(partial(session.settled, messages))
            self._end("the station was stopped")
            self._close_ending()

    def _frame(self, processed: Processed) -> None:
        outcome = processed.outcome
        seen, state = outcome.seen, outcome.state
        if self._ending is not None and self._ending.settled(outcome.messages):
            self._close_ending()
        if self._session is None and seen.fresh:
            self._begin_by_itself(found=seen.pose.found)
        session = self._session
        if session is None:
            self._retry()
            return
        if not self._started:
            # An operator's session waits for the frame at which everything before is forgotten.
            if not seen.fresh:
                return
            self._started = True
        self._watch_room()
        first = isnan(session.origin_s)
        session.frame(seen, state, outcome.messages, processed.latency_ms)
        self._keep_exercises(session, outcome, first=first)
        self._filming.picture(session, processed.frame, look=self._look_at_s == self._time_s)
        self._end_of_emptiness(session)

    def _keep_exercises(self, session: SessionWriter, outcome: Outcome, *, first: bool) -> None:
        """Mark what exercises found, and the neutral stance that a session begins with."""
        stance = outcome.seen.neutral
        if first and stance is not None:
            session.mark(self._now(), NEUTRAL, "", asdict(stance), keep=False)
        for message in outcome.messages:
            if isinstance(message, ExerciseUpdate) and message.state is ExerciseState.DONE:
                data, keep = exercise_data(message), bool(message.values)
                session.mark(self._now(), message.kind, "", data, keep=keep)

    def _begin_by_itself(self, *, found: bool) -> None:
        if self._refused:
            return
        if self._again is not None:
            # At the very frame that was asked for when the disk had room again.
            self._start(self._again)
            self._started, self._again = True, None
        elif self._settings.auto and found:
            self._start(replace(self._head, begun_by=STATION, belt=self._pipeline.entered_belt))

    def _end_of_emptiness(self, session: SessionWriter) -> None:
        by_operator = session.session.head.begun_by == OPERATOR
        longest_s = self._settings.operator_empty_s if by_operator else self._settings.empty_s
        if session.empty_s > longest_s:
            self._end("nobody in view")

    # Beginning, ending, failing.

    def _open(self) -> None:
        if self._store is None:
            self._store = Store(self._data)
            for name in self._store.settle(self._now()):
                _log.warning("session %s was cut off; what was written is kept", name)

    def _ready(self) -> None:
        """Open the store and see that there is room; raises ``RecordError`` if not."""
        self._open()
        if short := shortage(self._data, self._settings.keep_free_mb):
            raise RecordError(f"cannot record to {self._data}: {short}")

    def _start(self, head: SessionHead) -> None:
        self._ready()
        assert self._store is not None
        self._session = SessionWriter(self._store, head, self._now())
        self._started = head.begun_by == STATION
        self._refused = ""
        video = ", with video" if self._settings.video else ""
        _log.info("session %s began%s", self._session.name, video)
        self._tell()

    def _end(self, reason: str) -> None:
        """End the session; the last legs are settled by frames yet to come."""
        self._close_ending()
        self._ending, self._session = self._session, None
        self._end_reason = reason
        if self._ending is not None:
            self._tell()
        if reason == "the station was stopped":
            self._close_ending()

    def _close_ending(self) -> None:
        session, self._ending = self._ending, None
        if session is None:
            return

        def close() -> None:
            if not session.kept:
                session.discard()
                _log.info("session %s is not kept: nobody walked or ran", session.name)
                return
            session.close(self._now(), self._end_reason)
            self.recorded.append(session.name)
            _log.info(
                "session %s ended, %s: %d strides", session.name, self._end_reason, session.strides
            )

        self._guard(close, session)

    def _writer(self) -> SessionWriter:
        if self._session is None:
            raise NoSessionError("no session is being recorded")
        return self._session

    def _watch_room(self) -> None:
        if not self._time_s - self._look_at_s < _LOOK_S:
            self._look_at_s = self._time_s
            self._ready()

    def _retry(self) -> None:
        """Try again what the disk refused; a session goes on as a new one from a fresh frame."""
        if not self._refused or self._time_s - self._retry_at_s < RETRY_S:
            return
        self._retry_at_s = self._time_s
        self._ready()
        assert self._store is not None
        self._store.settle(self._now())
        _log.info("recording goes on: %s", self._data)
        self._refused = ""
        self._pipeline.begin_anew()
        self._tell()

    def _guard(self, step: Callable[[], object], session: SessionWriter | None = None) -> None:
        try:
            step()
        except RecordError as error:
            if session is not None:
                session.abandon()
            self._fail(error)

    def _fail(self, error: RecordError) -> None:
        self._retry_at_s = self._time_s
        session, self._session = self._session, None
        if session is not None:
            session.abandon()
            head = session.session.head
            if head.begun_by == OPERATOR:
                self._again = head
        notice = f"recording stopped: {error}"
        if notice != self._refused:
            self._refused = notice
            self.failures.append(notice)
            _log.error("%s", notice)
            self._tell()

    def _tell(self) -> None:
        news = self.news()
        for listener in self._listeners:
            listener(news)


def new_recorder(
    source: FrameSource, pipeline: Pipeline, settings: Settings, *, version: str, data: Path
) -> Recorder:
    """Return what records a run of the station under ``data``."""
    card = model_card(settings.pose.model, paths.models_dir())
    head = SessionHead(
        toeline=version,
        source=source.info.name,
        model=card.name,
        model_sha256=card.sha256(),
        config_sha256=settings_sha256(settings),
        config=asdict(settings),
        nominal_rate_hz=source.info.frame_rate_hz,
    )
    return Recorder(data, head, pipeline, settings.record)
