"""What changed between two visits, and whether that is more than error."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from edge.messages.side import Side
from edge.metrics.catalogue import METRICS
from edge.numerics.statistics import Spread
from edge.report.facts import Visit


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
        for name in METRICS
    ]


def minimal_detectable_change(metric: str, *, same_session: bool) -> float:
    """Return the smallest change that is more than error; NaN where none is known."""
    detectable = METRICS[metric].detectable
    return detectable.within_session if same_session else detectable.between_days
