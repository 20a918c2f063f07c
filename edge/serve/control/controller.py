"""Controller that executes operators' commands and sends the results to every page."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from math import nan
from typing import Final

from edge.i18n.cue_words import cue_words
from edge.i18n.word_catalogue import DEFAULT, load
from edge.messages.errors import RecordError, SettingsError
from edge.messages.feedback import GateReason
from edge.messages.gait import Activity
from edge.messages.health import Health
from edge.messages.outcome import Outcome
from edge.messages.plain_text import plain_text
from edge.messages.session import SessionNews
from edge.messages.verdict import Cue, CueKind
from edge.pipeline import Pipeline
from edge.serve.control.control_messages import (
    limits_kept,
    limits_message,
    plain,
    session_message,
)
from edge.serve.control.exercise_control import ExerciseCommand, ExerciseControl
from edge.serve.control.points_control import PointsCommand, PointsControl
from edge.serve.control.visit_control import VisitControl
from edge.serve.live.hub import Hub
from edge.serve.wire import commands
from edge.serve.wire.commands import Done
from edge.serve.wire.status_messages import Limits, Mark
from edge.serve.wire.visit_commands import VisitCommand
from edge.serve.wire.wire_types import MOST_NOTE
from edge.settings.coaching_settings import CoachingSettings
from edge.settings.settings import Settings
from edge.settings.settings_table import settings_of
from edge.sinks.base import Ended, Processed, Sink, SinkMessage
from edge.sinks.live_sessions import NoSessionError
from edge.sinks.recorder import Recorder

_NO_RECORDER: Final = Done("no_recording", "This station records nothing.")


class Controller(Sink):
    """Executes commands on a separate thread; also a sink of the station.

    Parameters
    ----------
    hub
        Sends messages to the pages.
    pipeline
        Receives belt, limits and neutral stance.
    settings
        The station's initial settings.
    recorder
        Records sessions; None for a station that does not record.
    """

    def __init__(
        self,
        hub: Hub,
        pipeline: Pipeline,
        settings: Settings,
        recorder: Recorder | None,
    ) -> None:
        self._hub = hub
        self._pipeline = pipeline
        self._settings = settings
        self._recorder = recorder
        # A single thread, so that commands are executed in order.
        self._doing = ThreadPoolExecutor(1, "commands")
        self._over = False
        self._time_s = nan
        self._cadence = (nan, nan, nan)
        self._last_cue = ""
        self._is_cue = False
        self._runner = ""
        self._exercises = ExerciseControl(hub, pipeline)
        self._points = PointsControl(hub, pipeline, recorder)
        self._visit = VisitControl(
            hub,
            pipeline,
            recorder,
            settings,
            begin_session=self._begin_session,
            exercise=self._exercises.switch,
            later=self._do_later,
        )

    def greet(self) -> None:
        """Send the initial state."""
        self._tell_limits()
        self._exercises.greet()
        self._points.greet()
        self._visit.greet()
        if self._recorder is None:
            self._tell_session(SessionNews(belt=self._pipeline.belt_owner.entered))
        else:
            self._recorder.listen(self._tell_session)
            self._visit.resume()

    def take(self, command: commands.Command) -> "Future[Done]":
        """Start executing a command; may be called from any thread."""
        return self._doing.submit(self._carry_out, command)

    def _do_later(self, do: Callable[[], None]) -> None:
        # After the last command, the end of the frames does the rest.
        with suppress(RuntimeError):
            self._doing.submit(do)

    def shut_down(self) -> None:
        """Finish the command in progress and accept no more."""
        self._doing.shutdown(cancel_futures=True)

    # As a sink, on the worker's thread.

    def write(self, message: SinkMessage) -> None:
        """Send the progress of exercises; after the last frame, refuse commands."""
        match message:
            case Processed(outcome=outcome):
                self._follow(outcome)
            case Health():
                self._visit.follow_health(message)
            case Ended():
                self._over = True
                self._visit.end()

    def _follow(self, outcome: Outcome) -> None:
        self._time_s = outcome.seen.pose.time_s
        self._exercises.follow(outcome, self._runner)
        self._points.follow(outcome)
        self._visit.follow(outcome)
        before, now = (self._cadence, self._is_cue), self._pipeline.coaching.cadence_spm
        self._follow_cues(outcome)
        self._is_cue = self._cadence_is_cue()
        if not (_same(now, before[0]) and self._is_cue == before[1]):
            self._cadence = now
            self._tell_limits()

    def _follow_cues(self, outcome: Outcome) -> None:
        gone = outcome.state.activity is Activity.ABSENT
        if gone or outcome.seen.fresh or outcome.seen.another_person:
            self._last_cue = ""
        for message in outcome.messages:
            if isinstance(message, Cue):
                self._last_cue = message.kind

    # Commands, on the controller's thread.

    def _carry_out(self, command: commands.Command) -> Done:
        if self._over:
            return Done("ended", "The station has come to its end.")
        try:
            return self._do(command)
        except NoSessionError:
            return Done("no_session", "No session is being recorded.")
        except RecordError as error:
            return Done("disk", f"{_sentence(error)}.")

    def _do(self, command: commands.Command) -> Done:
        if isinstance(command, ExerciseCommand):
            return self._exercises.take(command)
        if isinstance(command, PointsCommand):
            return self._points.take(command)
        if isinstance(command, VisitCommand):
            return self._visit.take(command)
        match command:
            case commands.StartSession():
                return self._start(command)
            case commands.StopSession():
                return self._with_recorder(lambda recorder: recorder.end())
            case commands.SetBelt():
                return self._set_belt(command.speed_mps, command.incline_pct)
            case commands.SetMark():
                return self._mark(command)
            case commands.SetThresholds():
                return self._set_thresholds(command)
            case commands.GiveCue():
                return self._give_cue(command.kind)
            case _:
                raise AssertionError(command)

    def _with_recorder(self, do: Callable[[Recorder], object]) -> Done:
        if self._recorder is None:
            return _NO_RECORDER
        do(self._recorder)
        return Done()

    def _start(self, command: commands.StartSession) -> Done:
        if self._recorder is None:
            return _NO_RECORDER
        self._begin_session(command.runner, command.belt_speed_mps, command.incline_pct)
        return Done()

    def _begin_session(
        self,
        runner: str,
        belt_speed_mps: float | None,
        incline_pct: float | None,
        *,
        video: bool = True,
    ) -> None:
        # The stance belongs to its runner, also after the end of the session.
        self._exercises.keep_neutral_of(runner)
        self._points.forget()
        assert self._recorder is not None
        self._recorder.begin(
            runner, belt_speed_mps=belt_speed_mps, incline_pct=incline_pct, video=video
        )

    def _set_belt(self, speed_mps: float | None, incline_pct: float | None) -> Done:
        if self._recorder is not None:
            self._recorder.set_belt(speed_mps=speed_mps, incline_pct=incline_pct)
            return Done()
        self._pipeline.belt_owner.enter(speed_mps=speed_mps, incline_pct=incline_pct)
        self._tell_session(SessionNews(belt=self._pipeline.belt_owner.entered))
        return Done()

    def _mark(self, command: commands.SetMark) -> Done:
        if self._recorder is None:
            return _NO_RECORDER
        note = plain_text(command.note, MOST_NOTE)
        session, time_s = self._recorder.mark(command.kind, note)
        told = Mark(kind=command.kind, note=note, time_s=plain(time_s), session=session)
        self._hub.publish(told)
        return Done()

    def _set_thresholds(self, command: commands.SetThresholds) -> Done:
        now = self._limits()
        amber = _given(command.knee_toe_amber_pct, now.knee_toe_amber_pct)
        red = _given(command.knee_toe_red_pct, now.knee_toe_red_pct)
        bent = _given(command.push_off_amber_deg, now.push_off_amber_deg)
        very_bent = _given(command.push_off_red_deg, now.push_off_red_deg)
        if not (amber < red and bent < very_bent):
            return Done("limits", "Each red limit must lie beyond its amber one.")
        coaching = replace(
            self._settings.coaching,
            knee_toe_amber_pct=amber,
            knee_toe_red_pct=red,
            push_off_amber_deg=bent,
            push_off_red_above_deg=very_bent - bent,
        )
        try:
            # By the same rules as in a file: ranges, margins, limits at every belt speed.
            settings_of(asdict(replace(self._settings, coaching=coaching)))
        except SettingsError as error:
            return Done("limits", f"{_sentence(error)}.")
        self._use_limits(coaching)
        return Done()

    def _use_limits(self, coaching: CoachingSettings) -> None:
        self._pipeline.coaching.use_limits(coaching)
        self._settings = replace(self._settings, coaching=coaching)
        self._tell_limits()
        if self._recorder is not None and self._recorder.news().name:
            self._recorder.mark("limits", data=limits_kept(self._limits()))

    def _give_cue(self, name: str) -> Done:
        if name not in tuple(CueKind):
            return Done("unknown_cue", f"There is no cue {name}; there are {', '.join(CueKind)}.")
        gate = self._pipeline.coaching.gate
        if not gate.on:
            return Done("no_feedback", "The runner gets no feedback now.")
        if gate.reason is not GateReason.FREE and name not in (gate.cue, CueKind.PRAISE):
            return Done("other_cue", f"This step has the cue {gate.cue} alone.")
        _, low, high = self._pipeline.coaching.cadence_spm
        wording = cue_words(name, load(DEFAULT), (low, high))
        self._hub.publish(Cue(kind=name, wording=wording, issued_at_s=self._time_s))
        self._last_cue = name
        self._is_cue = self._cadence_is_cue()
        self._tell_limits()
        if self._recorder is not None and self._recorder.news().name:
            self._recorder.mark("cue_given", name)
        return Done()

    # Messages to every page.

    def _tell_session(self, news: SessionNews) -> None:
        self._runner = news.runner
        self._points.follow_session(news.name, news.runner)
        self._hub.publish(session_message(news))
        self._visit.follow_session(news)

    def _tell_limits(self) -> None:
        self._hub.publish(self._limits())

    def _limits(self) -> Limits:
        return limits_message(self._settings.coaching, self._cadence, cadence_is_cue=self._is_cue)

    def _cadence_is_cue(self) -> bool:
        """Return whether the target of cadence may be shown to the runner."""
        gate = self._pipeline.coaching.gate
        if gate.reason is GateReason.FREE:
            return self._last_cue == CueKind.CADENCE
        return gate.on and gate.cue == CueKind.CADENCE


def _given(asked: float | None, now: float) -> float:
    return now if asked is None else asked


def _same(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return [plain(value) for value in one] == [plain(value) for value in other]


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
