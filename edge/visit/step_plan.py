"""A template: the steps that a visit of this kind has."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

from edge.messages.visit import StepKind


class PlannedSide(StrEnum):
    """Which leg a step looks at: the first one seen, the other, or a certain one."""

    FIRST = "first"
    OTHER = "other"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """One step of a template; times and counts as in ``VisitStep``.

    ``feedback_pct`` is NaN where the number of the visit decides.
    """

    kind: StepKind
    id: str
    side: PlannedSide = PlannedSide.FIRST
    seconds: float = nan
    strides: int = 0
    cue: str = ""
    metronome: bool = False
    feedback_pct: float = nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template.

    Attributes
    ----------
    name
        The name of its file.
    title
        For people; empty where ``i18n`` has it.
    steps
        In order; the first is the patient, the last the result.
    text
        The file as it was read, for the record.
    """

    name: str
    title: str
    steps: tuple[StepPlan, ...]
    text: str
