"""Control of the guided visit: carries out operators' commands, and tells every page how it is."""

import logging
from collections.abc import Callable
from math import nan
from pathlib import Path
from threading import RLock
from typing import Final

from edge.exercises.registry import EXERCISES
from edge.messages.errors import SettingsError
from edge.messages.health import Health, StationState
from edge.messages.outcome import Outcome
from edge.messages.session import SessionNews
from edge.messages.visit import VisitStatus
from edge.serve.control.visit_text import templates_message, visit_message
from edge.serve.live.hub import Hub
from edge.serve.wire import visit_commands
from edge.serve.wire.commands import Done
from edge.serve.wire.visit_messages import VisitTemplates
from edge.settings.paths import expanded
from edge.settings.visit_settings import VisitSettings
from edge.sinks.recorder import Recorder
from edge.visit.begin_visit import begin_visit
from edge.visit.template_shelf import TemplateShelf
from edge.visit.visit_run import OK, VisitRun

_log = logging.getLogger(__name__)

_TOLD_EVERY_S: Final = 1.0
_FULL_DOSE_PCT: Final = 100.0
_NO_RECORDER: Final = Done("no_recording", "This station records nothing.")
_NO_VISIT: Final = Done("no_visit", "No visit is in progress.")
_ANSWERS: Final = {
    OK: Done(),
    "step_over": Done("step_over", "The visit has gone on to another step meanwhile."),
    "unknown_step": Done("unknown_step", "The visit has no such step to repeat."),
}


class VisitControl:
    """Handler of the visit's commands, and of what the frames mean for it.

    Parameters
    ----------
    hub
        Sends messages to the pages.
    recorder
        Records the visit's sessions; None for a station that records nothing, which has no visits.
    settings
        Where the clinic's own templates are.
    begin_session
        Begins a session of a runner, with belt speed and incline as entered.
    exercise
        Starts an exercise by name, or stops it.
    """

    def __init__(
        self,
        hub: Hub,
        recorder: Recorder | None,
        settings: VisitSettings,
        *,
        begin_session: Callable[[str, float | None, float | None], object],
        exercise: Callable[[str, bool], object],
    ) -> None:
        self._hub = hub
        self._recorder = recorder
        folder = settings.templates
        self._shelf = TemplateShelf(expanded(Path(folder)) if folder else None)
        self._begin_session = begin_session
        self._exercise = exercise
        # Frames come on the worker's thread, commands and news of the session on others.
        self._lock = RLock()
        self._run: VisitRun | None = None
        self._session = ""
        self._failed = False
        self._told: VisitStatus | None = None
        self._told_s = nan
        self._exercising: tuple[str, str] | None = None

    def greet(self) -> None:
        """Send the templates that a visit may follow."""
        try:
            templates = templates_message(self._shelf)
        except SettingsError as error:
            _log.error("%s", error)
            templates = VisitTemplates(templates=())
        self._hub.publish(templates)

    # On the worker's thread.

    def follow(self, outcome: Outcome) -> None:
        """Take in one frame."""
        with self._lock:
            if self._run is not None:
                self._run.update(outcome)
                self._tell(outcome.state.time_s)

    def follow_health(self, health: Health) -> None:
        """Take in the station's health, which comes also without frames."""
        with self._lock:
            if self._run is not None and health.state is StationState.NO_CAMERA:
                self._run.no_pictures()
                self._tell()

    # Commands, on the controller's thread.

    def take(self, command: visit_commands.VisitCommand) -> Done:
        """Execute a command."""
        if isinstance(command, visit_commands.StartVisit):
            return self._start(command)
        with self._lock:
            run = self._run
            if run is None or run.status.over:
                return _NO_VISIT
            done = self._do(command, run)
            self._tell()
            status = run.status
        if status.over:
            self._end_session()
            self._tell(again=True)
        return done

    def follow_session(self, news: SessionNews) -> None:
        """Take in news of the session: the visit ends with it, unless the disk failed."""
        with self._lock:
            before, self._session = self._session, news.name
            if news.name == before or self._run is None:
                return
            failed, self._failed = self._failed, bool(news.notice and not news.name)
            if self._failed or (failed and news.runner == self._run.status.runner):
                self._run.follow_session(news.name)
            else:
                self._run.stop()
            self._tell()

    def _start(self, command: visit_commands.StartVisit) -> Done:
        if self._recorder is None:
            return _NO_RECORDER
        try:
            if command.template not in self._shelf.names():
                return Done("unknown_template", f"There is no template {command.template}.")
            template = self._shelf.template(command.template)
        except SettingsError as error:
            return Done("template_broken", f"{error}.")
        with self._lock:
            if self._run is not None:
                self._run.stop()
                self._tell()
                self._run = None
        self._begin_session(command.runner, command.belt_speed_mps, command.incline_pct)
        with self._lock:
            status = begin_visit(
                self._session, command.runner, template, command.number, _FULL_DOSE_PCT
            )
            self._run = VisitRun(status, template, session=self._session)
            self._told = None
            self._tell()
        return Done()

    def _do(self, command: visit_commands.VisitCommand, run: VisitRun) -> Done:
        match command:
            case visit_commands.VisitNext():
                return _ANSWERS[run.next(command.step)]
            case visit_commands.VisitSkip():
                return _ANSWERS[run.skip(command.step)]
            case visit_commands.VisitRepeat():
                return _ANSWERS[run.repeat(command.step, command.of)]
            case visit_commands.VisitGoOn():
                return _ANSWERS[run.go_on(command.step)]
            case visit_commands.VisitPain():
                return _ANSWERS[self._pain(command, run)]
            case visit_commands.VisitStop():
                run.stop()
        return Done()

    def _pain(self, command: visit_commands.VisitPain, run: VisitRun) -> str:
        step = run.status.step
        if step is None or step.id != command.step:
            return "step_over"
        asked = step.kind == "pain"
        if asked or not command.stop:
            return run.answer(command.step)
        return run.stop_by_pain(command.step)

    def _end_session(self) -> None:
        if self._recorder is not None and self._session:
            self._recorder.end()

    # Messages to every page.

    def _tell(self, time_s: float = nan, *, again: bool = False) -> None:
        """Send the visit if it has changed; its counts once a second."""
        if self._run is None:
            return
        self._steer(self._run)
        status, before = self._run.status, self._told
        counted = time_s - self._told_s >= _TOLD_EVERY_S and status != before
        if before is None or again or counted or status.gist != before.gist:
            self._told = status
            self._told_s = time_s
            self._hub.publish(visit_message(status))

    def _steer(self, run: VisitRun) -> None:
        """Start the exercise of the current step, and stop that of the last."""
        before, wanted = self._exercising, run.exercise
        if wanted == before:
            return
        self._exercising = wanted
        if before is not None:
            self._exercise(before[1], False)
        if wanted is None:
            return
        if wanted[1] in EXERCISES:
            self._exercise(wanted[1], True)
        else:
            run.no_exercise()
