"""What changed between two visits, and whether that is more than error."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, nan
from typing import Final

from edge.messages.side import Side
from edge.metrics.catalogue import METRIC_NAMES
from edge.numerics.statistics import Spread
from edge.report.facts import Visit

# The smallest change between two days that is more than error; none is known of the others.
# Source: docs/gait-metrics.md, "Minimal detectable change", until the project measures its own.
BETWEEN_DAYS: Final[Mapping[str, float]] = {
    "knee_toe_offset_pct": 5.0,
    "shank_angle_deg": 5.0,
    "knee_flexion_peak_deg": 5.0,
    "knee_flexion_contact_deg": 5.0,
    "knee_flexion_push_off_deg": 5.0,
    "thigh_extension_deg": 5.0,
    "plantarflexion_deg": 5.0,
    "trunk_lean_deg": 5.0,
}
# Within one session the camera stays where it is, and less is already more than error.
_WITHIN_SESSION: Final[Mapping[str, float]] = {"knee_toe_offset_pct": 3.0}
_ANGLE_WITHIN_SESSION: Final = 2.0


class Judged(StrEnum):
    """What may be said of a change."""

    CHANGED = "changed"
    WITHIN_ERROR = "within_error"
    NO_LIMIT = "no_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How one metric of one leg came out at two visits; ``mdc`` is NaN where none is known."""

    metric: str
    before: Spread
    after: Spread
    mdc: float

    @property
    def change(self) -> float:
        """After less before."""
        return self.after.mean - self.before.mean

    @property
    def judged(self) -> Judged:
        """What may be said of it."""
        if not isfinite(self.mdc):
            return Judged.NO_LIMIT
        return Judged.CHANGED if abs(self.change) > self.mdc else Judged.WITHIN_ERROR


def changes(before: Visit, after: Visit, side: Side) -> list[Change]:
    """Return what changed of one leg; empty if it was not judged at both visits."""
    old, new = before.legs[side], after.legs[side]
    if not (old.judged and new.judged):
        return []
    same = before.session.id == after.session.id
    return [
        Change(
            metric=name,
            before=old.metrics[name],
            after=new.metrics[name],
            mdc=minimal_detectable_change(name, same_session=same),
        )
        for name in METRIC_NAMES
    ]


def minimal_detectable_change(metric: str, *, same_session: bool) -> float:
    """Return the smallest change that is more than error; NaN where none is known."""
    between = BETWEEN_DAYS.get(metric, nan)
    if same_session and isfinite(between):
        return _WITHIN_SESSION.get(metric, _ANGLE_WITHIN_SESSION)
    return between
