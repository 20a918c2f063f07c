"""What a machine that is too slow gives up, step by step, and when it takes it back.

The order is fixed: pictures a second, picture size, model size, poses a second. What only people
see goes before what is measured. A hot board gives up the first two before it is too slow.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from math import inf, isnan, nan

# Beyond this share of late or lost frames a second is one of overload: 3 of 60.
OVERLOADED = 0.05
# A frame's work that takes longer than the time to the next frame cannot last.
FULL = 1.0
OVERLOADED_FOR_S = 3.0
# A step is taken back only where the work would still leave room with it.
ROOM = 0.8
CALM_FOR_S = 20.0
# A step that was taken back too early: the next time the calm must last twice as long.
REGRETTED_WITHIN_S = 60.0
LONGEST_CALM_S = 640.0


class Step(IntEnum):
    """How much is given up; each step includes those before it."""

    NOTHING = 0
    PREVIEW_RATE = 1
    PREVIEW_SIZE = 2
    MODEL_SIZE = 3
    POSE_RATE = 4


EVERY_STEP = frozenset(Step)

# How much more work a frame makes when a step is taken back, at most.
_MORE_WORK = {
    Step.NOTHING: 1.0,
    Step.PREVIEW_RATE: 1.15,
    Step.PREVIEW_SIZE: 1.1,
    Step.MODEL_SIZE: 2.2,
    Step.POSE_RATE: 2.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One second of a station's life.

    Attributes
    ----------
    time_s
        Monotonic time of its end.
    busy
        A frame's work as a share of the time to the next frame that is worked on; NaN without
        frames.
    missed
        Share of the frames that were late, or lost because the worker was not ready for them.
    hot
        The board is slowed down by heat, or about to be.
    """

    time_s: float
    busy: float
    missed: float
    hot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shedding:
    """What is given up now, and what is remembered for the next decision.

    Attributes
    ----------
    step
        What is given up.
    over_since_s, calm_since_s
        Since when every second was one of overload, or of calm; NaN if the last one was not.
    back_at_s
        When a step was last taken back.
    patience_s
        How long calm must last before a step is taken back.
    """

    step: Step = Step.NOTHING
    over_since_s: float = nan
    calm_since_s: float = nan
    back_at_s: float = -inf
    patience_s: float = CALM_FOR_S


def next_shedding(now: Shedding, load: Load, allowed: Collection[Step] = EVERY_STEP) -> Shedding:
    """Return what to give up from here on.

    Parameters
    ----------
    now
        As returned for the second before.
    load
        The second that has just passed.
    allowed
        Steps that this station can take; others are passed over.

    Returns
    -------
    At most one step more or less than before. A step is taken after ``OVERLOADED_FOR_S`` seconds of
    overload, and taken back after a calm that lasted ``patience_s``; between the two lies a band in
    which nothing changes. The patience doubles each time a step taken back is needed again soon.
    """
    if isnan(load.busy):
        # Without frames there is nothing to tell from: no camera is neither overload nor calm.
        return replace(now, over_since_s=nan, calm_since_s=nan)
    if load.missed > OVERLOADED or load.busy > FULL:
        return _overloaded(now, load.time_s, allowed)
    if load.hot:
        return _hot(now, load.time_s, allowed)
    if load.missed <= OVERLOADED / 2 and load.busy * _MORE_WORK[now.step] < ROOM:
        return _calm(now, load.time_s, allowed)
    return replace(now, over_since_s=nan, calm_since_s=nan)


def _hot(now: Shedding, time_s: float, allowed: Collection[Step]) -> Shedding:
    """Spare a hot board what only people see; what is measured it still manages."""
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
        # All is well for so long that what was regretted before no longer counts.
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
