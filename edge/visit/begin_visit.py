"""The first state of a visit."""

from math import isnan

from edge.messages.feedback import DoseSource
from edge.messages.visit import StepKind, StepState, VisitStatus, VisitStep
from edge.visit.step_plan import StepPlan, Template


def begin_visit(
    name: str,
    runner: str,
    template: Template,
    number: int | None,
    feedback_pct: float,
    dose: DoseSource,
) -> VisitStatus:
    """Return a visit whose patient has been entered, and whose next step is current.

    ``feedback_pct`` is the dose of this visit, and ``dose`` why, for the cues that the template
    gives none.
    """
    steps = tuple(_step(plan, feedback_pct, dose) for plan in template.steps)
    return VisitStatus(
        id=name,
        runner=runner,
        template=template.name,
        number=number,
        steps=steps,
        current=next(step.id for step in steps if not step.state.over),
    )


def _step(plan: StepPlan, feedback_pct: float, dose: DoseSource) -> VisitStep:
    by_visit = bool(plan.cue) and isnan(plan.feedback_pct)
    return VisitStep(
        id=plan.id,
        of=plan.id,
        kind=plan.kind,
        state=StepState.DONE if plan.kind is StepKind.PATIENT else StepState.WAITING,
        cue=plan.cue,
        metronome=plan.metronome,
        feedback_pct=feedback_pct if by_visit else plan.feedback_pct,
        dose=dose if by_visit else DoseSource.UNSCHEDULED,
        planned_s=plan.seconds,
        strides_needed=plan.strides,
    )
