"""What the labels say about one stride, in the units and signs of the metric catalogue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HIP, KNEE, TOE
from edge.numerics.sagittal import knee_flexion_deg, runner_axes
from edge.offline.evaluate.real.labels import (
    AROUND_PEAK,
    AROUND_TOE_OFF,
    LabelledClip,
    LabelledFrame,
    LabelledStride,
)

# Faster than 240 steps a minute nobody runs for long, slower than 120 it is no run.
_STRIDE_S: Final = (0.5, 1.0)
_GRID: Final = 501
# A runner is in the air between two stances: less than half of a stride is stance.
_LARGEST_STANCE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class EyeValues:
    """One stride by eye; NaN where a point was not visible.

    Attributes
    ----------
    knee_toe_pct
        Knee ahead of the shoe tip, in % of the labelled shank, at the labelled peak.
    peak_deg
        The largest knee flexion of the frames around the peak.
    push_off_deg
        Knee flexion in the frame before toe-off.
    """

    knee_toe_pct: float
    peak_deg: float
    push_off_deg: float


def labellers(clip: LabelledClip) -> tuple[str, ...]:
    """Return who labelled a clip, in order of name."""
    return tuple(sorted({who for stride in clip.strides for who in stride.contact_frame}))


def eye_values(stride: LabelledStride, facing: Side, who: str | None = None) -> EyeValues:
    """Return one labeller's values of a stride, or those of the labellers' mean points.

    Notes
    -----
    Knee-toe changes by about 10 % of shank from frame to frame, and flexion by less than a degree
    around its peak. Each labeller's knee-toe is therefore taken in the same frame, that of the peak
    of the mean points.
    """
    peak, push = stride.around(AROUND_PEAK), stride.around(AROUND_TOE_OFF)
    own = [_leg(frame, facing, who) for frame in peak]
    at = _peak_index([_flexion_deg(_leg(frame, facing, None)) for frame in peak])
    flexions = np.array([_flexion_deg(leg) for leg in own])
    known = flexions[np.isfinite(flexions)]
    return EyeValues(
        knee_toe_pct=float("nan")
        if at is None
        else float(knee_toe_series(stride, facing, who)[at]),
        peak_deg=float(known.max()) if known.size else float("nan"),
        push_off_deg=_flexion_deg(_leg(push[-1], facing, who)) if push else float("nan"),
    )


def knee_toe_series(stride: LabelledStride, facing: Side, who: str | None = None) -> Floats:
    """Return knee-toe in % of shank in each frame around the peak, shape (n,).

    The shank is the median of these frames, as in the metric.
    """
    legs = [_leg(frame, facing, who) for frame in stride.around(AROUND_PEAK)]
    shank = _median([float(np.hypot(*(leg[KNEE] - leg[ANKLE]))) for leg in legs])
    return np.array([100 * (leg[KNEE, 0] - leg[TOE, 0]) / shank for leg in legs])


def leg_px(clip: LabelledClip) -> float:
    """Return thigh plus shank, the median over all labelled frames; NaN without any."""
    legs = [f.mean_px for s in clip.strides for f in s.frames]
    return _median(
        [float(np.hypot(*(g[HIP] - g[KNEE])) + np.hypot(*(g[KNEE] - g[ANKLE]))) for g in legs]
    )


def stride_time_s(clip: LabelledClip) -> float:
    """Return the stride time that best divides the times between labelled contacts.

    Notes
    -----
    Labelled strides are rarely consecutive. Of all stride times of running in which the labelled
    stance is less than half of the stride, the one is taken whose multiples come nearest, relative
    to itself. NaN with fewer than two contacts.
    """
    contacts = np.array([_mean(s.contact_frame.values()) for s in clip.strides])
    offs = np.array([_mean(s.toe_off_frame.values()) for s in clip.strides])
    between_s = np.diff(contacts) / clip.frame_rate_hz
    stance_s = _median(list((offs - contacts) / clip.frame_rate_hz))
    if not between_s.size or not np.isfinite(stance_s):
        return float("nan")
    times_s = np.linspace(max(_STRIDE_S[0], stance_s / _LARGEST_STANCE), _STRIDE_S[1], _GRID)
    turns = between_s[None, :] / times_s[:, None]
    off = np.sqrt(((turns - np.maximum(np.round(turns), 1)) ** 2).mean(axis=1))
    return float(times_s[np.argmin(off)])


def expected_strides(clip: LabelledClip, duration_s: float) -> int | None:
    """Return how many whole strides of the near leg a film holds.

    The labels' own count if they have one. Otherwise the contacts are continued from the first
    labelled one, a stride time apart, through the time of running. None if that is unknown.
    """
    if clip.near_strides is not None:
        return clip.near_strides
    stride_s = stride_time_s(clip)
    if not np.isfinite(stride_s):
        return None
    start_s, end_s = clip.running_s or (0.0, duration_s)
    contact_s = _mean(clip.strides[0].contact_frame.values()) / clip.frame_rate_hz
    first_s = contact_s - stride_s * np.floor((contact_s - start_s) / stride_s)
    return max(0, int(np.floor((end_s - first_s) / stride_s)))


def _leg(frame: LabelledFrame, facing: Side, who: str | None) -> Floats:
    missing = np.full_like(frame.mean_px, np.nan)
    return runner_axes(frame.mean_px if who is None else frame.leg_px.get(who, missing), facing)


def _flexion_deg(leg: Floats) -> float:
    return float(knee_flexion_deg(leg[HIP], leg[KNEE], leg[ANKLE]))


def _peak_index(flexions: Sequence[float]) -> int | None:
    values = np.array(flexions)
    return int(np.nanargmax(values)) if np.isfinite(values).any() else None


def _mean(values: Iterable[float]) -> float:
    known = np.array([v for v in values if np.isfinite(v)])
    return float(known.mean()) if known.size else float("nan")


def _median(values: Sequence[float]) -> float:
    known = np.array([v for v in values if np.isfinite(v)])
    return float(np.median(known)) if known.size else float("nan")
