"""Assembly of strides from initial contact to the next of the same foot, with validity checks."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from edge.gait.foot_signals import leg_indices
from edge.gait.smoother import SmoothPose
from edge.messages.arrays import Floats
from edge.messages.frame import MAIN_CAMERA
from edge.messages.gait import Activity, EventKind, GaitEvent
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import HEEL
from edge.messages.stride import Stride
from edge.numerics.robust_lines import theil_sen_slope

_MEMORY_S = 2.6
_MARGIN_S = 0.12
_LONGEST_GAP_S = 0.09
_CONTACT_S = (0.14, 0.40)
_DUTY = (0.24, 0.48)
_STEP_S = (0.26, 0.50)
_LONGEST_STRIDE_S = 2.0
_STEADY_STRIDES = 9
# Shares of stance between which the heel is still on the belt.
_HEEL_DOWN = (0.15, 0.62)
_LEAST_FLAT = 3
# Share of stance at peak knee flexion: 0.416 to 0.446 (SD 0.025) in 26 runners on force plates.
_PEAK_SHARES = (0.34, 0.53)
_USUAL_PEAK_SHARE = 0.43


@dataclass(frozen=True, slots=True, kw_only=True)
class StrideContext:
    """Further data at the end of a stride."""

    facing: Side
    belt_speed_px_s: float


class StrideBuilder:
    """Builder of one leg's strides from its events and the smoothed poses.

    Parameters
    ----------
    side
        Which leg.
    """

    def __init__(self, side: Side) -> None:
        self._side = side
        self._poses: deque[SmoothPose] = deque()
        self._open: dict[EventKind, float] = {}
        self._opposite_s = np.nan
        self._from_contact_s: deque[float] = deque(maxlen=_STEADY_STRIDES)
        self._to_toe_off_s: deque[float] = deque(maxlen=_STEADY_STRIDES)
        self._belt_px_s: deque[float] = deque(maxlen=_STEADY_STRIDES)

    def reset(self) -> None:
        """Discard the open stride: none may span a gap."""
        self._poses.clear()
        self._open = {}
        self._opposite_s = np.nan
        self._from_contact_s.clear()
        self._to_toe_off_s.clear()
        self._belt_px_s.clear()

    def see(self, pose: SmoothPose) -> None:
        """Store one smoothed pose."""
        self._poses.append(pose)
        while self._poses[0].time_s < pose.time_s - _MEMORY_S:
            self._poses.popleft()

    def opposite(self, event: GaitEvent) -> None:
        """Add an event of the other leg."""
        if event.kind is EventKind.INITIAL_CONTACT:
            self._opposite_s = event.time_s

    def update(self, event: GaitEvent, context: StrideContext, activity: Activity) -> list[Stride]:
        """Add an event of this leg; an initial contact closes the open stride."""
        if event.kind is not EventKind.INITIAL_CONTACT:
            if EventKind.INITIAL_CONTACT in self._open:
                self._open[event.kind] = event.time_s
            return []
        closed = self._close(event, context, activity)
        self._open = {EventKind.INITIAL_CONTACT: event.time_s}
        return closed

    def settle_peak(self, time_s: float) -> None:
        """Update the peak time of the open stride; NaN leaves it."""
        if np.isfinite(time_s) and EventKind.PEAK_KNEE_FLEXION in self._open:
            self._open[EventKind.PEAK_KNEE_FLEXION] = time_s

    def _close(self, event: GaitEvent, context: StrideContext, activity: Activity) -> list[Stride]:
        start = self._open.get(EventKind.INITIAL_CONTACT, np.nan)
        if not 0 < event.time_s - start < _LONGEST_STRIDE_S:
            return []
        inside = start <= self._opposite_s < event.time_s
        peak = self._open.get(EventKind.PEAK_KNEE_FLEXION, np.nan)
        toe_off = self._open.get(EventKind.TOE_OFF, np.nan)
        opposite = self._opposite_s if inside else np.nan
        covered = [
            p for p in self._poses if start - _MARGIN_S <= p.time_s <= event.time_s + _MARGIN_S
        ]
        times = np.array([p.time_s for p in covered])
        xy = np.array([_measured(p) for p in covered]).reshape(len(covered), -1, 2)
        peak = self._steady_peak(start, peak, toe_off)
        reason = _why_not(np.array([start, peak, toe_off, opposite, event.time_s]), times, activity)
        return [
            Stride(
                side=self._side,
                near=event.near,
                facing=context.facing,
                start_s=start,
                peak_knee_flexion_s=peak,
                toe_off_s=toe_off,
                end_s=event.time_s,
                decided_at_s=event.decided_at_s,
                opposite_contact_s=opposite,
                valid=not reason,
                reason=reason,
                times_s=times,
                frame_indices=np.array([p.frame_index for p in covered], np.int64),
                xy_px=xy,
                belt_speed_px_s=self._steady_belt(times, xy, (start, toe_off), context),
                camera=covered[-1].camera if covered else MAIN_CAMERA,
            )
        ]

    def _steady_peak(self, start_s: float, peak_s: float, toe_off_s: float) -> float:
        """Return the time at which to read the peak's metrics, stabilised by previous strides.

        The knee passes over the toe at belt speed, so 10 ms of error are 3 to 5 % of a shank, and
        the model is least accurate while the other leg passes. A peak at an unlikely share of
        stance is replaced by this runner's usual share. Otherwise the median of three times rejects
        a single error in peak, contact or toe-off. This affects only the instant; the values read
        there are measured.
        """
        stance_s = toe_off_s - start_s
        if not np.isfinite(peak_s) or not stance_s > 0:
            return peak_s
        share = (peak_s - start_s) / stance_s
        likely = _PEAK_SHARES[0] <= share <= _PEAK_SHARES[1]
        if likely:
            self._from_contact_s.append(peak_s - start_s)
            self._to_toe_off_s.append(toe_off_s - peak_s)
        if not self._from_contact_s:
            return start_s + _USUAL_PEAK_SHARE * stance_s
        usual = (
            start_s + float(np.median(self._from_contact_s)),
            toe_off_s - float(np.median(self._to_toe_off_s)),
        )
        return float(np.median([peak_s, *usual]) if likely else np.mean(usual))

    def _steady_belt(
        self, times: Floats, xy: Floats, stance_s: tuple[float, float], context: StrideContext
    ) -> float:
        """Return the median belt speed of the last strides, from the slope of the flat heel."""
        speed = _heel_speed(times, xy, stance_s, leg_indices(self._side)[HEEL], context.facing)
        if np.isfinite(speed):
            self._belt_px_s.append(speed)
        return float(np.median(self._belt_px_s)) if self._belt_px_s else context.belt_speed_px_s


def _measured(pose: SmoothPose) -> Floats:
    """Return the keypoints without those predicted from previous strides."""
    return np.where(pose.measured[:, None], pose.xy_px, np.nan)


def _heel_speed(
    times: Floats, xy: Floats, stance_s: tuple[float, float], heel: int, facing: Side
) -> float:
    """Return the backward speed of the heel while the foot is flat, px/s; NaN with few samples."""
    start, end = (stance_s[0] + share * (stance_s[1] - stance_s[0]) for share in _HEEL_DOWN)
    x = xy[:, heel, 0]
    flat = (times >= start) & (times <= end) & np.isfinite(x)
    if flat.sum() < _LEAST_FLAT:
        return float("nan")
    slope = theil_sen_slope(times[flat], x[flat])
    return -slope if facing is Side.RIGHT else slope


def _why_not(events: Floats, times: Floats, activity: Activity) -> Reason:
    """Return why a stride may not be judged; no reason if it may.

    Source: docs/gait-metrics.md, "Stride checks": one odd duration may be noise, two are an error.
    """
    start, peak, toe_off, opposite, end = events
    if activity is not Activity.RUNNING:
        return Reason(activity.value)
    if times.size < 4 or np.diff(times).max() > _LONGEST_GAP_S:
        return Reason("tracking_gap")
    if not np.isfinite(peak):
        return Reason("no_peak")
    if not np.isfinite(toe_off):
        return Reason("no_toe_off")
    if not start < peak < toe_off < end:
        return Reason("events_out_of_order")
    contact, duty = toe_off - start, (toe_off - start) / (end - start)
    steps = np.array([opposite - start, end - opposite])
    odd = [
        not _CONTACT_S[0] <= contact <= _CONTACT_S[1],
        not _DUTY[0] <= duty <= _DUTY[1],
        bool(((steps < _STEP_S[0]) | (steps > _STEP_S[1])).any()) or not np.isfinite(opposite),
    ]
    return Reason("durations_out_of_range") if sum(odd) >= 2 else Reason()
