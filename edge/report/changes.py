"""Changes between two visits, and whether they exceed measurement error."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from edge.messages.side import Side
from edge.metrics.catalogue import METRICS
from edge.numerics.statistics import Spread
from edge.report.facts import Visit


class Judged(StrEnum):
    """The judgement of a change."""

    CHANGED = "changed"
    WITHIN_ERROR = "within_error"
    NO_LIMIT = "no_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One metric of one leg at two visits; ``mdc`` is NaN if unknown."""

    metric: str
    before: Spread
    after: Spread
    mdc: float

    @property
    def change(self) -> float:
        """The value after minus the value before."""
        return self.after.mean - self.before.mean

    @property
    def judged(self) -> Judged:
        """The judgement of this change."""
        if not isfinite(self.mdc):
            return Judged.NO_LIMIT
        return Judged.CHANGED if abs(self.change) > self.mdc else Judged.WITHIN_ERROR


def changes(before: Visit, after: Visit, side: Side) -> list[Change]:
    """Return one leg's changes; empty if the leg was not judged at both visits."""
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
        for name in METRICS
    ]


def minimal_detectable_change(metric: str, *, same_session: bool) -> float:
    """Return the smallest change that exceeds measurement error; NaN if unknown."""
    detectable = METRICS[metric].detectable
    return detectable.within_session if same_session else detectable.between_days
