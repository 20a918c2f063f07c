"""Messages about the guided visit, and the templates it may follow."""

import msgspec

from edge.messages.feedback import DoseSource
from edge.messages.side import Side
from edge.messages.visit import Screen, StepKind, StepState
from edge.serve.wire.wire_types import Number, Params, ToClient


class MissingEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a step still needs.

    ``text`` is in English; ``code`` and ``params`` are the same without words, see
    ``edge/messages/visit.py``.
    """

    code: str
    params: Params
    text: str


class VisitStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a visit.

    Commands name it by ``id``; ``of`` is the template's step, which differs for a repetition.
    ``side`` is the leg that is to be nearest the camera. ``cue`` is a kind of cue, ``auto`` until
    the baseline has been run, empty without one; ``why`` is the code of the reason for which
    ``auto`` became this cue. ``feedback_pct`` is the share of time with feedback, and ``dose`` says
    why. Times are capture times of the session in which the step happened; ``elapsed_s`` counts no
    pauses, and ``planned_s`` is null without a timer. ``missing`` lists what it still needs, the
    most important first. ``split`` is the code of the reason for which its last block ended early,
    see ``SPLIT_CODES``.
    """

    id: str
    of: str
    kind: StepKind
    state: StepState
    side: Side | None
    cue: str
    why: str
    metronome: bool
    feedback_pct: Number
    dose: DoseSource
    started_s: Number
    ended_s: Number
    elapsed_s: float
    planned_s: Number
    strides: int
    strides_needed: int
    missing: tuple[MissingEntry, ...]
    split: str


class Visit(ToClient, frozen=True, kw_only=True, tag="visit"):
    """The guided visit of this session, sent whole on every change.

    Counts are sent at most once a second. ``current`` is the ``id`` of the current step, empty if
    the visit is ``over``. ``screen`` says what the runner sees while it is not over; with
    ``time_only`` that is neither a cue nor a target nor a colour. ``side`` is the leg that the
    current step looks at, null if any. ``number`` is null if nobody knows which visit it is.
    """

    id: str
    runner: str
    template: str
    number: int | None
    steps: tuple[VisitStep, ...]
    current: str
    screen: Screen
    side: Side | None
    over: bool


class TemplateEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One template of a visit.

    ``title`` is the clinic's own; empty for those that come with Toeline, whose translation key is
    ``visit_template.NAME``. ``kinds`` are its steps in order, ``planned_s`` its timers together.
    ``flaw`` is one sentence if it cannot be used.
    """

    name: str
    title: str
    kinds: tuple[StepKind, ...]
    planned_s: float
    flaw: str = ""


class VisitTemplates(ToClient, frozen=True, kw_only=True, tag="visit_templates"):
    """The templates that ``start_visit`` may name; sent on connection."""

    templates: tuple[TemplateEntry, ...]
