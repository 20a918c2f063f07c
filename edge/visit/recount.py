"""What a step has so far, counted from its recorded blocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from edge.messages.metric import Metric
from edge.messages.stride import StrideMetrics
from edge.messages.visit import ONE_SPEED, Block, StepKind, StepState, VisitStep

Strides = Mapping[str, Sequence[StrideMetrics]]
"""The strides of each session, by its name."""


def lies_in(stride: StrideMetrics, block: Block) -> bool:
    """Return whether a stride of a block's session lies in the block."""
    within = stride.start_s >= block.start_s and not stride.end_s > block.end_s
    return within and block.side in (None, stride.side)


def strides_in(block: Block, strides: Strides) -> list[StrideMetrics]:
    """Return the valid strides of the near leg that lie in a block."""
    return [
        stride
        for stride in strides.get(block.session, ())
        if stride.near and stride.valid and lies_in(stride, block)
    ]


def recounted(step: VisitStep, blocks: Iterable[Block], strides: Strides) -> VisitStep:
    """Return a step that was cut off, with its time and strides as recorded."""
    own = [block for block in blocks if block.step == step.id]
    if step.kind in ONE_SPEED:
        # Only what was run since the last change of speed counts.
        last = max((n for n, b in enumerate(own, 1) if b.split == "speed_changed"), default=0)
        own = own[last:]
    if not own:
        return step
    return replace(
        step,
        elapsed_s=sum(block.end_s - block.start_s for block in own),
        strides=sum(len(strides_in(block, strides)) for block in own),
        split=own[-1].split or step.split,
    )


def baseline_cadences(blocks: Iterable[Block], strides: Strides) -> list[float]:
    """Return the cadences of the strides of the baselines that count, steps per minute."""
    return [
        stride.value(Metric.CADENCE)
        for block in blocks
        if block.kind is StepKind.BASELINE and block.state is not StepState.REPEATED
        for stride in strides_in(block, strides)
    ]
