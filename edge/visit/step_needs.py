"""What the current step needs now, and whether the runner does what it is about."""

from collections.abc import Iterator
from typing import Final

from edge.messages.gait import Activity, GaitState
from edge.messages.side import Side
from edge.messages.visit import RUN_KINDS, Missing, StepKind, VisitStep
from edge.visit.exercise_needs import ExerciseNeeds

_MOVING: Final = (Activity.WALKING, Activity.RUNNING)
_ACTIVITIES: Final[dict[StepKind, tuple[Activity, ...]]] = {
    StepKind.WARM_UP: _MOVING,
    StepKind.BASELINE: (Activity.RUNNING,),
    StepKind.CUE: (Activity.RUNNING,),
    StepKind.RETENTION: (Activity.RUNNING,),
    # A raise may look like a step.
    StepKind.CALF_RAISES: (Activity.STANDING, *_MOVING),
}
_SPLITS: Final = {
    Activity.ABSENT: "runner_left",
    Activity.STANDING: "belt_stopped",
    Activity.WALKING: "walked",
}


def shows_other_leg(step: VisitStep, near_side: Side | None) -> bool:
    """Return whether the leg nearest the camera is not the one that the step is about."""
    return None not in (step.side, near_side) and near_side is not step.side


def goes_on(step: VisitStep, state: GaitState) -> bool:
    """Return whether the runner does what a step with blocks is about."""
    return state.activity in _ACTIVITIES[step.kind] and not shows_other_leg(step, state.near_side)


def split_of(step: VisitStep, state: GaitState) -> str:
    """Return why a block ended while its step goes on."""
    if shows_other_leg(step, state.near_side) and state.activity in _ACTIVITIES[step.kind]:
        return "other_leg"
    return _SPLITS.get(state.activity, "belt_stopped")


def run_needs(step: VisitStep, state: GaitState | None, last: str) -> Iterator[Missing]:
    """Yield what a step of running, or one of calf raises, still needs.

    Parameters
    ----------
    step
        The current step.
    state
        The runner's state; None before the first frame.
    last
        The code of the reason why the last stride did not count; empty if it did.
    """
    if state is None or state.activity is Activity.ABSENT:
        yield Missing("runner")
    elif state.activity not in _ACTIVITIES[step.kind]:
        yield Missing("moving" if step.kind is StepKind.WARM_UP else "running")
    elif shows_other_leg(step, state.near_side):
        yield Missing("far_leg", side=str(step.side))
    if step.kind in RUN_KINDS and step.strides < step.strides_needed:
        seen, needed = step.strides, step.strides_needed
        if last:
            yield Missing("strides_last", seen=seen, needed=needed, last=last)
        else:
            yield Missing("strides", seen=seen, needed=needed)


def step_needs(
    step: VisitStep, state: GaitState | None, last: str, exercise: ExerciseNeeds
) -> tuple[Missing, ...]:
    """Return what a step still needs.

    Parameters
    ----------
    step, state, last
        As in ``run_needs``.
    exercise
        How far its exercise is.
    """
    if step.kind in RUN_KINDS:
        return tuple(run_needs(step, state, last))
    if step.kind is StepKind.PAIN:
        return (Missing("answer"),)
    if step.kind is StepKind.OTHER_SIDE:
        return () if step.side is None else (Missing("turn_round", side=str(step.side)),)
    if step.kind is StepKind.CALF_RAISES and not exercise.done:
        return (*run_needs(step, state, ""), *exercise.missing)
    return exercise.missing
