"""Left against right, where both were near legs at one belt speed, and else why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

from edge.messages.conclusion import Conclusion
from edge.messages.side import Side
from edge.messages.visit import StepKind
from edge.report.blocks import Column
from edge.report.changes import (
    LEAST_STRIDES,
    Change,
    Judged,
    Pair,
    claims_of,
    minimal_detectable_change,
)
from edge.report.experiment import ROWS, Experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class BothSides:
    """The baselines of both legs compared.

    Attributes
    ----------
    rows
        ``before`` is the left leg, ``after`` the right one, so that a positive change says that the
        right leg has more; empty if they were not compared. ``mdc`` is the limit between two
        set-ups of the camera: for the second leg the runner turned round, or it is another camera.
    left_mps, right_mps
        Belt speed of each pass; NaN if unknown.
    conclusion
        What comes out, or why nothing was compared.
    """

    rows: tuple[Change, ...]
    left_mps: float
    right_mps: float
    conclusion: Conclusion


def both_sides(experiments: Sequence[Experiment]) -> BothSides:
    """Return left against right of a visit's experiments, at most one for each leg."""
    by_side = {table.side: table for table in experiments}
    if len(by_side) < len(Side):
        only = next(iter(by_side), None)
        return _not(Conclusion("sides_none") if only is None else _one(only))
    left, right = _passes(by_side[Side.LEFT].columns, by_side[Side.RIGHT].columns)
    if left is None or right is None:
        with_one = [side for side, found in zip(Side, (left, right), strict=True) if found]
        return _not(_one(with_one[0]) if with_one else Conclusion("sides_none"))
    if why_not := _why_not(left, right):
        return _not(why_not, left.speed_mps, right.speed_mps)
    by_hand = all(table.by_hand for table in experiments)
    pairs = [_pair(metric, left, right, by_hand=by_hand) for metric in ROWS]
    claims = claims_of(pairs)
    rows = tuple(pair.change(claims) for pair in pairs)
    count = sum(row.judged is Judged.CHANGED for row in rows)
    return BothSides(
        rows=rows,
        left_mps=left.speed_mps,
        right_mps=right.speed_mps,
        conclusion=Conclusion("sides_differ", count=count) if count else Conclusion("sides_alike"),
    )


def _passes(left: Sequence[Column], right: Sequence[Column]) -> tuple[Column | None, Column | None]:
    """Return a baseline of either leg: the last ones at the same speed, or else the last ones."""
    lefts, rights = (
        [c for c in columns if c.kind == StepKind.BASELINE] for columns in (left, right)
    )
    alike = [(one, other) for one in lefts for other in rights if one.at_speed_of(other)]
    if alike:
        return alike[-1]
    return (lefts[-1] if lefts else None, rights[-1] if rights else None)


def _why_not(left: Column, right: Column) -> Conclusion:
    if isnan(left.speed_mps) or isnan(right.speed_mps):
        return Conclusion("sides_speed_unknown")
    if not left.at_speed_of(right):
        return Conclusion("sides_speeds", left_mps=left.speed_mps, right_mps=right.speed_mps)
    if min(len(left.strides), len(right.strides)) < LEAST_STRIDES:
        return Conclusion("sides_too_few", needed=LEAST_STRIDES)
    return Conclusion()


def _pair(metric: str, left: Column, right: Column, *, by_hand: bool) -> Pair:
    return Pair(
        metric=metric,
        before=left.values(metric, by_hand=by_hand),
        after=right.values(metric, by_hand=by_hand),
        mdc=minimal_detectable_change(metric, same_session=False),
    )


def _one(side: Side) -> Conclusion:
    return Conclusion("sides_one", side=side.value)


def _not(conclusion: Conclusion, left_mps: float = nan, right_mps: float = nan) -> BothSides:
    return BothSides(rows=(), left_mps=left_mps, right_mps=right_mps, conclusion=conclusion)
