"""The blocks of a visit: opened, closed and, at the end of their step, settled."""

from collections.abc import Iterable
from dataclasses import replace
from math import isnan, nan

from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.visit import Block, StepState, VisitStep
from edge.visit.recount import lies_in


class BlockLog:
    """Log of the blocks, of which at most one is open; none is ever removed.

    Parameters
    ----------
    blocks
        Those of before a restart, all closed.
    """

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self._blocks = list(blocks)

    @property
    def all(self) -> tuple[Block, ...]:
        """All blocks in order."""
        return tuple(self._blocks)

    @property
    def open_one(self) -> Block | None:
        """The block that goes on; None between blocks."""
        return self._blocks[-1] if self._blocks and isnan(self._blocks[-1].end_s) else None

    def holding(self, stride: StrideMetrics, session: str) -> Block | None:
        """Return the block of a session that a stride lies in; None if it lies in none."""
        own = (block for block in reversed(self._blocks) if block.session == session)
        return next((block for block in own if lies_in(stride, block)), None)

    def open(self, step: VisitStep, session: str, side: Side | None, time_s: float) -> None:
        """Begin a block of a step; the last one must be closed."""
        block = Block(
            number=len(self._blocks),
            session=session,
            step=step.id,
            kind=step.kind,
            side=side,
            cue=step.cue,
            feedback_pct=step.feedback_pct,
            start_s=time_s,
        )
        self._blocks.append(block)

    def know_speed(self, speed_mps: float) -> None:
        """Note the belt speed of the open block."""
        if self.open_one is not None:
            self._blocks[-1] = replace(self._blocks[-1], speed_mps=speed_mps)

    def know_side(self, side: Side) -> None:
        """Note the leg that the open block shows."""
        if self.open_one is not None:
            self._blocks[-1] = replace(self._blocks[-1], side=side)

    def close(self, time_s: float, split: str = "") -> float:
        """End the open block, if any; return its length in seconds, 0 without one.

        A block that would have no length is ended with its start.
        """
        block = self.open_one
        if block is None:
            return 0.0
        end_s = max(block.start_s, time_s) if not isnan(time_s) else block.start_s
        self._blocks[-1] = replace(block, end_s=end_s, split=split, state=StepState.DONE)
        return end_s - block.start_s

    def settle(self, step: str, state: StepState) -> None:
        """Give all blocks of a step the state in which it was left."""
        self._blocks = [
            replace(block, state=state) if block.step == step else block for block in self._blocks
        ]

    @property
    def speed_mps(self) -> float:
        """Belt speed of the open block; NaN without one or while unknown."""
        return nan if self.open_one is None else self.open_one.speed_mps
