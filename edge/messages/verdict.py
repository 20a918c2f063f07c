"""Traffic lights and cues."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

from edge.messages.reading import BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side


class Fault(StrEnum):
    """The two running faults that Toeline detects."""

    KNEES_FORWARD = "knees_forward"
    BENT_PUSH_OFF = "bent_push_off"


class CueKind(StrEnum):
    """The kinds of cue; edge/i18n has their sentences: short, kind, about the effect."""

    SIT_BACK = "sit_back"
    CADENCE = "cadence"
    LONG_PUSH = "long_push"
    PRAISE = "praise"


class VerdictState(StrEnum):
    """State of a traffic light, including ones without a clear answer."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    BORDERLINE = "borderline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The limits for one fault of one leg, in force until the next such message.

    Attributes
    ----------
    side, fault
        The leg and the fault judged.
    metric
        Name of the deciding metric in ``StrideMetrics``; limits are in its unit.
    amber, red
        A value is beyond a limit if it is strictly on its worse side.
    inside
        Distance inside a limit that the mean must reach to leave the state; not negative.
    worse
        +1 if larger values are worse, -1 if smaller ones are.
    speed_mps
        Belt speed used for the limits, clamped to the range in which they scale with it.
    speed_source
        Source of that speed; ``none`` means unknown, and a default is assumed.
    decided_at_s
        ``time_s`` of the frame from which the limits apply.
    """

    side: Side
    fault: Fault
    metric: str
    amber: float
    red: float
    inside: float
    worse: int
    speed_mps: float
    speed_source: BeltSource
    decided_at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The traffic light for one fault of one leg, judged by the latest matching ``Bands``.

    ``mean`` and ``ci95`` belong to the deciding metric over the last valid strides, in its unit;
    NaN with too few strides. ``ci95`` holds the scatter of strides and the model's error, whose own
    half interval is ``error95``: NaN if none is known. ``cue`` is a ``CueKind``; older recordings
    hold its sentence.
    """

    side: Side
    fault: Fault
    state: VerdictState
    reason: Reason
    cue: str | None
    decided_at_s: float
    mean: float = nan
    ci95: tuple[float, float] = (nan, nan)
    error95: float = nan
    strides: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One sentence for the runner: its ``CueKind``, and its English words."""

    kind: str
    wording: str
    issued_at_s: float
