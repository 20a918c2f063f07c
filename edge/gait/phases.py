"""Find initial contact, peak knee flexion and toe-off of one leg, as they happen.

Sources and data needs, by event (gait metrics 3.2; all from one sagittal camera, 30 frames/s or
more, belt moving):

- Initial contact: forward maximum of the ankle relative to the hips, after Zeni et al. (2008), doi
  10.1016/j.gaitpost.2007.07.007. Deviations: the mid hip instead of the sacrum; plus a constant
  28 ms, because in running the foot reaches furthest before it lands (force-plate data of 26
  runners), none in walking.
- Peak knee flexion: the middle between the flanks of the first maximum after contact, 3 degrees
  below it. Deviations: not the top itself, which shows twice where the other leg passes; plus a
  constant -10 ms, by which the knee is read late on rendered runners with exact truth. Sought from
  40 ms after contact, above 8 degrees (25 in the reference), so that walkers have one too.
- Toe-off: the middle of two signals whose errors differ: the ball of the foot rising through 0.15
  of belt speed (same data), and the straightest knee, after Fellin et al. (2010), PMC3266867. The
  straightest knee says where to look, so that a ripple in stance is not a toe-off. Deviations: the
  ball is taken to lead by 10 ms, and a constant -3 ms is added, read off the same runners. Zeni's
  rule is used in walking only: in running the foot goes on backwards after it has left.

Maxima are taken once the signal has fallen a little below them, so that a ripple on the way up is
not an event; the time of contact and of the straightest knee is that of a parabola through the top.
"""

from collections import deque

import numpy as np

from edge.gait.foot_signals import LegSignals
from edge.gait.smoothing import crossing_time, peak_offset
from edge.messages import EventKind, GaitEvent, Phase, Side
from edge.settings import GaitSettings

_ARMED_BELOW = -0.12
_FRONT_ABOVE = 0.06
_FALL_LEGS = 0.04
_FALL_DEG = 3.0
_REFRACTORY = 0.55
_STRIDE_RATE = 0.3
_SHORTEST_STRIDE_S, _LONGEST_STRIDE_S = 0.4, 1.6
_SILENCE_S = 2.0
_PEAK_AFTER_S = 0.04
_PEAK_BEFORE = 0.42
_LEAST_PEAK_DEG = 8.0
_TOE_OFF_AFTER_S = 0.12
_TOE_OFF_BEFORE = 0.75
_BEHIND = -0.25
_LIFT_SHARE = 0.15
# Around the straightest knee: how late the ball may lift, how early it still counts, and by how
# much it leads in the middle of the shared clips.
_FIRST_LIFT_S = 0.04
_LIFT_WITHIN_S = 0.08
_LIFT_LEAD_S = 0.01
_MEMORY_S = 1.6


