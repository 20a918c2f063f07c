"""Traffic lights and cues."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

from edge.messages.reading import BeltSource
from edge.messages.side import Side


class Fault(StrEnum):
    """The two errors this product looks for."""

    KNEES_FORWARD = "knees_forward"
    BENT_PUSH_OFF = "bent_push_off"


class VerdictState(StrEnum):
    """A traffic light that may also say that it cannot tell."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    BORDERLINE = "borderline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The limits by which one fault of one leg is judged, from here until the next such message.

    Attributes
    ----------
    side, fault
        What is judged.
    metric
        The deciding metric, by its field of ``StrideMetrics``; limits are in its unit.
    amber, red
        A value is beyond a limit when it is strictly on its worse side.
    inside
        How far inside a limit the mean must be before the limit counts as left; not negative.
    worse
        +1 where larger values are worse, -1 where smaller ones are.
    speed_mps
        Belt speed that the limits were taken at, held to the range in which they follow it.
    speed_source
        Where that speed comes from; with ``none`` it is unknown, and one is assumed.
    decided_at_s
        ``time_s`` of the frame from which they hold.
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
    """The traffic light of one fault of one leg, by the limits of the last ``Bands`` of the same.

    ``mean`` and ``ci95`` are of the deciding metric over the last valid strides, in that metric's
    unit; NaN without enough strides.
    """

    side: Side
    fault: Fault
    state: VerdictState
    reason: str
    cue: str | None
    decided_at_s: float
    mean: float = nan
    ci95: tuple[float, float] = (nan, nan)
    strides: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One sentence for the runner."""

    kind: str
    wording: str
    issued_at_s: float
