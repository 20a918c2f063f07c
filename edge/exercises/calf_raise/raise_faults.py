"""What was wrong with a raise: a bending knee, swaying hips, a lost beat, two tops."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from edge.exercises.calf_raise.heel_rise import RiseSample
from edge.exercises.calf_raise.rep_counter import Rep
from edge.messages.arrays import Floats
from edge.messages.raises import RAISES_PER_MIN, RaiseFault

# docs/gait-metrics.md, "Calf raises".
_KNEE_DEG: Final = 10.0
_SWAY_LEGS: Final = 0.05
_TEMPO_SHARE: Final = 0.20
# The part of the raise in which a change must last: single samples are noise.
_LASTS_PCT: Final = 85
# How long before the raise the standing leg is looked at.
BEFORE_S: Final = 0.5


def fault_of(samples: Sequence[RiseSample], reps: Sequence[Rep]) -> RaiseFault:
    """Return the fault of the last raise, the one that matters most.

    Parameters
    ----------
    samples
        From half a second before the raise to its end.
    reps
        The raises so far, the one to judge last.
    """
    rep = reps[-1]
    before = [s for s in samples if s.time_s <= rep.start_s]
    during = [s for s in samples if s.time_s > rep.start_s]
    if _lasting(_column(during, "knee_deg") - _quiet(before, during, "knee_deg")) > _KNEE_DEG:
        return RaiseFault.KNEE_BEND
    if _lasting(_shift(before, during)) > _SWAY_LEGS:
        return RaiseFault.SWAY
    if rep.bounced:
        return RaiseFault.DOUBLE_BOUNCE
    return RaiseFault.TEMPO if off_beat(reps) else RaiseFault.NONE


def off_beat(reps: Sequence[Rep]) -> bool:
    """Return whether the last two raises both came more than a fifth off the beat."""
    # The middle of a raise, as its top may be anywhere on a plateau.
    middles_s = [(rep.start_s + rep.end_s) / 2 for rep in reps[-3:]]
    if len(middles_s) < 3:
        return False
    beat_s = 60 / RAISES_PER_MIN
    gaps = np.diff(middles_s)
    return bool((np.abs(gaps / beat_s - 1) > _TEMPO_SHARE).all())


def _shift(before: Sequence[RiseSample], during: Sequence[RiseSample]) -> Floats:
    """Return the hips' shift, in leg lengths.

    The ankle moves forward while the foot turns about its ball, and may carry the hips along:
    only what exceeds that, and is a shift in the room, too, is sway.
    """
    hip = _column(during, "hip_x") - _quiet(before, during, "hip_x")
    ankle = _column(during, "ankle_x") - _quiet(before, during, "ankle_x")
    ankle = np.where(np.isnan(ankle), 0.0, ankle)
    return np.minimum(np.abs(hip), np.abs(hip - ankle))


def _quiet(before: Sequence[RiseSample], during: Sequence[RiseSample], name: str) -> float:
    """Return the value while standing, or else at the beginning of the raise."""
    values = _column(before or during[:1], name)
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _column(samples: Sequence[RiseSample], name: str) -> Floats:
    return np.array([getattr(sample, name) for sample in samples], float)


def _lasting(values: Floats) -> float:
    """Return what the values exceed for a sixth of the time; NaN if most are unknown."""
    known = values[np.isfinite(values)]
    if known.size < max(values.size / 2, 1):
        return float("nan")
    return float(np.percentile(known, _LASTS_PCT))
