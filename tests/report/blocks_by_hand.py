"""Blocks of a visit with strides of chosen values."""

from collections.abc import Mapping
from math import nan

import numpy as np

from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.visit import Block, StepKind, StepState
from edge.report.blocks import Column, columns_of
from edge.report.experiment import Experiment, experiment

SESSION = "2026-11-30T10-00-00Z"
STRIDE_S = 0.72
# Of a runner with both faults, with the scatter of a stride in this pipeline
# (docs/gait-metrics.md, "Minimal detectable change").
USUAL = {
    "knee_toe_offset_pct": (6.0, 3.3),
    "hip_ankle_offset_pct": (11.0, 2.2),
    "shank_angle_deg": (33.0, 2.0),
    "knee_flexion_push_off_deg": (24.0, 2.3),
    "thigh_extension_deg": (16.0, 1.8),
    "line_straightness_pct": (7.0, 0.6),
    "cadence_spm": (164.0, 1.5),
    "ground_contact_ms": (250.0, 4.8),
    "overstride_pct": (20.0, 1.3),
    "trunk_lean_deg": (5.0, 0.5),
}
# Correlation of neighbouring strides, at the upper end of what is measured.
ALIKE = 0.3


def stride(
    start_s: float,
    values: Mapping[str, float],
    *,
    side: Side = Side.RIGHT,
    near: bool = True,
    valid: bool = True,
    by_hand: Mapping[str, float] | None = None,
) -> StrideMetrics:
    """Return one stride; ``by_hand`` are the values by points set by hand."""
    return StrideMetrics(
        side=side,
        near=near,
        start_s=start_s,
        peak_knee_flexion_s=start_s + 0.1,
        toe_off_s=start_s + 0.25,
        end_s=start_s + STRIDE_S,
        valid=valid,
        reason=Reason(),
        values={**values, **(by_hand or {})},
        model_values={name: values[name] for name in by_hand or ()},
        decided_at_s=start_s + STRIDE_S,
    )


def strides(
    count: int,
    moved: Mapping[str, float] | None = None,
    *,
    start_s: float = 0.0,
    side: Side = Side.RIGHT,
    seed: int = 1,
) -> list[StrideMetrics]:
    """Return strides of the usual runner, with some metrics moved; neighbours are alike."""
    random = np.random.default_rng([seed, count, round(10 * start_s)])
    scatter = random.standard_normal((count, len(USUAL)))
    for index in range(1, count):
        scatter[index] *= (1 - ALIKE**2) ** 0.5
        scatter[index] += ALIKE * scatter[index - 1]
    means = {name: mean + (moved or {}).get(name, 0.0) for name, (mean, _) in USUAL.items()}
    sds = [sd for _, sd in USUAL.values()]
    return [
        stride(
            start_s + index * STRIDE_S,
            {name: means[name] + float(off) for name, off in zip(means, row * sds, strict=True)},
            side=side,
        )
        for index, row in enumerate(scatter)
    ]


def block(
    step: str,
    start_s: float = 0.0,
    end_s: float = nan,
    *,
    cue: str = "",
    side: Side | None = Side.RIGHT,
    speed_mps: float = 2.8,
    session: str = SESSION,
    state: StepState = StepState.DONE,
) -> Block:
    """Return a block; its kind is the name of its step."""
    return Block(
        number=0,
        session=session,
        step=step,
        kind=StepKind(step.partition(".")[0]),
        side=side,
        cue=cue,
        feedback_pct=100.0 if cue else nan,
        speed_mps=speed_mps,
        start_s=start_s,
        end_s=end_s,
        state=state,
    )


def column(
    step: str,
    count: int,
    moved: Mapping[str, float] | None = None,
    *,
    cue: str = "",
    side: Side = Side.RIGHT,
    speed_mps: float = 2.8,
    seed: int = 1,
) -> Column:
    """Return one column of the table."""
    start_s = {"baseline": 0.0, "cue": 300.0}.get(step.partition(".")[0], 600.0)
    made = strides(count, moved, start_s=start_s, side=side, seed=seed)
    ran = block(step, start_s, cue=cue, side=side, speed_mps=speed_mps)
    (found,) = columns_of([ran], {SESSION: made}, side) if made else (None,)
    assert found is not None
    return found


def table(*columns: Column) -> Experiment:
    """Return the experiment of the right leg."""
    return experiment(columns, Side.RIGHT)
