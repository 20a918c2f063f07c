"""Ground truth of a marker trial: its events, and the metrics of every stride.

Computed from the noise-free markers in the sagittal plane, x forward and y up, by the definitions
in docs/gait-metrics.md, "Metrics"; no camera is involved.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, TOE
from edge.numerics.sagittal import (
    foot_angle_deg,
    knee_flexion_deg,
    shank_angle_deg,
    thigh_angle_deg,
)
from edge.offline.evaluate.force_plate import LEGS, MARKER_HZ, Trial
from edge.offline.evaluate.metric_agreement import TrueStride

# The second metatarsal marker is this share of the way from the heel to the shoe tip.
TO_TIP = 0.74
_PUSH_OFF_AFTER_S = 0.06
# The part of stance, as shares, in which the foot is flat; its angle then is the neutral one.
_FLAT = (0.15, 0.62)
_LONGEST_STRIDE_S = 2.0


def with_shoe_tip(markers_m: Floats) -> Floats:
    """Return legs, shape (..., 5, d), with the metatarsal marker extended to the shoe tip."""
    legs = markers_m.copy()
    heel, ball = markers_m[..., HEEL, :], markers_m[..., TOE, :]
    legs[..., TOE, :] = heel + (ball - heel) / TO_TIP
    return legs


@dataclass(frozen=True)
class MarkerTruth:
    """The ground truth of one leg in one trial.

    Attributes
    ----------
    trial, side
        The trial and the leg.
    """

    trial: Trial
    side: Side

    def events_s(self, kind: EventKind) -> Floats:
        """Return the true times of one kind of event, shape (k,), in order, without NaN."""
        times = (
            self._peaks_s
            if kind is EventKind.PEAK_KNEE_FLEXION
            else self.trial.plate_events_s(kind, self.side)
        )
        return np.asarray(times[np.isfinite(times)])

    def strides(self) -> list[TrueStride]:
        """Return every stride between two contacts, with its metrics; NaN where undefined."""
        contacts, toe_offs = (self.trial.contacts_s[self.side], self.trial.toe_offs_s[self.side])
        rows = zip(contacts[:-1], self._peaks_s[:-1], toe_offs[:-1], contacts[1:], strict=True)
        return [
            TrueStride(
                start_s=float(start),
                end_s=float(end),
                metrics=self._metrics(float(start), float(peak), float(toe_off), float(end)),
            )
            for start, peak, toe_off, end in rows
            if start < toe_off < end < start + _LONGEST_STRIDE_S
        ]

    @cached_property
    def _times_s(self) -> Floats:
        return np.arange(len(self.trial.markers_m)) / MARKER_HZ

    @cached_property
    def _legs(self) -> Floats:
        """Both legs in the sagittal plane, shape (n, 2, 5, 2), metres."""
        return with_shoe_tip(self.trial.markers_m)[..., :2]

    @cached_property
    def _leg(self) -> Floats:
        return np.asarray(self._legs[:, LEGS.index(self.side)])

    @cached_property
    def _flexion_deg(self) -> Floats:
        return knee_flexion_deg(self._leg[:, HIP], self._leg[:, KNEE], self._leg[:, ANKLE])

    @cached_property
    def _peaks_s(self) -> Floats:
        """Times of peak knee flexion in each stance, shape (k,); NaN if at the edge of stance."""
        stances = zip(
            self.trial.contacts_s[self.side], self.trial.toe_offs_s[self.side], strict=True
        )
        return np.array([self._peak_s(float(a), float(b)) for a, b in stances])

    def _peak_s(self, contact_s: float, toe_off_s: float) -> float:
        inside = np.flatnonzero((self._times_s >= contact_s) & (self._times_s <= toe_off_s))
        if not inside.size:
            return float("nan")
        top = int(inside[np.argmax(self._flexion_deg[inside])])
        if top in (inside[0], inside[-1]):
            return float("nan")
        a, b, c = self._flexion_deg[top - 1 : top + 2]
        offset = (a - c) / (a - 2 * b + c) / 2 if a - 2 * b + c else 0.0
        return (top + float(offset)) / MARKER_HZ

    def _at(self, time_s: float, points: Floats) -> Floats:
        """Interpolate points, shape (n, k, 2), at one instant; shape (k, 2), NaN for NaN."""
        if not np.isfinite(time_s):
            return np.full(points.shape[1:], np.nan)
        flat = points.reshape(len(points), -1)
        there = np.array([np.interp(time_s, self._times_s, column) for column in flat.T])
        return there.reshape(points.shape[1:])

    def _metrics(
        self, start_s: float, peak_s: float, toe_off_s: float, end_s: float
    ) -> dict[str, float]:
        stride = self._within(start_s, end_s)
        shank = float(np.median(_lengths(stride, KNEE, ANKLE)))
        leg = shank + float(np.median(_lengths(stride, HIP, KNEE)))
        landed, bent, pushed = (self._at(t, self._leg) for t in (start_s, peak_s, toe_off_s))
        # The midpoint of the hips, as in the pipeline.
        hips = self._legs[:, :, HIP].mean(axis=1)
        middle = self._at(start_s, hips[:, None])[0]
        after_peak = (self._times_s >= peak_s) & (self._times_s <= toe_off_s + _PUSH_OFF_AFTER_S)
        return {
            "knee_toe_offset_pct": 100 * float(bent[KNEE, 0] - bent[TOE, 0]) / shank,
            "shank_angle_deg": float(shank_angle_deg(bent[KNEE], bent[ANKLE])),
            "hip_ankle_offset_pct": 100 * float(bent[HIP, 0] - bent[ANKLE, 0]) / leg,
            "knee_flexion_peak_deg": _flexion(bent),
            "knee_flexion_contact_deg": _flexion(landed),
            "knee_flexion_push_off_deg": float(
                self._flexion_deg[after_peak].min(initial=np.inf) if after_peak.any() else np.nan
            ),
            "thigh_extension_deg": -float(thigh_angle_deg(pushed[HIP], pushed[KNEE])),
            "plantarflexion_deg": self._plantarflexion(pushed, start_s, toe_off_s),
            "overstride_pct": 100 * float(landed[ANKLE, 0] - middle[0]) / leg,
            "vertical_oscillation_pct": self._oscillation(hips[:, 1], start_s, end_s, leg),
            **self._temporal(start_s, toe_off_s, end_s),
        }

    def _temporal(self, start_s: float, toe_off_s: float, end_s: float) -> dict[str, float]:
        return {
            "ground_contact_ms": 1000 * (toe_off_s - start_s),
            "flight_ms": 1000 * (self._opposite_s(start_s, end_s) - toe_off_s),
            "stride_time_ms": 1000 * (end_s - start_s),
            "cadence_spm": 120 / (end_s - start_s),
        }

    def _opposite_s(self, start_s: float, end_s: float) -> float:
        """Return the other foot's contact inside a stride; NaN unless there is exactly one."""
        contacts = self.trial.contacts_s[self.side.other]
        inside = contacts[(contacts >= start_s) & (contacts < end_s)]
        return float(inside[0]) if inside.size == 1 else float("nan")

    def _plantarflexion(self, pushed: Floats, start_s: float, toe_off_s: float) -> float:
        """Return plantarflexion at toe-off, relative to the flat foot at mid-stance.

        These data have no standing trial, so the reference is the one that the pipeline uses until
        a standing neutral is captured: the flat foot under a vertical shank.
        """
        stance = toe_off_s - start_s
        flat = self._within(*(start_s + share * stance for share in _FLAT))
        neutral = float(np.median(foot_angle_deg(flat[:, HEEL], flat[:, TOE])))
        shank = float(shank_angle_deg(pushed[KNEE], pushed[ANKLE]))
        return neutral - shank - float(foot_angle_deg(pushed[HEEL], pushed[TOE]))

    def _oscillation(self, height_m: Floats, start_s: float, end_s: float, leg_m: float) -> float:
        """Return the rise of the mid-hip per step, mean of a stride's two steps, in % of leg."""
        middle_s = self._opposite_s(start_s, end_s)
        if not np.isfinite(middle_s):
            return float("nan")
        rises = [
            float(np.ptp(height_m[(self._times_s >= a) & (self._times_s <= b)]))
            for a, b in ((start_s, middle_s), (middle_s, end_s))
        ]
        return 100 * float(np.mean(rises)) / leg_m

    def _within(self, start_s: float, end_s: float) -> Floats:
        return np.asarray(self._leg[(self._times_s >= start_s) & (self._times_s <= end_s)])


def _flexion(points: Floats) -> float:
    return float(knee_flexion_deg(points[HIP], points[KNEE], points[ANKLE]))


def _lengths(leg: Floats, start: int, end: int) -> Floats:
    return np.asarray(np.hypot(*(leg[:, start] - leg[:, end]).T))
