"""How far the exercise of a step is, and what it still needs."""

from typing import Final

from edge.messages.exercise import ExerciseState, ExerciseUpdate, Result
from edge.messages.visit import RAISES, Missing, StepKind, VisitStep

EXERCISES: Final = {
    StepKind.SET_UP: "set_up",
    StepKind.NEUTRAL: "neutral",
    StepKind.CALF_RAISES: RAISES,
}
"""The exercise that a step consists of, by its name in ``edge/exercises/registry.py``."""

# What would spoil every number. The others are told, and the visit goes on.
_SPOILING: Final = ("frame_rate", "light", "runner_size", "squareness", "roll", "feet")


class ExerciseNeeds:
    """Follows the exercise of the current step.

    Attributes
    ----------
    done
        Whether the exercise has ended as the step needs it.
    missing
        What is missing for that.
    """

    def __init__(self) -> None:
        self.done = False
        self.missing: tuple[Missing, ...] = ()

    def begin(self, step: VisitStep) -> None:
        """Begin a step."""
        self.done = False
        first = {
            StepKind.SET_UP: Missing("set_up"),
            StepKind.NEUTRAL: Missing("stance", cause="waiting"),
            StepKind.CALF_RAISES: Missing("raises"),
        }
        self.missing = (first[step.kind],) if step.kind in first else ()

    def unknown(self, step: VisitStep) -> None:
        """Note that the station does not have the step's exercise."""
        self.missing = (Missing("exercise_unknown", exercise=EXERCISES[step.kind]),)

    def follow(self, step: VisitStep, update: ExerciseUpdate) -> None:
        """Take in the progress of an exercise; that of any other changes nothing."""
        if EXERCISES.get(step.kind) != update.kind or self.done:
            return
        ended = update.state is ExerciseState.DONE
        missing = _missing(step, update, failed=update.state is ExerciseState.FAILED)
        self.missing = (missing,) if missing else ()
        self.done = ended and not missing


def _missing(step: VisitStep, update: ExerciseUpdate, *, failed: bool) -> Missing:
    done = update.state is ExerciseState.DONE
    match step.kind:
        case StepKind.SET_UP if done:
            if any(found.code == "no_runner" for found in update.findings):
                return Missing("runner")
            fixes = [found.name for found in update.findings if found.result is Result.FIX]
            spoiling = " ".join(name for name in fixes if name in _SPOILING)
            return Missing("set_up_fix", checks=spoiling) if spoiling else Missing()
        case StepKind.SET_UP:
            return Missing("set_up")
        case StepKind.NEUTRAL if done:
            stance = update.stance
            other = step.side is not None and stance is not None and stance.side is not step.side
            return Missing("far_leg", side=str(step.side)) if other else Missing()
        case StepKind.NEUTRAL:
            return Missing("stance_failed" if failed else "stance", cause=update.code or "waiting")
        case _:
            return Missing() if done else Missing("raises_failed" if failed else "raises")
