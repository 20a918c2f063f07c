"""Changes between two visits or parts of one, and whether they exceed measurement error.

What is judged together holds together: with ``claims`` of one table, in 19 of 20 tables no interval
misses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.metrics.catalogue import METRICS
from edge.numerics.statistics import Spread, change_ci95, spread
from edge.record.stored_session import Mark
from edge.report.facts import Leg, Visit

LEAST_STRIDES: Final = 10
"""Valid strides on either side; with fewer nothing is said of a change."""
# What the station itself notes: the runner goes on as before.
_NOTED: Final = ("neutral", "set_up", "limits")


class Judged(StrEnum):
    """The judgement of a change."""

    CHANGED = "changed"
    WITHIN_ERROR = "within_error"
    NO_LIMIT = "no_limit"
    TOO_FEW = "too_few"
    OTHER_SPEED = "other_speed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One metric of one leg at two visits.

    ``low`` and ``high`` are the 95 % interval of the change, widened for all that is judged with
    it; ``mdc`` is the minimal detectable change. Each is NaN if unknown. ``same_speed`` is False
    for two blocks at different belt speeds, which move a runner by themselves.
    """

    metric: str
    before: Spread
    after: Spread
    low: float
    high: float
    mdc: float
    same_speed: bool = True

    @property
    def change(self) -> float:
        """The value after minus the value before."""
        return self.after.mean - self.before.mean

    @property
    def judged(self) -> Judged:
        """The judgement: changed only beyond measurement error and beyond chance."""
        if min(self.before.count, self.after.count) < LEAST_STRIDES:
            return Judged.TOO_FEW
        if not self.same_speed:
            return Judged.OTHER_SPEED
        if not isfinite(self.mdc):
            return Judged.NO_LIMIT
        by_chance = not (self.low > 0 or self.high < 0)
        beyond = abs(self.change) > self.mdc and not by_chance
        return Judged.CHANGED if beyond else Judged.WITHIN_ERROR


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """The values of one metric in two blocks of strides, each in order of time, and its limit."""

    metric: str
    before: Floats
    after: Floats
    mdc: float
    same_speed: bool = True

    @property
    def judgeable(self) -> bool:
        """Whether a change can be claimed: a limit, enough strides and one belt speed."""
        counts = (int(np.isfinite(v).sum()) for v in (self.before, self.after))
        return isfinite(self.mdc) and min(counts) >= LEAST_STRIDES and self.same_speed

    def change(self, claims: int) -> Change:
        """Return the change, judged as one of so many claims."""
        low, high = change_ci95(self.before, self.after, claims=claims)
        return Change(
            metric=self.metric,
            before=spread(self.before, neighbours=True),
            after=spread(self.after, neighbours=True),
            low=low,
            high=high,
            mdc=self.mdc,
            same_speed=self.same_speed,
        )


def claims_of(pairs: Sequence[Pair]) -> int:
    """Return how many differences are judged together."""
    return max(1, sum(pair.judgeable for pair in pairs))


def changes(before: Visit, after: Visit, side: Side) -> list[Change]:
    """Return one leg's changes; empty if the leg was not judged at both visits."""
    old, new = before.legs[side], after.legs[side]
    if not (old.judged and new.judged):
        return []
    same = before.session.id == after.session.id
    pairs = [_pair(name, old, new, same_session=same) for name in METRICS]
    claims = claims_of(pairs)
    return [pair.change(claims) for pair in pairs]


def _pair(name: str, old: Leg, new: Leg, *, same_session: bool) -> Pair:
    # By hand on one side and by the model on the other, they differ by the model's error.
    alike = old.by_hand == new.by_hand
    before, after = (
        np.array(leg.values(name) if alike else leg.model_values(name), dtype=np.float64)
        for leg in (old, new)
    )
    mdc = minimal_detectable_change(name, same_session=same_session)
    return Pair(metric=name, before=before, after=after, mdc=mdc)


def minimal_detectable_change(metric: str, *, same_session: bool) -> float:
    """Return the smallest change that exceeds measurement error; NaN if unknown."""
    detectable = METRICS[metric].detectable
    return detectable.within_session if same_session else detectable.between_days


def part_after(marks: Sequence[Mark], number: int) -> tuple[float, float]:
    """Return the part of a session that follows a mark, as capture times from and to.

    Every later mark ends it, set by a person or a cue, but not what the station notes about itself.

    Parameters
    ----------
    marks
        Those with a time, in order.
    number
        Of the mark, from 1.
    """
    later = (mark.time_s for mark in marks[number:] if mark.kind not in _NOTED)
    return marks[number - 1].time_s, next(later, inf)
