"""Linear correction of an event's time, from the leg's velocities before it.

A rule uses one signal, and the lag between that signal and the true event varies more between
runners than between strides. A linear model on the vertical velocities of hip, knee, ankle, heel
and toe removes about a third of that variation. Its weights are a least-squares fit to force plates
(``models/training/train_events.py``; card: ``models/event_reading.md``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.gait.foot_signals import LegSignals
from edge.messages.arrays import Floats

# The samples may end this much before the last instant read.
_SHORT_S = 0.012
_LONGEST_GAP_S = 0.07
# A result beyond this multiple of its limit may not even have the right sign.
_ABSURD = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Linear model for one kind of event.

    Attributes
    ----------
    at_s
        Instants relative to the rule's, increasing.
    channels
        Indices into ``LegSignals.speeds_px_s``, read at each instant.
    weights_s
        Seconds per belt speed: one row per instant, in the order of ``channels``.
    offset_s
        Constant term.
    limit_s
        Largest correction in either direction.
    """

    at_s: tuple[float, ...]
    channels: tuple[int, ...]
    weights_s: tuple[tuple[float, ...], ...]
    offset_s: float
    limit_s: float


def read_later_s(
    past: Sequence[LegSignals], rule_s: float, belt_px_s: float, reading: Reading
) -> float:
    """Return how much later than ``rule_s`` the event occurred.

    Parameters
    ----------
    past
        The leg's signals in order of time.
    rule_s
        Time of the event by the rule.
    belt_px_s
        Belt speed in the picture, the unit of all velocities; NaN while unknown.
    reading
        The linear model.

    Returns
    -------
    Seconds, never beyond the model's limit; 0 if velocities or belt speed are missing, or if the
    result is implausibly large.
    """
    seen = speeds_around(past, rule_s, belt_px_s, reading.at_s, reading.channels)
    later = reading.offset_s + float(np.sum(seen * np.array(reading.weights_s)))
    # A comparison with NaN is false.
    believed = abs(later) <= _ABSURD * reading.limit_s
    return float(np.clip(later, -reading.limit_s, reading.limit_s)) if believed else 0.0


def speeds_around(
    past: Sequence[LegSignals],
    rule_s: float,
    belt_px_s: float,
    at_s: tuple[float, ...],
    channels: tuple[int, ...],
) -> Floats:
    """Return the leg's velocities around an instant, in belt speeds.

    Returns
    -------
    Shape (instants, channels), interpolated linearly; all NaN if the signals do not cover the
    instants, have a gap, or the belt speed is unknown.
    """
    wanted = rule_s + np.array(at_s)
    near = [s for s in past if abs(s.time_s - rule_s) <= max(-at_s[0], at_s[-1]) + _LONGEST_GAP_S]
    times = np.array([s.time_s for s in near])
    whole = times.size > 1 and times[0] <= wanted[0] and times[-1] >= wanted[-1] - _SHORT_S
    if not whole or not belt_px_s > 0 or np.diff(times).max() > _LONGEST_GAP_S:
        return np.full((len(at_s), len(channels)), np.nan)
    table = np.array([s.speeds_px_s for s in near])[:, list(channels)] / belt_px_s
    return np.stack([np.interp(wanted, times, column) for column in table.T], axis=1)
