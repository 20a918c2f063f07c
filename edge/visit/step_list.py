"""The steps of a visit, of which one is current."""

from dataclasses import replace
from typing import Any

from edge.messages.side import Side
from edge.messages.visit import StepKind, StepState, VisitStatus, VisitStep
from edge.visit.step_plan import PlannedSide, Template
from edge.visit.template_reading import free_id


class StepList:
    """List of the steps in order; repetitions are added, and none is ever removed.

    Parameters
    ----------
    status
        The visit that they are of.
    template
        Their plans.
    """

    def __init__(self, status: VisitStatus, template: Template) -> None:
        self._plans = {plan.id: plan for plan in template.steps}
        self._steps = list(status.steps)
        self._current = status.current

    @property
    def all(self) -> tuple[VisitStep, ...]:
        """All steps."""
        return tuple(self._steps)

    @property
    def current(self) -> VisitStep:
        """The current step; the last one that was, if the visit is over."""
        return self._steps[self._place(self._current)]

    @property
    def following(self) -> VisitStep | None:
        """The first step that is not over."""
        return next((step for step in self._steps if not step.state.over), None)

    def enter(self, step: VisitStep) -> None:
        """Make a step of the list the current one."""
        self._current = step.id

    def named(self, step: str) -> VisitStep:
        """Return a step by its ``id``; StopIteration if there is none."""
        return self._steps[self._place(step)]

    def change(self, of: str = "", **changes: Any) -> None:
        """Change fields of the current step, or of the one with this ``id``."""
        place = self._place(of or self._current)
        self._steps[place] = replace(self._steps[place], **changes)

    def leave(self, step: str, state: StepState) -> None:
        """Put a step into a state."""
        place = self._place(step)
        self._steps[place] = replace(self._steps[place], state=state)

    def up_to_current(self, step: str) -> VisitStep | None:
        """Return a step by its ``id``; None if it comes after the current one, or is unknown."""
        found = (each for each in self._steps[: self._place(self._current) + 1] if each.id == step)
        return next(found, None)

    def add_again(self, step: VisitStep) -> VisitStep:
        """Add a repetition of a step before the current one, behind it if it is the same."""
        again = VisitStep(
            id=free_id(step.of, {each.id for each in self._steps}),
            of=step.of,
            kind=step.kind,
            cue=step.cue,
            why=step.why,
            metronome=step.metronome,
            feedback_pct=step.feedback_pct,
            dose=step.dose,
            planned_s=step.planned_s,
            strides_needed=step.strides_needed,
        )
        self._steps.insert(self._place(self._current) + (step.id == self._current), again)
        return again

    def skip_other_side(self) -> None:
        """Skip what needs the other side of the treadmill; for a raise, a turn is enough."""
        for step in self._steps:
            on_other = self._plans[step.of].side is PlannedSide.OTHER
            if on_other and not step.state.over and step.kind is not StepKind.CALF_RAISES:
                self.leave(step.id, StepState.SKIPPED)

    def side_of(self, step: VisitStep, first: Side | None) -> Side | None:
        """Return the leg that a step looks at, given the one looked at first; None if unknown."""
        planned = self._plans[step.of].side
        if step.kind is StepKind.OTHER_SIDE or planned is PlannedSide.OTHER:
            return None if first is None else first.other
        return first if planned is PlannedSide.FIRST else Side(planned.value)

    def _place(self, step: str) -> int:
        return next(place for place, each in enumerate(self._steps) if each.id == step)
