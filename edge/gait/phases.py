"""Online detection of initial contact, peak knee flexion and toe-off of one leg.

Sources and requirements, by event (docs/gait-metrics.md, "Events"; all from one sagittal camera at
30 frames/s or more, with the belt moving):

- Initial contact: forward maximum of the ankle relative to the hips, after Zeni et al. (2008), doi
  10.1016/j.gaitpost.2007.07.007. Deviations: the mid hip replaces the sacrum, and a constant 28 ms
  is added, because a runner's foot reaches furthest before it lands (force-plate data of 26
  runners). A walker's foot also reaches furthest before it lands, by a time that depends on the
  swing of the leg; it has landed when the heel moves back at 0.6 of belt speed.
- Peak knee flexion: the end of knee bending after contact. It is reported when the knee's angular
  velocity crosses zero where previous strides had it. For measuring, it is refined to the midpoint
  between the flanks of the first maximum, 3 degrees below it; this is robust even if the peak
  appears twice because the other leg passes. The lag of the smoothing is subtracted from both. The
  search starts 40 ms after contact, above 8 degrees (25 in the reference), so that walkers have a
  peak too.
- Toe-off: the turn of the foot (``toe_off``). Zeni's rule is used only in walking: in running the
  foot keeps moving backwards after it has left the belt.

A runner's contact and toe-off are then corrected by a linear model (``event_reading``).

Peak and toe-off are accepted at once where previous strides had them. Elsewhere the signal must
first fall well below its maximum, so that a ripple on the rise is not an event.
"""

from collections import deque
from collections.abc import Mapping

import numpy as np

from edge.gait.event_reading import Reading, read_later_s
from edge.gait.event_weights import READINGS
from edge.gait.extrema import fallen_top, first_rise_s, middle_above, turning_s
from edge.gait.foot_signals import LegSignals, flexion_of, floats, times_of
from edge.gait.toe_off import FIRST_LIFT_S, TURN_LEAD_S, OpenStance, ToeOffRule
from edge.gait.usual_time import UsualTime
from edge.messages.gait import EventKind, GaitEvent, Phase
from edge.messages.side import Side
from edge.settings.gait_settings import GaitSettings

_ARMED_BELOW = -0.12
_FRONT_ABOVE = 0.06
_REACHED_WITHIN_S = 0.25
# Fall of the reach that confirms its maximum, in leg lengths; half of it if provisional.
_FALL_LEGS, _EARLY_FALL_LEGS = 0.04, 0.02
_FALL_DEG = 3.0
# Time from furthest reach to contact before the reading; settings have what the points need.
REACH_LEAD_S = 0.028
_REFRACTORY = 0.55
_STRIDE_RATE = 0.3
_SHORTEST_STRIDE_S, _LONGEST_STRIDE_S = 0.4, 1.6
_SILENCE_S = 2.0
_LANDED_SHARE = 0.6
_LANDED_WITHIN_S = 0.12
_PEAK_AFTER_S = 0.04
_PEAK_BEFORE = 0.42
_LEAST_PEAK_DEG = 8.0
# Lag that smoothing adds to the turn of the knee and to the midpoint of its flanks, per second of
# the window's half width squared: the knee bends faster than it straightens (same data).
_TURN_LATE_PER_S, _MIDDLE_LATE_PER_S = 2.1, 1.3
_TOE_OFF_AFTER_S = 0.12
_TOE_OFF_BEFORE = 0.75
_BEHIND = -0.25
# How far ahead of the newest sample a turn of the knee may be predicted: half a frame at 60
# frames/s; one and a half for a provisional toe-off.
_FORETOLD_S, _EARLY_FORETOLD_S = 0.008, 0.024
# Lag of a toe-off detected at the end of the smoother's window.
_EARLY_LATE_S = 0.006
_MEMORY_S = 1.6

_Found = tuple[EventKind, float]


