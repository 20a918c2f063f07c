"""Calf raises on one leg: each raise, and the set."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan

from edge.messages.side import Side

# The beat of the test: up on one beat and down on the next (docs/gait-metrics.md, "Calf raises").
BEATS_PER_MIN = 60
RAISES_PER_MIN = 30
# Full raises that are enough: the clinic's bar (Lunsford and Perry 1995).
ENOUGH_RAISES = 25

TURNED = "turned"
"""The end of a set in which the person turned round."""

# How a set goes: what it waits for, while it counts, why it ended, why there is none.
RAISE_CODES = (
    *("waiting", "no_runner", "hidden", "far_leg", "both_feet", "not_flat", "moving", "still"),
    *("counting", "prompt"),
    *("target", "stopped", "left", TURNED, "finished"),
    *("no_standing", "no_raises"),
)


class RaiseKind(StrEnum):
    """How high a raise came: from 90 % of the full height, from 50 %, or lower."""

    FULL = "full"
    PARTIAL = "partial"
    FAILED = "failed"


class RaiseFault(StrEnum):
    """What was wrong with a raise, whatever its height."""

    NONE = ""
    KNEE_BEND = "knee_bend"
    SWAY = "sway"
    TEMPO = "tempo"
    DOUBLE_BOUNCE = "double_bounce"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExercisePlan:
    """What is known before an exercise.

    Attributes
    ----------
    side
        The leg to test; None for the one nearer to the camera.
    stature_m, mass_kg
        The person's, NaN if unknown.
    target
        Full raises that end the set; 0 to go on until the person stops.
    """

    side: Side | None = None
    stature_m: float = nan
    mass_kg: float = nan
    target: int = ENOUGH_RAISES


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """One raise.

    Attributes
    ----------
    rep
        Its number in the set, from 1.
    start_s, top_s, end_s
        Capture times: the heel leaves the lowest fifth of the full height, is highest, and is back.
    height_cm
        Rise of the heel above the standing height.
    height_pct
        The same, of the full height.
    """

    rep: int
    side: Side
    start_s: float
    top_s: float
    end_s: float
    height_cm: float
    height_pct: float
    kind: RaiseKind
    fault: RaiseFault = RaiseFault.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseSet:
    """A set of raises on one leg.

    Attributes
    ----------
    side
        The leg.
    raises
        In order.
    full_height_cm
        The full height: mean of the best three of the first five raises; NaN without a raise.
    scale_error95_pct
        How far all heights together may be off, 95 %: the scale comes from stature, entered or
        assumed.
    stature_m, mass_kg
        As entered; NaN if unknown.
    ended
        Why the set ended: ``target``, ``stopped``, ``left``, ``turned`` or ``finished``.
    """

    side: Side
    raises: tuple[Raise, ...]
    full_height_cm: float
    scale_error95_pct: float
    stature_m: float = nan
    mass_kg: float = nan
    ended: str = "finished"

    def count(self, kind: RaiseKind) -> int:
        """Return the number of raises of a kind."""
        return sum(each.kind is kind for each in self.raises)
