"""Strides whose verdict is known because their numbers were chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import nan
from typing import Any

from edge.coaching.coach import Coach
from edge.coaching.cues import CueTracker
from edge.messages.gait import Activity, GaitState, Phase
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Cue, Fault, Verdict, VerdictState
from edge.metrics.catalogue import METRIC_NAMES

Numbers = dict[str, Any]

STRIDE_S = 0.72
SPEED_MPS = 3.0

# Well inside every limit at every speed.
GOOD: Numbers = {
    "knee_toe_offset_pct": -6.0,
    "shank_angle_deg": 26.0,
    "hip_ankle_offset_pct": 6.0,
    "knee_flexion_push_off_deg": 10.0,
    "thigh_extension_deg": 28.0,
    "cadence_spm": 166.0,
}
KNEE_ONLY = GOOD | {"knee_toe_offset_pct": 8.0, "shank_angle_deg": 37.0}
KNEE_AND_HIPS = KNEE_ONLY | {"hip_ankle_offset_pct": 13.0}
BENT = GOOD | {"knee_flexion_push_off_deg": 32.0}
BOTH = KNEE_AND_HIPS | {"knee_flexion_push_off_deg": 32.0}


def stride(index: int = 0, side: Side = Side.RIGHT, **changes: Any) -> StrideMetrics:
    """Return a good stride of the near leg, with changes; ``index`` sets its time."""
    start = index * STRIDE_S
    values: Numbers = GOOD | {
        "near": True,
        "valid": True,
        "reason": Reason(),
        "start_s": start,
        "peak_knee_flexion_s": start + 0.1,
        "toe_off_s": start + 0.25,
        "end_s": start + STRIDE_S,
        "decided_at_s": start + STRIDE_S + 0.05,
    }
    values |= changes
    measured = {name: values.pop(name) for name in METRIC_NAMES if name in values}
    return StrideMetrics(side=side, values=measured, **values)


def remeasured(metrics: StrideMetrics, **numbers: float) -> StrideMetrics:
    """Return a stride with other numbers."""
    return replace(metrics, values={**metrics.values, **numbers})


def invalid(index: int = 0, code: str = "tracking_gap", **changes: Any) -> StrideMetrics:
    """Return a stride that may not be judged."""
    return stride(index, valid=False, reason=Reason(code), **changes)


def strides(
    count: int, first: int = 0, side: Side = Side.RIGHT, **changes: Any
) -> list[StrideMetrics]:
    """Return ``count`` strides with the same numbers."""
    return [stride(first + i, side, **changes) for i in range(count)]


def judge(
    coach: Coach,
    given: Iterable[StrideMetrics],
    speed_mps: float = SPEED_MPS,
    trust: Reason | None = None,
) -> list[dict[Fault, Verdict]]:
    """Return the verdicts by fault after each stride."""
    return [{v.fault: v for v in coach.update(m, speed_mps, trust or Reason())} for m in given]


def listen(
    coach: Coach, pairings: CueTracker, given: Iterable[StrideMetrics], speed_mps: float = SPEED_MPS
) -> list[Cue]:
    """Return the cues that the strides lead to."""
    cues: list[Cue] = []
    for metrics in given:
        cues += pairings.update(metrics, speed_mps, coach.update(metrics, speed_mps))
    return cues


def states(verdicts: Sequence[dict[Fault, Verdict]], fault: Fault) -> list[VerdictState]:
    """Return one fault's states in order."""
    return [v[fault].state for v in verdicts]


def plain(verdict: Verdict) -> str:
    """Return everything a verdict says, NaN comparable."""
    return repr(verdict)


def verdict(state: VerdictState, fault: Fault, time_s: float, cue: str | None = None) -> Verdict:
    """Return a verdict about the right leg, as a coach might have given it."""
    return Verdict(
        side=Side.RIGHT,
        fault=fault,
        state=state,
        reason=Reason(),
        cue=cue,
        decided_at_s=time_s,
        mean=nan,
    )


def at(time_s: float, activity: Activity) -> GaitState:
    """Return the state of a person at a time, of whom nothing but the activity is known."""
    return GaitState(
        frame_index=0,
        time_s=time_s,
        activity=activity,
        facing=None,
        near_side=None,
        left_phase=Phase.UNKNOWN,
        right_phase=Phase.UNKNOWN,
        cadence_spm=nan,
        belt_speed_px_s=nan,
    )