class PhaseDetector:
    """One leg's signals in, its confirmed events out.

    Parameters
    ----------
    side
        Which leg.
    settings
        Offsets of contact and toe-off, and the stride time assumed before one is known.
    """

    def __init__(self, side: Side, settings: GaitSettings) -> None:
        self._side = side
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Forget the leg: no event may be read across a gap."""
        self.stride_s = self._settings.first_stride_s
        self.phase = Phase.UNKNOWN
        self._past: deque[LegSignals] = deque()
        self._contact_s = -np.inf
        self._armed = False
        self._knee_sought = False
        self._knee_peak_s = -np.inf

    def update(
        self, signals: LegSignals, belt_px_s: float, *, near: bool, walking: bool
    ) -> list[GaitEvent]:
        """Take one frame's signals in and return the events it settles, in order of time.

        Parameters
        ----------
        signals
            Of the frame after the last one given.
        belt_px_s
            Belt speed in the picture, positive; NaN while unknown.
        near
            Whether this is the leg nearer the camera; copied into the events.
        walking
            Whether the person is known to walk.
        """
        self._past.append(signals)
        while self._past[0].time_s < signals.time_s - _MEMORY_S:
            self._past.popleft()
        if signals.time_s - self._contact_s > _SILENCE_S:
            self.stride_s = self._settings.first_stride_s
        found = [
            self._initial_contact(walking=walking),
            self._peak_knee_flexion(),
            self._walking_toe_off() if walking else self._toe_off(belt_px_s),
        ]
        return [
            GaitEvent(
                kind=kind,
                side=self._side,
                near=near,
                time_s=time_s,
                decided_at_s=signals.decided_at_s,
                confidence=signals.score,
            )
            for kind, time_s in sorted((f for f in found if f), key=lambda f: f[1])
        ]

    def _initial_contact(self, *, walking: bool) -> tuple[EventKind, float] | None:
        now = self._past[-1]
        if now.reach < _ARMED_BELOW:
            self._armed = True
        if not self._armed or now.time_s - self._contact_s < _REFRACTORY * self.stride_s:
            return None
        top = self._top([s.reach for s in self._since(now.time_s - 0.25)], _FALL_LEGS)
        if top is None or top[1] < _FRONT_ABOVE:
            return None
        time_s = top[0] + (0.0 if walking else self._settings.contact_offset_s)
        stride = time_s - self._contact_s
        if _SHORTEST_STRIDE_S < stride < _LONGEST_STRIDE_S:
            self.stride_s += _STRIDE_RATE * (stride - self.stride_s)
        self._contact_s = time_s
        self._armed = False
        self._knee_sought = True
        self.phase = Phase.STANCE
        return EventKind.INITIAL_CONTACT, time_s

    def _peak_knee_flexion(self) -> tuple[EventKind, float] | None:
        if not self._knee_sought:
            return None
        now = self._past[-1]
        since = now.time_s - self._contact_s
        if since > _PEAK_BEFORE * self.stride_s + _PEAK_AFTER_S:
            self._knee_sought = False
            return None
        window = self._since(self._contact_s + _PEAK_AFTER_S)
        # With the sample before them, so that the first of a few may be the top.
        window = list(self._past)[-len(window) - 1 :]
        top = self._top([s.knee_flexion_deg for s in window], _FALL_DEG)
        if top is None or top[1] < _LEAST_PEAK_DEG:
            return None
        self._knee_sought = False
        self._knee_peak_s = self._middle_above(top[1] - _FALL_DEG, top[0])
        return EventKind.PEAK_KNEE_FLEXION, self._knee_peak_s + self._settings.peak_offset_s

    def _middle_above(self, level: float, top_s: float) -> float:
        """Return the middle of the time the knee is bent more than ``level`` around its peak.

        While the other leg passes, the model's peak may dip and show two tops; the flanks hold.
        Without a rising flank in sight the top itself is all there is.
        """
        since = [s for s in self._past if s.time_s >= self._contact_s]
        times = np.array([s.time_s for s in since])
        above = np.array([s.knee_flexion_deg for s in since]) - level
        rising = np.flatnonzero((above[:-1] < 0) & (above[1:] >= 0) & (times[1:] <= top_s))
        falling = np.flatnonzero((above[:-1] >= 0) & (above[1:] < 0) & (times[:-1] >= top_s))
        if not rising.size or not falling.size:
            return top_s
        up, down = (
            crossing_time(times[i], above[i], times[i + 1], above[i + 1], 0.0)
            for i in (rising[0], falling[-1])
        )
        return float(up + down) / 2

    def _toe_off(self, belt_px_s: float) -> tuple[EventKind, float] | None:
        if self.phase is not Phase.STANCE or self._knee_sought:
            return None
        now = self._past[-1]
        since = now.time_s - self._contact_s
        if since > _TOE_OFF_BEFORE * self.stride_s + _FIRST_LIFT_S:
            self.phase = Phase.SWING
            return None
        window = self._since(max(self._knee_peak_s, self._contact_s + _TOE_OFF_AFTER_S))
        straightest = self._top([-s.knee_flexion_deg for s in window], _FALL_DEG)
        if straightest is None or now.reach > _BEHIND:
            return None
        self.phase = Phase.SWING
        lift_s = self._last_lift(straightest[0] + _FIRST_LIFT_S, _LIFT_SHARE * belt_px_s)
        if straightest[0] - lift_s > _LIFT_WITHIN_S or not np.isfinite(lift_s):
            lift_s = straightest[0] - _LIFT_LEAD_S
        middle = (lift_s + _LIFT_LEAD_S + straightest[0]) / 2
        return EventKind.TOE_OFF, middle + self._settings.toe_off_offset_s

    def _walking_toe_off(self) -> tuple[EventKind, float] | None:
        """Zeni's rule: in walking the foot is rearmost when it leaves."""
        if self.phase is not Phase.STANCE:
            return None
        window = self._since(self._contact_s + _TOE_OFF_AFTER_S)
        rearmost = self._top([-s.reach for s in window], _FALL_LEGS)
        if rearmost is None or self._past[-1].reach > _BEHIND / 2:
            return None
        self.phase = Phase.SWING
        return EventKind.TOE_OFF, rearmost[0]

    def _last_lift(self, before_s: float, level: float) -> float:
        """Return when the ball of the foot last rose through ``level``; NaN if it did not."""
        past = [s for s in self._past if self._contact_s < s.time_s <= before_s]
        for before, after in zip(past[-2::-1], past[:0:-1], strict=True):
            if before.ball_up_px_s < level <= after.ball_up_px_s:
                return crossing_time(
                    before.time_s, before.ball_up_px_s, after.time_s, after.ball_up_px_s, level
                )
        return float("nan")

    def _since(self, time_s: float) -> list[LegSignals]:
        return [s for s in self._past if s.time_s >= time_s]

    def _top(self, values: list[float], fall: float) -> tuple[float, float] | None:
        """Return time and value of an inner maximum that the last sample has fallen below."""
        if len(values) < 3:
            return None
        window = np.array(values)
        if not np.isfinite(window).any():
            return None
        i = int(np.nanargmax(window))
        if not 0 < i < len(values) - 1 or not window[-1] <= window[i] - fall:
            return None
        samples = list(self._past)[len(self._past) - len(values) :]
        a, b, c = window[i - 1 : i + 2]
        if not np.isfinite([a, c]).all():
            return samples[i].time_s, float(b)
        offset = peak_offset(float(a), float(b), float(c))
        step = samples[i + 1].time_s - samples[i].time_s
        if offset < 0:
            step = samples[i].time_s - samples[i - 1].time_s
        return samples[i].time_s + offset * step, float(b)
