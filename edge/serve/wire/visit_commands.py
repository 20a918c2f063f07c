"""Commands about the guided visit.

Each command about a step names the step it was pressed on. If that is no longer the current one,
the answer has the code ``step_over`` and nothing changes: two tablets may press at the same time.
"""

from typing import Annotated

import msgspec

from edge.messages.side import Side
from edge.messages.visit import PainChange
from edge.serve.wire.wire_types import CommandBase, Incline, Note, RunnerId, Speed, Word

VisitNumber = Annotated[int, msgspec.Meta(ge=1, le=999)]
PainLevel = Annotated[int, msgspec.Meta(ge=0, le=10)]
StepId = Annotated[str, msgspec.Meta(max_length=48)]


class StartVisit(CommandBase, frozen=True, kw_only=True, tag="start_visit"):
    """Begin a visit and its recording; a visit or session in progress is ended first and kept.

    ``number`` is which visit of this patient it is. Null takes it from the visits recorded here;
    without any it is unknown, and feedback is given all the time. Texts are empty if not asked.
    Without ``video_consent`` no video is recorded. Belt speed and incline mean the same as in
    ``set_belt``.
    """

    runner: RunnerId
    template: Word = "default"
    number: VisitNumber | None = None
    complaint: Note = ""
    pain_side: Side | None = None
    pain_place: Note = ""
    pain_level: PainLevel | None = None
    shoes: Note = ""
    video_consent: bool = False
    belt_speed_mps: Speed | None = None
    incline_pct: Incline | None = None


class VisitNext(CommandBase, frozen=True, kw_only=True, tag="visit_next"):
    """End the current step as it is and go on; what it lacked is kept in the record."""

    step: StepId


class VisitSkip(CommandBase, frozen=True, kw_only=True, tag="visit_skip"):
    """Leave out the current step; without the other side also what was to be run on it."""

    step: StepId


class VisitRepeat(CommandBase, frozen=True, kw_only=True, tag="visit_repeat"):
    """Do a step again: the current one, or an earlier one named by ``of``.

    After an earlier one the current step goes on. What was recorded stays, as ``repeated``.
    """

    step: StepId
    of: StepId = ""


class VisitGoOn(CommandBase, frozen=True, kw_only=True, tag="visit_go_on"):
    """Go on after ``another_person`` or ``after_pain``: it is the runner, and they want to."""

    step: StepId


class VisitPain(CommandBase, frozen=True, kw_only=True, tag="visit_pain"):
    """Record pain as the runner tells it.

    In a step ``pain`` it is the answer, and the visit goes on. In any other step it stops the step,
    unless ``stop`` is false.
    """

    step: StepId
    level: PainLevel
    side: Side | None = None
    place: Note = ""
    change: PainChange | None = None
    stop: bool = True


class VisitStop(CommandBase, frozen=True, kw_only=True, tag="visit_stop"):
    """End the visit and its recording; what was recorded stays."""


VisitCommand = StartVisit | VisitNext | VisitSkip | VisitRepeat | VisitGoOn | VisitPain | VisitStop
