"""How much later than its rule says an event was, read from the leg's velocities before it.

A rule looks at one signal, and how that signal lies to the true event differs from runner to runner
more than from stride to stride. A linear reading of how fast hip, knee, ankle, heel and toe rise
and fall takes out about a third of it. The weights are a least-squares fit to force plates
(``models/training/train_events.py``; card: ``models/event_reading.md``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.gait.foot_signals import LegSignals
from edge.messages.arrays import Floats

# The samples may end this much before the last instant asked for.
_SHORT_S = 0.012
_LONGEST_GAP_S = 0.07
# A reading beyond so many times its limit is not even of the right sign for sure.
_ABSURD = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A linear reading of one kind of event.

    Attributes
    ----------
    at_s
        Instants relative to the rule's, rising.
    channels
        Which of ``LegSignals.speeds_px_s`` are read at each of them.
    weights_s
        Seconds per belt speed: a row for each instant, in the order of ``channels``.
    offset_s
        What is added to the weighted sum.
    limit_s
        The furthest that the event is moved either way.
    """

    at_s: tuple[float, ...]
    channels: tuple[int, ...]
    weights_s: tuple[tuple[float, ...], ...]
    offset_s: float
    limit_s: float


def read_later_s(
    past: Sequence[LegSignals], rule_s: float, belt_px_s: float, reading: Reading
) -> float:
    """Return how much later than ``rule_s`` the event was.

    Parameters
    ----------
    past
        The leg's signals in order of time.
    rule_s
        When the rule puts the event.
    belt_px_s
        Belt speed in the picture, the unit of all velocities; NaN while unknown.
    reading
        What to read.

    Returns
    -------
    Seconds, never beyond the reading's limit; 0 where velocities or belt speed are missing, and
    where the reading is so far off that it must be wrong.
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
    Shape (instants, channels), interpolated linearly; all NaN where the signals do not reach
    around, have a hole there, or the belt speed is unknown.
    """
    wanted = rule_s + np.array(at_s)
    near = [s for s in past if abs(s.time_s - rule_s) <= max(-at_s[0], at_s[-1]) + _LONGEST_GAP_S]
    times = np.array([s.time_s for s in near])
    whole = times.size > 1 and times[0] <= wanted[0] and times[-1] >= wanted[-1] - _SHORT_S
    if not whole or not belt_px_s > 0 or np.diff(times).max() > _LONGEST_GAP_S:
        return np.full((len(at_s), len(channels)), np.nan)
    table = np.array([s.speeds_px_s for s in near])[:, list(channels)] / belt_px_s
    return np.stack([np.interp(wanted, times, column) for column in table.T], axis=1)
