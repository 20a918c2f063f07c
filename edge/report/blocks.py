"""The strides of the blocks of one leg, as the columns of an experiment's table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.visit import Block, StepKind, StepState

SAME_SPEED_MPS: Final = 0.2
"""Belt speeds further apart than this are not compared: they alone move cadence by 2 steps/min, its
limit (docs/gait-metrics.md, "Reference values": 9 to 13 steps/min for 1 m/s)."""
KINDS: Final = (StepKind.BASELINE, StepKind.CUE, StepKind.RETENTION)
"""Steps that are columns: how the runner warmed up is none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One step's blocks at one belt speed, and the valid strides of the near leg in them.

    Attributes
    ----------
    step
        ``id`` of the step, such as ``baseline``.
    kind
        ``baseline``, ``cue`` or ``retention``.
    cue, feedback_pct
        As of the block; empty and NaN without one.
    speed_mps
        Belt speed; NaN if unknown.
    session, start_s, end_s
        Session of the first block, its start, and the end of the last block in that session, as
        capture times; ``end_s`` is NaN while the block goes on.
    strides
        In order of time.
    """

    step: str
    kind: StepKind
    cue: str
    feedback_pct: float
    speed_mps: float
    session: str
    start_s: float
    end_s: float
    strides: tuple[StrideMetrics, ...]

    def values(self, metric: str, *, by_hand: bool) -> Floats:
        """Return a metric of every stride, shape (n,), NaN where absent.

        ``by_hand`` takes the values by points set by hand, else those by the model's own points.
        """
        read = StrideMetrics.value if by_hand else StrideMetrics.model_value
        return np.array([read(stride, metric) for stride in self.strides], dtype=np.float64)

    def at_speed_of(self, other: "Column") -> bool:
        """Whether both ran at one belt speed, as far as is known."""
        return not abs(self.speed_mps - other.speed_mps) > SAME_SPEED_MPS


def columns_of(
    blocks: Iterable[Block], strides: Mapping[str, Sequence[StrideMetrics]], side: Side
) -> tuple[Column, ...]:
    """Return the columns of one leg in order.

    Blocks of one step are one column as long as the belt speed stays; those that a later one
    replaced, and those without strides of this leg, are left out.

    Parameters
    ----------
    blocks
        In order of time; only baseline, cue and retention count.
    strides
        The strides of each session by its name.
    side
        The leg; only where it was the near one.
    """
    columns: list[Column] = []
    for block in blocks:
        if block.kind not in KINDS or block.state is StepState.REPEATED or block.side is side.other:
            continue
        column = _column(block, strides.get(block.session, ()), side)
        if columns and _goes_on(columns[-1], column):
            columns[-1] = _joined(columns[-1], column)
        elif column.strides:
            columns.append(column)
    return tuple(columns)


def _column(block: Block, strides: Sequence[StrideMetrics], side: Side) -> Column:
    end_s = block.end_s if isfinite(block.end_s) else float("inf")
    inside = (s for s in strides if block.start_s <= s.start_s < end_s)
    return Column(
        step=block.step,
        kind=block.kind,
        cue=block.cue,
        feedback_pct=block.feedback_pct,
        speed_mps=block.speed_mps,
        session=block.session,
        start_s=block.start_s,
        end_s=block.end_s,
        strides=tuple(s for s in inside if s.side is side and s.near and s.valid),
    )


def _goes_on(last: Column, column: Column) -> bool:
    return last.step == column.step and last.at_speed_of(column)


def _joined(last: Column, column: Column) -> Column:
    same = column.session == last.session
    return replace(
        last,
        speed_mps=last.speed_mps if isfinite(last.speed_mps) else column.speed_mps,
        end_s=column.end_s if same else last.end_s,
        strides=(*last.strides, *column.strides),
    )