class PhaseDetector:
    """Detector of one leg's events from its signals.

    Parameters
    ----------
    side
        Which leg.
    settings
        Offsets of the events, and the stride time assumed before one is known.
    confirmed
        Whether events are marked as confirmed. Provisional events are detected a little sooner.
    readings
        Linear models that correct a runner's events; other kinds of event rely on their rule.

    Attributes
    ----------
    stride_s, phase
        Current estimate of the stride time, and the phase of the leg.
    settled_peak_s
        Current best time of the peak in the open stance; NaN while unknown.
    """

    def __init__(
        self,
        side: Side,
        settings: GaitSettings,
        *,
        confirmed: bool = True,
        readings: Mapping[EventKind, Reading] = READINGS,
    ) -> None:
        self._side = side
        self._settings = settings
        self._confirmed = confirmed
        self._fall_legs = _FALL_LEGS if confirmed else _EARLY_FALL_LEGS
        foretold_s = _FORETOLD_S if confirmed else _EARLY_FORETOLD_S
        self._left = ToeOffRule(foretold_s, settings.turning_deg)
        self._to_peak = UsualTime()
        self._leaving_late_s = 0.0 if confirmed else _EARLY_LATE_S
        self._readings = readings
        self.reset()

    def reset(self) -> None:
        """Forget the leg: no event may span a gap."""
        self.stride_s = self._settings.first_stride_s
        self.phase = Phase.UNKNOWN
        self.settled_peak_s = np.nan
        self._past: deque[LegSignals] = deque()
        self._contact_s = -np.inf
        self._armed = False
        self._peak_reported = self._peak_settled = True
        self._knee_peak_s = -np.inf
        self._to_peak.reset()
        self._left.reset()

    def update(
        self, signals: LegSignals, belt_px_s: float, *, near: bool, walking: bool
    ) -> list[GaitEvent]:
        """Add one frame's signals and return the events it decides, in order of time.

        Parameters
        ----------
        signals
            Signals of the next frame.
        belt_px_s
            Belt speed in the picture, positive; NaN while unknown.
        near
            Whether this is the leg nearer the camera; copied into the events.
        walking
            Whether the person is walking.
        """
        self._past.append(signals)
        while self._past[0].time_s < signals.time_s - _MEMORY_S:
            self._past.popleft()
        if signals.time_s - self._contact_s > _SILENCE_S:
            self.stride_s = self._settings.first_stride_s
        found = [
            self._initial_contact(belt_px_s, walking=walking),
            self._peak_knee_flexion(),
            self._walking_toe_off() if walking else self._toe_off(belt_px_s),
        ]
        return [
            GaitEvent(
                kind=kind,
                side=self._side,
                near=near,
                # A predicted event must not be later than its decision.
                time_s=min(time_s, signals.decided_at_s),
                decided_at_s=signals.decided_at_s,
                confidence=signals.score,
                confirmed=self._confirmed,
            )
            for kind, time_s in sorted((f for f in found if f), key=lambda f: f[1])
        ]

    def _initial_contact(self, belt_px_s: float, *, walking: bool) -> _Found | None:
        now = self._past[-1]
        if now.reach < _ARMED_BELOW:
            self._armed = True
        if not self._armed or now.time_s - self._contact_s < _REFRACTORY * self.stride_s:
            return None
        past = self._since(now.time_s - _REACHED_WITHIN_S)
        top = fallen_top(times_of(past), floats(s.reach for s in past), self._fall_legs)
        if top is None or top[1] < _FRONT_ABOVE:
            return None
        time_s = self._landed_s(top[0], belt_px_s) if walking else top[0] + REACH_LEAD_S
        if not time_s <= now.time_s:
            return None
        if not walking:
            time_s += self._later_s(EventKind.INITIAL_CONTACT, time_s, belt_px_s)
            time_s += self._settings.contact_offset_s - REACH_LEAD_S
        self._open_stance(time_s)
        return EventKind.INITIAL_CONTACT, time_s

    def _landed_s(self, reach_s: float, belt_px_s: float) -> float:
        """Return when a walker's heel landed; NaN if it has not yet.

        Falls back to the furthest reach if no landing follows soon, or belt speed is unknown.
        """
        past = self._since(reach_s)
        back = floats(-s.heel_forward_px_s for s in past)
        landed_s = first_rise_s(times_of(past), back, _LANDED_SHARE * belt_px_s)
        if landed_s - reach_s <= _LANDED_WITHIN_S:
            return landed_s
        over = past[-1].time_s > reach_s + _LANDED_WITHIN_S or not np.isfinite(belt_px_s)
        return reach_s if over else float("nan")

    def _open_stance(self, contact_s: float) -> None:
        stride = contact_s - self._contact_s
        if _SHORTEST_STRIDE_S < stride < _LONGEST_STRIDE_S:
            self.stride_s += _STRIDE_RATE * (stride - self.stride_s)
        self._contact_s = contact_s
        self._armed = False
        self._peak_reported = self._peak_settled = False
        self.settled_peak_s = np.nan
        self.phase = Phase.STANCE

    def _peak_knee_flexion(self) -> _Found | None:
        """Return the peak once, but keep refining it until the knee has clearly straightened."""
        if self._peak_settled:
            return None
        now = self._past[-1]
        if now.time_s - self._contact_s > _PEAK_BEFORE * self.stride_s + _PEAK_AFTER_S:
            self._peak_reported = self._peak_settled = True
            return None
        peak_s, late_s = self._fallen_peak(), _MIDDLE_LATE_PER_S
        if np.isfinite(peak_s):
            self._peak_settled = True
            self._to_peak.add(peak_s - self._contact_s)
        elif not self._peak_reported:
            peak_s, late_s = self._expected_peak(), _TURN_LATE_PER_S
        if np.isnan(peak_s):
            return None
        late_s *= (now.decided_at_s - now.time_s) ** 2
        self.settled_peak_s = peak_s - late_s + self._settings.peak_offset_s
        if self._peak_reported:
            return None
        self._peak_reported = True
        self._knee_peak_s = peak_s
        return EventKind.PEAK_KNEE_FLEXION, self.settled_peak_s

    def _fallen_peak(self) -> float:
        """Return the midpoint of the peak once the knee has straightened; NaN before."""
        window = self._after_landing()
        top = fallen_top(times_of(window), flexion_of(window), _FALL_DEG)
        if top is None or top[1] < _LEAST_PEAK_DEG:
            return float("nan")
        stance = self._since(self._contact_s)
        return middle_above(times_of(stance), flexion_of(stance), top[1] - _FALL_DEG, top[0])

    def _expected_peak(self) -> float:
        """Return when the knee stopped bending, if close to the usual time; else NaN."""
        window = self._after_landing()
        peak_s = turning_s(times_of(window), floats(s.knee_rate_deg_s for s in window), _FORETOLD_S)
        bent = self._past[-1].knee_flexion_deg >= _LEAST_PEAK_DEG
        return peak_s if bent and self._to_peak.expected(peak_s - self._contact_s) else float("nan")

    def _after_landing(self) -> list[LegSignals]:
        """Return the samples that may hold the peak, after one more: the first may be the top."""
        count = len(self._since(self._contact_s + _PEAK_AFTER_S)) + 1
        return list(self._past)[-count:]

    def _toe_off(self, belt_px_s: float) -> _Found | None:
        if self.phase is not Phase.STANCE or not self._peak_reported:
            return None
        now = self._past[-1]
        if now.time_s - self._contact_s > _TOE_OFF_BEFORE * self.stride_s + FIRST_LIFT_S:
            self.phase = Phase.SWING
            return None
        if not now.reach <= _BEHIND:
            return None
        stance = OpenStance(
            samples=self._since(self._contact_s),
            contact_s=self._contact_s,
            knee_peak_s=self._knee_peak_s,
            stride_s=self.stride_s,
            belt_px_s=belt_px_s,
        )
        left = self._left.find(stance)
        if left is None:
            return None
        self.phase = Phase.SWING
        later_s = self._later_s(EventKind.TOE_OFF, left.time_s, belt_px_s) if left.turned else 0.0
        offset_s = self._settings.toe_off_offset_s - TURN_LEAD_S - self._leaving_late_s
        return EventKind.TOE_OFF, left.time_s + later_s + offset_s

    def _walking_toe_off(self) -> _Found | None:
        """Detect toe-off by Zeni's rule: a walker's foot is rearmost when it leaves."""
        if self.phase is not Phase.STANCE:
            return None
        window = self._since(self._contact_s + _TOE_OFF_AFTER_S)
        rearmost = fallen_top(times_of(window), floats(-s.reach for s in window), _FALL_LEGS)
        if rearmost is None or self._past[-1].reach > _BEHIND / 2:
            return None
        self.phase = Phase.SWING
        return EventKind.TOE_OFF, rearmost[0]

    def _later_s(self, kind: EventKind, rule_s: float, belt_px_s: float) -> float:
        reading = self._readings.get(kind)
        return read_later_s(self._past, rule_s, belt_px_s, reading) if reading else 0.0

    def _since(self, time_s: float) -> list[LegSignals]:
        """Return the samples from an instant on, searched from the back as they are mostly few."""
        since: list[LegSignals] = []
        for sample in reversed(self._past):
            if sample.time_s < time_s:
                break
            since.append(sample)
        return since[::-1]
