"""Control of exercises: executes operators' commands and reports progress to every page."""

from math import nan

from edge.exercises.neutral_stance import NEUTRAL, WITHDRAWN
from edge.exercises.registry import EXERCISES
from edge.exercises.set_up_check.check import SET_UP
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.outcome import Outcome
from edge.messages.raises import ExercisePlan
from edge.messages.seen import Stance
from edge.messages.side import Side
from edge.pipeline import Pipeline
from edge.serve.control.control_messages import exercise_message, neutral_message, set_up_message
from edge.serve.live.hub import Hub
from edge.serve.wire import commands
from edge.serve.wire.commands import Done

ExerciseCommand = (
    commands.CaptureNeutral
    | commands.ClearNeutral
    | commands.CheckSetUp
    | commands.StartExercise
    | commands.StopExercise
)


class ExerciseControl:
    """Handler of the exercise commands; the results are in the pipeline's messages.

    Parameters
    ----------
    hub
        Sends messages to the pages.
    pipeline
        Runs the exercises, and measures relative to the neutral stance.
    """

    def __init__(self, hub: Hub, pipeline: Pipeline) -> None:
        self._hub = hub
        self._pipeline = pipeline
        self._neutral: Stance | None = None
        # Whose stance it is, as an operator entered it; empty if nobody did.
        self._runner = ""

    def greet(self) -> None:
        """Send the initial state: no measurement in progress."""
        self._tell(_nothing(NEUTRAL))
        self._tell(_nothing(SET_UP))

    def take(self, command: ExerciseCommand) -> Done:
        """Execute a command; it takes effect at the next frame."""
        match command:
            case commands.CaptureNeutral():
                return self._start(NEUTRAL)
            case commands.CheckSetUp():
                return self._start(SET_UP)
            case commands.StartExercise():
                return self._start(command.kind, _plan_of(command))
            case commands.StopExercise():
                return self._stop(command.kind)
            case commands.ClearNeutral():
                self._pipeline.exercises.stop(NEUTRAL)
                self.forget_neutral()
        return Done()

    def switch(self, kind: str, on: bool, side: Side | None) -> Done:
        """Start an exercise by name, on a leg if one is given, or stop it."""
        return self._start(kind, ExercisePlan(side=side)) if on else self._stop(kind)

    def follow(self, outcome: Outcome, runner: str) -> None:
        """Send the progress of exercises; clear the stance of a runner who has left.

        The stance is kept if an operator has entered the ``runner``. One that the pipeline has
        dropped, as the camera moved, is said to be withdrawn.
        """
        seen = outcome.seen
        self._runner = runner or self._runner
        if not runner and (seen.fresh or seen.another_person):
            self._runner = ""
            if self._neutral is not None:
                self.forget_neutral()
        for message in outcome.messages:
            if isinstance(message, ExerciseUpdate):
                self._neutral = message.stance or self._neutral
                self._tell(message)
        if self._neutral is not None and self._pipeline.exercises.neutral is None:
            self._neutral = None
            self._tell(_nothing(NEUTRAL, WITHDRAWN))

    def keep_neutral_of(self, runner: str) -> None:
        """Clear the stance of any runner but this one, for whom a session begins.

        A stance measured before an operator entered who it is belongs to this one.
        """
        if self._runner not in ("", runner):
            self._pipeline.exercises.stop(NEUTRAL)
            self.forget_neutral()

    def forget_neutral(self) -> None:
        """Clear the neutral stance from the next frame on."""
        self._runner = ""
        self._neutral = None
        self._pipeline.exercises.neutral = None
        self._tell(_nothing(NEUTRAL))

    def _start(self, kind: str, plan: ExercisePlan | None = None) -> Done:
        if kind not in EXERCISES:
            return Done("unknown_exercise", f"There is no exercise {kind}.")
        self._pipeline.exercises.start(kind, plan)
        begun = ExerciseUpdate(kind=kind, state=ExerciseState.MEASURING, time_s=nan, code="waiting")
        self._tell(begun)
        return Done()

    def _stop(self, kind: str) -> Done:
        if kind not in EXERCISES:
            return Done("unknown_exercise", f"There is no exercise {kind}.")
        self._pipeline.exercises.stop(kind)
        self._tell(_nothing(kind))
        return Done()

    def _tell(self, update: ExerciseUpdate) -> None:
        if update.kind == NEUTRAL:
            self._hub.publish(neutral_message(update, self._neutral))
        elif update.kind == SET_UP:
            self._hub.publish(set_up_message(update))
        else:
            self._hub.publish(exercise_message(update))


def _plan_of(command: commands.StartExercise) -> ExercisePlan:
    return ExercisePlan(
        side=command.side,
        stature_m=nan if command.stature_m is None else command.stature_m,
        mass_kg=nan if command.mass_kg is None else command.mass_kg,
        target=command.target,
    )


def _nothing(kind: str, code: str = "none") -> ExerciseUpdate:
    return ExerciseUpdate(kind=kind, state=ExerciseState.NONE, time_s=nan, code=code)
