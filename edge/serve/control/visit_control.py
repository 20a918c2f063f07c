"""Control of the guided visit: carries out operators' commands, and tells every page how it is."""

import logging
from collections.abc import Callable
from math import nan
from pathlib import Path
from threading import RLock
from typing import Final, Protocol

from edge.exercises.registry import EXERCISES
from edge.messages.errors import RecordError, SettingsError
from edge.messages.health import Health, StationState
from edge.messages.outcome import Outcome
from edge.messages.plain_text import plain_text
from edge.messages.session import SessionNews
from edge.messages.side import Side
from edge.messages.visit import Pain, StepKind, VisitStatus
from edge.pipeline import Pipeline
from edge.serve.control.visit_book import VisitBook, cut_off, new_book, visit_number
from edge.serve.control.visit_text import templates_message, visit_message
from edge.serve.live.hub import Hub
from edge.serve.wire import visit_commands
from edge.serve.wire.commands import Done
from edge.serve.wire.visit_messages import VisitTemplates
from edge.serve.wire.wire_types import MOST_NOTE
from edge.settings.feedback_schedule import feedback_dose
from edge.settings.paths import expanded
from edge.settings.settings import Settings
from edge.sinks.recorder import Recorder
from edge.visit.begin_visit import begin_visit
from edge.visit.template_shelf import TemplateShelf
from edge.visit.visit_run import OK, VisitRun

_log = logging.getLogger(__name__)

_TOLD_EVERY_S: Final = 1.0
_NO_RECORDER: Final = Done("no_recording", "This station records nothing.")
_NO_VISIT: Final = Done("no_visit", "No visit is in progress.")
_ANSWERS: Final = {
    OK: Done(),
    "step_over": Done("step_over", "The visit has gone on to another step meanwhile."),
    "unknown_step": Done("unknown_step", "The visit has no such step to repeat."),
}


class Begin(Protocol):
    """Begins the session of a runner."""

    def __call__(
        self, runner: str, belt_speed_mps: float | None, incline_pct: float | None, *, video: bool
    ) -> object:
        """Begin it; ``video`` is false if the runner does not want to be filmed."""


