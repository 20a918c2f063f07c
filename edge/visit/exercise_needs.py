"""How far the exercise of a step is, and what it still needs."""

from typing import Final

from edge.messages.exercise import ExerciseState, ExerciseUpdate, Result
from edge.messages.raises import TURNED, RaiseKind
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

    An exercise that ends without what its step needs is to begin again by itself; what was wrong
    is told until the next try gets further.

    Attributes
    ----------
    done
        Whether the exercise has ended as the step needs it.
    tries
        How often it has ended otherwise.
    missing
        What is missing for that.
    """

    def __init__(self) -> None:
        self.done = False
        self.tries = 0
        self.missing: tuple[Missing, ...] = ()

    def begin(self, step: VisitStep) -> None:
        """Begin a step."""
        self.done = False
        self.tries = 0
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
        if not update.over:
            self._go_on(step, update)
            return
        missing = _lacking(step, update)
        self.missing = (missing,) if missing else ()
        self.done = not missing
        self.tries += bool(missing)

    def _go_on(self, step: VisitStep, update: ExerciseUpdate) -> None:
        """Tell what a try in progress needs; what the last one lacked, until this gets further."""
        cause = update.code or "waiting"
        if step.kind is StepKind.NEUTRAL:
            # The try that begins has not seen anything yet.
            again = self.tries > 0 and cause != "still"
            if not (again and cause == "waiting"):
                self.missing = (Missing("stance_failed" if again else "stance", cause=cause),)
        elif not self.tries or _has_raised(update):
            self.missing = (Missing("set_up" if step.kind is StepKind.SET_UP else "raises"),)


def _has_raised(update: ExerciseUpdate) -> bool:
    return any(update.values.get(f"{kind}_count", 0) > 0 for kind in RaiseKind)


def _lacking(step: VisitStep, update: ExerciseUpdate) -> Missing:
    """Return what an exercise that is over did not give its step; empty if nothing."""
    failed = update.state is ExerciseState.FAILED
    match step.kind:
        case StepKind.SET_UP:
            return Missing("set_up") if failed else _to_be_fixed(update)
        case StepKind.NEUTRAL if failed:
            return Missing("stance_failed", cause=update.code or "waiting")
        case StepKind.NEUTRAL:
            stance = update.stance
            other = step.side is not None and stance is not None and stance.side is not step.side
            return Missing("far_leg", side=str(step.side)) if other else Missing()
        case _ if failed:
            return Missing("raises_failed")
        case _:
            return Missing("raises_turned") if update.code == TURNED else Missing()


def _to_be_fixed(update: ExerciseUpdate) -> Missing:
    if any(found.code == "no_runner" for found in update.findings):
        return Missing("runner")
    fixes = [found.name for found in update.findings if found.result is Result.FIX]
    spoiling = " ".join(name for name in fixes if name in _SPOILING)
    return Missing("set_up_fix", checks=spoiling) if spoiling else Missing()
