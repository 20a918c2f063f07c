"""Toe-off of a running leg, by the turn of its foot or by the knee and the ball of the foot.

The foot rolls off over the tip of the shoe. The tip is seen to leave the belt when the foot has
turned by 45 degrees from flat (``foot_turn``); on force plates the force has ended 5 ms before. A
foot that is not seen to turn, because its points are poor, leaves midway between two signals with
independent errors: the ball of the foot rising through 0.15 of belt speed (force-plate data of 26
runners), assumed to lead by 10 ms, and the straightest knee, after Fellin et al. (2010),
PMC3266867. If it has begun to turn, it left later, before a wait for the turn was over.
"""

from dataclasses import dataclass

import numpy as np

from edge.gait.extrema import fallen_top, last_rise_s, turning_s
from edge.gait.foot_signals import LegSignals, flexion_of, floats, times_of
from edge.gait.foot_turn import TURNED_DEG, FootTurn
from edge.gait.usual_time import UsualTime
from edge.messages.arrays import Floats

_AFTER_S = 0.12
_FALL_DEG = 3.0
_LIFT_SHARE = 0.15
# The ball's lift relative to the straightest knee: latest time, earliest time and usual lead.
FIRST_LIFT_S = 0.04
_LIFT_WITHIN_S = 0.08
_LIFT_LEAD_S = 0.01
# Time to toe-off on markers from the turn of the foot, and from midway between both signals;
# settings have the first for other points.
TURN_LEAD_S, _MIDWAY_LEAD_S = -0.005, -0.007
# Least upward velocity of the ball of the foot at toe-off, in belt speeds.
_RISING_SHARE = 0.08
# Further turn of the foot that confirms that it has left: a frame's at 60 frames/s.
_SURE_DEG = 6.0
# A foot that is turning is waited for this long after the knee's sign: in films of real runners the
# knee is straightest 20 to 75 ms before the tip leaves.
_TURN_WITHIN_S = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStance:
    """A stance from contact to the newest sample.

    Attributes
    ----------
    samples
        The leg's signals since contact, in order of time; at least one.
    contact_s, knee_peak_s
        Time of contact and of peak knee flexion; the latter may be of an earlier stance.
    stride_s
        Stride time.
    belt_px_s
        Belt speed in the picture; NaN while unknown.
    """

    samples: list[LegSignals]
    contact_s: float
    knee_peak_s: float
    stride_s: float
    belt_px_s: float


@dataclass(frozen=True, slots=True)
class Leaving:
    """A toe-off by the rule, and whether by the turn of the foot, as the reading needs it."""

    time_s: float
    turned: bool


class ToeOffRule:
    """Finder of one leg's toe-offs.

    Parameters
    ----------
    foretold_s
        How far ahead of the newest sample a sign may be predicted.
    turning_deg
        Turn from which a foot is taken to turn on.
    """

    def __init__(self, foretold_s: float, turning_deg: float) -> None:
        self._foretold_s, self._turning_deg = foretold_s, turning_deg
        self._turn, self._midway = UsualTime(), UsualTime()
        self._foot = FootTurn()
        self.reset()

    def reset(self) -> None:
        """Forget the leg."""
        for part in (self._turn, self._midway, self._foot):
            part.reset()
        self._turns = True

    def find(self, stance: OpenStance) -> Leaving | None:
        """Return the toe-off that ends a stance; None while the foot is on the belt."""
        times, turned = self._foot.turned_deg(stance.samples, stance.contact_s, stance.stride_s)
        found = self._by_turn(stance, times, turned)
        if found is None:
            turning = bool(turned.size and turned[-1] >= self._turning_deg)
            found = self._by_knee(stance, turning=turning)
        if found is not None:
            self._turns = found.turned
            self._foot.close(stance.samples, stance.contact_s, stance.stride_s)
        return found

    def _by_turn(self, stance: OpenStance, times: Floats, turned: Floats) -> Leaving | None:
        late = times >= stance.contact_s + _AFTER_S
        time_s = turning_s(times[late], TURNED_DEG - turned[late], self._foretold_s)
        if np.isnan(time_s):
            return None
        after_s = time_s - stance.contact_s
        sure = turned[-1] >= TURNED_DEG + _SURE_DEG
        if sure:
            believed = not self._turn.too_soon(after_s, float(times[-1]) - stance.contact_s)
        else:
            believed = self._turn.expected(after_s)
        if not believed:
            return None
        self._turn.add(after_s)
        return Leaving(time_s + TURN_LEAD_S, turned=True)

    def _by_knee(self, stance: OpenStance, *, turning: bool) -> Leaving | None:
        now_s = stance.samples[-1].time_s
        time_s = self._midway_s(stance)
        waits = turning or self._turns
        if np.isnan(time_s) or (waits and now_s < time_s + _TURN_WITHIN_S):
            return None
        self._midway.add(time_s - stance.contact_s)
        return Leaving(time_s + (_TURN_WITHIN_S / 2 if turning else 0.0), turned=False)

    def _midway_s(self, stance: OpenStance) -> float:
        """Return the time between ball and knee once it can be believed; NaN before."""
        since_s = max(stance.knee_peak_s, stance.contact_s + _AFTER_S)
        window = [s for s in stance.samples if s.time_s >= since_s]
        top = fallen_top(times_of(window), -flexion_of(window), _FALL_DEG)
        if top is not None:
            time_s = between_s(stance, top[0])
            now_s = window[-1].time_s - stance.contact_s
            early = self._midway.too_soon(time_s - stance.contact_s, now_s)
        else:
            rates = floats(-s.knee_rate_deg_s for s in window)
            time_s = between_s(stance, turning_s(times_of(window), rates, self._foretold_s))
            rising = stance.samples[-1].ball_up_px_s >= _RISING_SHARE * stance.belt_px_s
            early = not rising or not self._midway.expected(time_s - stance.contact_s)
        return float("nan") if early else time_s


def between_s(stance: OpenStance, straightest_s: float) -> float:
    """Return the mean of straightest knee and ball lift, corrected for their leads."""
    past = [s for s in stance.samples if s.time_s <= straightest_s + FIRST_LIFT_S]
    rising = floats(s.ball_up_px_s for s in past)
    lift_s = last_rise_s(times_of(past), rising, _LIFT_SHARE * stance.belt_px_s)
    if not straightest_s - lift_s <= _LIFT_WITHIN_S:
        lift_s = straightest_s - _LIFT_LEAD_S
    return (lift_s + _LIFT_LEAD_S + straightest_s) / 2 + _MIDWAY_LEAD_S