class VisitControl:
    """Handler of the visit's commands, and of what the frames mean for it.

    Parameters
    ----------
    hub
        Sends messages to the pages.
    pipeline
        Gives the feedback that the visit allows.
    recorder
        Records the visit's sessions; None for a station that records nothing, which has no visits.
    settings
        Where the clinic's own templates are, and the dose of feedback.
    begin_session
        Begins a session.
    exercise
        Starts an exercise by name, on a leg if one is given, or stops it.
    later
        Has something done on the thread of commands.
    """

    def __init__(
        self,
        hub: Hub,
        pipeline: Pipeline,
        recorder: Recorder | None,
        settings: Settings,
        *,
        begin_session: Begin,
        exercise: Callable[[str, bool, Side | None], object],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._hub = hub
        self._pipeline = pipeline
        self._recorder = recorder
        self._settings = settings
        folder = settings.visit.templates
        self._shelf = TemplateShelf(expanded(Path(folder)) if folder else None)
        self._begin_session = begin_session
        self._exercise = exercise
        self._later = later
        # Frames come on the worker's thread, commands and news of the session on others.
        self._lock = RLock()
        self._run: VisitRun | None = None
        self._book: VisitBook | None = None
        self._session = ""
        self._failed = False
        self._told: VisitStatus | None = None
        self._told_s = nan
        self._exercising: tuple[str, str, int] | None = None

    def greet(self) -> None:
        """Send the templates that a visit may follow."""
        try:
            templates = templates_message(self._shelf)
        except SettingsError as error:
            _log.error("%s", error)
            templates = VisitTemplates(templates=())
        self._hub.publish(templates)

    def resume(self) -> None:
        """Go on with the visit that a power cut has ended, in the same step."""
        if self._recorder is None:
            return
        try:
            begun = cut_off(self._recorder, self._settings.visit.resume_h)
            if begun is None:
                return
            book = VisitBook(self._recorder, begun.found.record)
            belt = begun.found.belt
            self._begin_session(
                begun.status.runner, belt.speed_mps, belt.incline_pct, video=book.films
            )
        except (RecordError, SettingsError) as error:
            _log.error("the visit that was cut off does not go on: %s", error)
            return
        with self._lock:
            run = begun.run_in(self._session)
            _log.info("visit %s goes on in step %s", run.status.id, run.status.current)
            self._lead(run, book)
        book.keep()

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

    def end(self) -> None:
        """Write the visit once more: the frames have ended."""
        if self._book is not None:
            self._book.keep()

    # Commands, on the controller's thread.

    def take(self, command: visit_commands.VisitCommand) -> Done:
        """Execute a command; what it changes is on disk when this returns."""
        if isinstance(command, visit_commands.StartVisit):
            return self._start(command)
        with self._lock:
            run, book = self._run, self._book
            if run is None or book is None or run.status.over:
                return _NO_VISIT
            done = self._do(command, run, book)
            self._tell()
            status = run.status
        book.keep()
        if status.over:
            self._end_session()
        return done

    def follow_session(self, news: SessionNews) -> None:
        """Take in news of the session: the visit ends with it, unless the disk failed."""
        with self._lock:
            before, self._session = self._session, news.name
            if news.name == before or self._run is None or self._run.status.over:
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
        self._put_aside()
        book = new_book(self._recorder, template, command)
        number = command.number or visit_number(self._recorder, command.runner)
        dose = feedback_dose(self._settings.coaching.feedback_by_visit, number)
        self._begin_session(
            command.runner, command.belt_speed_mps, command.incline_pct, video=book.films
        )
        with self._lock:
            status = begin_visit(self._session, command.runner, template, number, *dose)
            self._lead(VisitRun(status, template, session=self._session), book)
        book.keep()
        return Done()

    def _put_aside(self) -> None:
        """End the visit in progress, if any: another begins."""
        with self._lock:
            run, book = self._run, self._book
            if run is None or book is None:
                return
            run.stop()
            self._tell()
            self._run = self._book = None
        book.keep()

    def _lead(self, run: VisitRun, book: VisitBook) -> None:
        self._run, self._book, self._told = run, book, None
        book.follow(run)
        self._tell()

    def _do(self, command: visit_commands.VisitCommand, run: VisitRun, book: VisitBook) -> Done:
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
                return _ANSWERS[_pain(command, run, book)]
            case visit_commands.VisitStop():
                run.stop()
        return Done()

    def _end_session(self) -> None:
        """End the recording of a visit that is over; pages keep the visit until the next runner."""
        if self._recorder is not None and self._session:
            self._recorder.end()
        with self._lock:
            self._told = None
            self._tell()

    # Messages to every page.

    def _tell(self, time_s: float = nan) -> None:
        """Send the visit if it has changed, its counts once a second; record what has changed."""
        run, book = self._run, self._book
        if run is None or book is None:
            return
        self._steer(run)
        self._pipeline.coaching.use_plan(None if run.status.over else run.plan)
        status, before = run.status, self._told
        counted = time_s - self._told_s >= _TOLD_EVERY_S and status != before
        if before is None or counted or status.gist != before.gist:
            self._told = status
            self._told_s = time_s
            self._hub.publish(visit_message(status))
        if book.follow(run):
            self._later(book.keep)

    def _steer(self, run: VisitRun) -> None:
        """Start the exercise of the current step, also for another try; stop that of the last."""
        before, wanted = self._exercising, run.exercise
        if wanted == before:
            return
        self._exercising = wanted
        if before is not None:
            self._exercise(before[1], False, None)
        if wanted is None:
            return
        if wanted[1] in EXERCISES:
            self._exercise(wanted[1], True, run.status.side)
        else:
            run.no_exercise()


def _pain(command: visit_commands.VisitPain, run: VisitRun, book: VisitBook) -> str:
    """Record pain, and end or stop the step."""
    step = run.status.step
    if step is None or step.id != command.step:
        return "step_over"
    book.note(
        Pain(
            time_s=nan,
            level=command.level,
            side=command.side,
            place=plain_text(command.place, MOST_NOTE),
            change=command.change,
            step=step.id,
        )
    )
    if step.kind is StepKind.PAIN or not command.stop:
        return run.answer(step.id)
    return run.stop_by_pain(step.id)
