"""Traffic lights and cues."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

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
class Verdict:
    """The traffic light of one fault of one leg.

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
