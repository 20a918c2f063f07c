"""A visit and the templates as wire messages."""

from math import isfinite

from edge.i18n.visit_words import english_missing
from edge.messages.errors import SettingsError
from edge.messages.visit import Missing, VisitStatus, VisitStep
from edge.serve.control.control_messages import plain
from edge.serve.wire import visit_messages
from edge.visit.template_shelf import TemplateShelf


def visit_message(status: VisitStatus) -> visit_messages.Visit:
    """Return the wire message of a visit."""
    return visit_messages.Visit(
        id=status.id,
        runner=status.runner,
        template=status.template,
        number=status.number,
        steps=tuple(_step(step) for step in status.steps),
        current=status.current,
        screen=status.screen,
        side=status.side,
        over=status.over,
    )


def templates_message(shelf: TemplateShelf) -> visit_messages.VisitTemplates:
    """Return the wire message of all templates; one that cannot be used says why."""
    return visit_messages.VisitTemplates(
        templates=tuple(_template(shelf, name) for name in shelf.names())
    )


def _step(step: VisitStep) -> visit_messages.VisitStep:
    return visit_messages.VisitStep(
        id=step.id,
        of=step.of,
        kind=step.kind,
        state=step.state,
        side=step.side,
        cue=step.cue,
        why=step.why,
        metronome=step.metronome,
        feedback_pct=plain(step.feedback_pct),
        dose=step.dose,
        started_s=plain(step.started_s),
        ended_s=plain(step.ended_s),
        # A tenth is finer than any page shows.
        elapsed_s=round(step.elapsed_s, 1),
        planned_s=plain(step.planned_s),
        strides=step.strides,
        strides_needed=step.strides_needed,
        missing=tuple(_missing(each) for each in step.missing),
        split=step.split,
    )


def _missing(missing: Missing) -> visit_messages.MissingEntry:
    return visit_messages.MissingEntry(
        code=missing.code, params=dict(missing.params), text=english_missing(missing)
    )


def _template(shelf: TemplateShelf, name: str) -> visit_messages.TemplateEntry:
    try:
        template = shelf.template(name)
    except SettingsError as error:
        return visit_messages.TemplateEntry(
            name=name, title=name, kinds=(), planned_s=0.0, flaw=f"{error}"
        )
    return visit_messages.TemplateEntry(
        name=name,
        title=template.title if shelf.is_own(name) else "",
        kinds=tuple(plan.kind for plan in template.steps),
        planned_s=sum(plan.seconds for plan in template.steps if isfinite(plan.seconds)),
    )
