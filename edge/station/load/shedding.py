"""Rules of load shedding: what an overloaded machine gives up, in steps, and when it recovers.

The order is fixed: preview rate, preview size, model size, pose rate, so that the display is
reduced before the measurement. A hot board takes the first two steps before it is overloaded.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from math import inf, isnan, nan

# A second with more than this share of late or lost frames is overloaded: 3 of 60.
OVERLOADED = 0.05
# Work per frame that exceeds the frame interval is not sustainable.
FULL = 1.0
OVERLOADED_FOR_S = 3.0
# A step is reversed only if the expected load would stay below this.
ROOM = 0.8
CALM_FOR_S = 20.0
# A step needed again within this time was reversed too early: double the calm required.
REGRETTED_WITHIN_S = 60.0
LONGEST_CALM_S = 640.0


class Step(IntEnum):
    """A step of load shedding; each includes those before it."""

    NOTHING = 0
    PREVIEW_RATE = 1
    PREVIEW_SIZE = 2
    MODEL_SIZE = 3
    POSE_RATE = 4


EVERY_STEP = frozenset(Step)

# The largest increase in work per frame when a step is reversed.
_MORE_WORK = {
    Step.NOTHING: 1.0,
    Step.PREVIEW_RATE: 1.15,
    Step.PREVIEW_SIZE: 1.1,
    Step.MODEL_SIZE: 2.2,
    Step.POSE_RATE: 2.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The load of a station during one second.

    Attributes
    ----------
    time_s
        Monotonic time of its end.
    busy
        Work per frame as a share of the interval between processed frames; NaN without frames.
    missed
        Share of frames that were late, or lost because the worker was busy.
    hot
        The board is throttled by heat, or about to be.
    """

    time_s: float
    busy: float
    missed: float
    hot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shedding:
    """The current step, and the state for the next decision.

    Attributes
    ----------
    step
        The current step.
    over_since_s, calm_since_s
        Start of uninterrupted overload, or calm; NaN if the last second was neither.
    back_at_s
        When a step was last reversed.
    patience_s
        How long calm must last before a step is reversed.
    """

    step: Step = Step.NOTHING
    over_since_s: float = nan
    calm_since_s: float = nan
    back_at_s: float = -inf
    patience_s: float = CALM_FOR_S


def next_shedding(now: Shedding, load: Load, allowed: Collection[Step] = EVERY_STEP) -> Shedding:
    """Return the next shedding state.

    Parameters
    ----------
    now
        The state returned for the previous second.
    load
        The load of the last second.
    allowed
        Steps that this station can take; others are skipped.

    Returns
    -------
    At most one step more or less than before. A step is taken after ``OVERLOADED_FOR_S`` seconds of
    overload, and reversed after ``patience_s`` of calm; between the two thresholds nothing changes
    (hysteresis). The patience doubles each time a reversed step is needed again soon.
    """
    if isnan(load.busy):
        # Without frames there is no evidence: a missing camera is neither overload nor calm.
        return replace(now, over_since_s=nan, calm_since_s=nan)
    if load.missed > OVERLOADED or load.busy > FULL:
        return _overloaded(now, load.time_s, allowed)
    if load.hot:
        return _hot(now, load.time_s, allowed)
    if load.missed <= OVERLOADED / 2 and load.busy * _MORE_WORK[now.step] < ROOM:
        return _calm(now, load.time_s, allowed)
    return replace(now, over_since_s=nan, calm_since_s=nan)


def _hot(now: Shedding, time_s: float, allowed: Collection[Step]) -> Shedding:
    """Shed only the preview on a hot board, which can still sustain the measurement."""
    spared = [step for step in allowed if step <= Step.PREVIEW_SIZE]
    if now.step < max(spared, default=Step.NOTHING):
        return _overloaded(now, time_s, spared)
    return replace(now, over_since_s=nan, calm_since_s=nan)


def _overloaded(now: Shedding, time_s: float, allowed: Collection[Step]) -> Shedding:
    since_s = time_s if isnan(now.over_since_s) else now.over_since_s
    further = min((step for step in allowed if step > now.step), default=None)
    if further is None or time_s - since_s < OVERLOADED_FOR_S:
        return replace(now, over_since_s=since_s, calm_since_s=nan)
    regretted = time_s - now.back_at_s <= REGRETTED_WITHIN_S
    return Shedding(
        step=further,
        back_at_s=now.back_at_s,
        patience_s=min(2 * now.patience_s, LONGEST_CALM_S) if regretted else now.patience_s,
    )


def _calm(now: Shedding, time_s: float, allowed: Collection[Step]) -> Shedding:
    since_s = time_s if isnan(now.calm_since_s) else now.calm_since_s
    lasted_s = time_s - since_s
    if now.step is Step.NOTHING:
        # After this long a calm, earlier regrets no longer count.
        forgiven = lasted_s >= now.patience_s
        return replace(
            now,
            over_since_s=nan,
            calm_since_s=since_s,
            patience_s=CALM_FOR_S if forgiven else now.patience_s,
        )
    if lasted_s < now.patience_s:
        return replace(now, over_since_s=nan, calm_since_s=since_s)
    back = max((step for step in allowed if step < now.step), default=Step.NOTHING)
    return Shedding(step=back, back_at_s=time_s, patience_s=now.patience_s)
