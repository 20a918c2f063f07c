"""What the runner does in the current step: its blocks, time and strides."""

from collections.abc import Iterable
from math import isfinite, isnan, nan
from statistics import median
from typing import Final

from edge.messages.gait import GaitState
from edge.messages.metric import Metric
from edge.messages.reading import BeltInForce, BeltSource
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import CueKind, Verdict
from edge.messages.visit import BLOCK_KINDS, ONE_SPEED, RUN_KINDS, Block, StepKind, StepState
from edge.visit.block_log import BlockLog
from edge.visit.cue_choice import CueChoice
from edge.visit.step_list import StepList
from edge.visit.step_needs import goes_on, split_of

PAUSE_S: Final = 2.0
"""A shorter stop is no pause: a stumble, or a frame in which nobody was found."""

# Beyond this, running differs: the limits of asymmetry and of the table hold at one speed.
_SPEED_MPS: Final = 0.2
_TOLD_SPEEDS: Final = (BeltSource.ENTERED, BeltSource.TREADMILL)


class StepCourse:
    """Opens, splits and closes blocks, and counts in the current step what they hold.

    Parameters
    ----------
    steps
        The steps of the visit.
    session
        Name of the session that is recorded.
    blocks
        Those of before a restart, all closed.
    first
        The leg that the visit looks at first; None until it is seen.
    cadences
        Of the strides of the baseline, before a restart.

    Attributes
    ----------
    first, session
        As given, and as known since.
    log
        The blocks.
    last
        The code of the reason why the last stride did not count; empty if it did.
    """

    def __init__(
        self,
        steps: StepList,
        session: str,
        blocks: Iterable[Block],
        first: Side | None,
        cadences: Iterable[float],
    ) -> None:
        self._steps = steps
        self.session = session
        self.log = BlockLog(blocks)
        self.first = first
        self.last = ""
        self._cadences = list(cadences)
        self._choice = CueChoice()
        # When the strides counted in the open block ended.
        self._ends_s: list[float] = []
        self._base_s = 0.0
        self._on_s = self._speed_mps = nan

    @property
    def since_s(self) -> float:
        """Capture time of the step's start, later by its pauses; NaN while nobody runs in it."""
        block = self.log.open_one
        return nan if block is None else block.start_s - self._base_s

    @property
    def baseline_spm(self) -> float:
        """Median cadence of the baseline, steps per minute; NaN before it."""
        return median(self._cadences) if self._cadences else nan

    def choose(self) -> tuple[CueKind, str]:
        """Return the cue that the baseline asks for, and why."""
        return self._choice.choose()

    def begin(self) -> None:
        """Begin the current step, or go on with it."""
        self._base_s = self._steps.current.elapsed_s
        self.last = ""

    def see(self, verdict: Verdict) -> None:
        """Take in a verdict; those of a baseline choose the cue."""
        if self._steps.current.kind is StepKind.BASELINE and self.log.open_one:
            self._choice.see(verdict)

    def see_belt(self, belt: BeltInForce) -> None:
        """Take in the belt speed; a change that somebody told splits the block."""
        before, self._speed_mps = self.log.speed_mps, belt.speed_mps
        if belt.source not in _TOLD_SPEEDS or not abs(belt.speed_mps - before) > _SPEED_MPS:
            self.log.know_speed(belt.speed_mps)
            return
        self.close("speed_changed")
        if self._steps.current.kind in ONE_SPEED:
            self._base_s = 0.0
            self._steps.change(strides=0, elapsed_s=0.0)

    def count(self, stride: StrideMetrics) -> None:
        """Count a stride of the near leg in the step whose block holds it.

        A stride is known after its end, when the next step may have begun.
        """
        block = self.log.holding(stride, self.session)
        if block is None or block.kind not in RUN_KINDS or _runs_anew(block):
            return
        step = self._steps.named(block.step)
        if block is self.log.open_one:
            self.last = "" if stride.valid else stride.reason.code
        if not stride.valid:
            return
        self._steps.change(of=step.id, strides=step.strides + 1)
        if block is self.log.open_one:
            self._ends_s.append(stride.end_s)
        cadence_spm = stride.value(Metric.CADENCE)
        if step.kind is StepKind.BASELINE and isfinite(cadence_spm):
            self._cadences.append(cadence_spm)

    def move(self, state: GaitState) -> None:
        """Open a block when the runner begins, and close it when they stop."""
        step = self._steps.current
        if step.kind not in BLOCK_KINDS:
            return
        if goes_on(step, state):
            if self.log.open_one is None:
                self._open(state)
            self._on_s = state.time_s
            self._know_side(state.near_side)
            self._steps.change(elapsed_s=self._on_s - self.since_s)
        elif not state.time_s - self._on_s <= PAUSE_S:
            self.close(split_of(step, state))

    def close(self, split: str = "") -> None:
        """Close the open block, if any, where the runner was last seen in it."""
        if self.log.open_one is None:
            return
        step = self._steps.current
        # A stride that ended after the runner was last seen in the block does not lie in it.
        beyond = sum(end_s > self._on_s for end_s in self._ends_s)
        self._ends_s.clear()
        self._base_s += self.log.close(self._on_s, split)
        waits = step.kind in RUN_KINDS
        self._steps.change(
            elapsed_s=self._base_s,
            strides=step.strides - beyond,
            split=split or step.split,
            state=StepState.WAITING if waits else StepState.RUNNING,
        )

    def _open(self, state: GaitState) -> None:
        step = self._steps.current
        if step.kind is StepKind.BASELINE and not self._base_s:
            self._choice.reset()
            self._cadences.clear()
        self.log.open(step, self.session, state.near_side, state.time_s)
        self.log.know_speed(self._speed_mps)
        started_s = state.time_s if isnan(step.started_s) else step.started_s
        self._steps.change(state=StepState.RUNNING, started_s=started_s)

    def _know_side(self, near_side: Side | None) -> None:
        if near_side is None:
            return
        self.log.know_side(near_side)
        self.first = self.first or near_side
        if self._steps.current.side is None:
            self._steps.change(side=near_side)


def _runs_anew(block: Block) -> bool:
    """Return whether what was run in a block was at another speed than what counts."""
    return block.split == "speed_changed" and block.kind in ONE_SPEED
