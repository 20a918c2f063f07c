"""The calf-raise test: stand on the near leg, raise the heel on the beat until enough or tired."""

from collections import deque
from math import isfinite, nan
from typing import Final

from edge.exercises.base import Sight
from edge.exercises.calf_raise.grading import graded
from edge.exercises.calf_raise.heel_rise import HeelRise, RiseSample
from edge.exercises.calf_raise.legs_seen import legs_seen
from edge.exercises.calf_raise.one_leg_standing import OneLegStanding
from edge.exercises.calf_raise.raise_faults import BEFORE_S, fault_of
from edge.exercises.calf_raise.rep_counter import RepCounter
from edge.exercises.calf_raise.scale import Scale, scale_of
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.pose import Pose
from edge.messages.raises import TURNED, ExercisePlan, RaiseFault, RaiseKind, RaiseSet
from edge.messages.side import Side

CALF_RAISE: Final = "calf_raise"
# Without a raise for the first, one prompt; for the second, the end: two unanswered prompts.
PROMPT_S: Final = 4.0
STOPPED_S: Final = 10.0
# Nobody stands on one leg, or raises the heel, within this.
GIVE_UP_S: Final = 30.0
_LEFT_S: Final = 3.0
# The standing foot may be hidden for so long; after that it must be found again.
_LOST_S: Final = 1.5
_HIDDEN: Final = frozenset({"feet_cut", "feet_hidden"})
# Live heights: ten a second, and only if they change by as much as a page can show.
_TELL_EVERY_S: Final = 0.1
_TELL_PCT: Final = 2


class CalfRaise:
    """The exercise: raises of the near heel, counted and measured.

    Parameters
    ----------
    plan
        The leg, the person's size, and how many raises are enough.

    Notes
    -----
    Source: docs/gait-metrics.md, "Calf raises". It does not need the gait room: somebody standing
    on one leg has no gait. A set ends when enough full raises are done, after ``STOPPED_S`` without
    one, or when the person leaves or turns round.
    """

    def __init__(self, plan: ExercisePlan | None = None) -> None:
        self._plan = plan or ExercisePlan()
        self._scale = Scale(cm_per_leg=nan, error95_pct=nan)
        self._standing = OneLegStanding()
        self._heel: HeelRise | None = None
        self._counter = RepCounter()
        self._faults: list[RaiseFault] = []
        self._samples: deque[RiseSample] = deque()
        self._side: Side | None = None
        self._code = "waiting"
        self._now_s = self._began_s = self._found_s = self._raised_s = nan
        self._told: tuple[object, ...] = ()
        self._told_s = -float("inf")
        self._over = False

    def update(self, seen: Sight) -> list[ExerciseUpdate]:
        """Process one frame; return an update when something changed, and the set at its end."""
        if self._over:
            return []
        self._now_s = seen.pose.time_s
        if not self._began_s <= self._now_s:
            self._began_s = self._found_s = self._raised_s = self._now_s
        self._code = self._look(seen)
        return self._end() or self._progress()

    def finish(self) -> list[ExerciseUpdate]:
        """Return the set so far; without a raise, why there is none."""
        if self._over or not isfinite(self._now_s):
            return []
        return self._ended("finished" if self._counter.reps else self._why_none())

    def _look(self, seen: Sight) -> str:
        """Measure one frame; return the status."""
        pose, near_side = seen.pose, seen.state.near_side
        if not pose.found or near_side is None:
            return "no_runner"
        self._found_s = self._now_s
        if self._plan.side not in (None, near_side):
            return "far_leg"
        if self._side is None:
            self._side = near_side
        elif near_side is not self._side:
            return TURNED
        if self._heel is None and _HIDDEN & {notice.code for notice in seen.notices}:
            return "hidden"
        return self._raise(pose, near_side)

    def _raise(self, pose: Pose, near_side: Side) -> str:
        near, far = legs_seen(pose, near_side)
        if self._heel is None:
            stance = self._standing.update(pose.time_s, near, far)
            if stance is None:
                return self._standing.code
            self._heel = HeelRise(stance)
            self._scale = scale_of(stance, self._plan.stature_m)
            self._raised_s = pose.time_s
        for sample in self._heel.update(pose.time_s, near, far):
            self._take(sample)
        if pose.time_s - self._heel.seen_s > _LOST_S and self._heel.seen_s > 0:
            self._heel = None
            self._standing.forget()
            self._counter.drop()
            return "moving"
        return "prompt" if self._idle_s > PROMPT_S and self._counter.reps else "counting"

    def _take(self, sample: RiseSample) -> None:
        self._samples.append(sample)
        rep = self._counter.update(sample.time_s, sample.rise * self._scale.cm_per_leg)
        if rep is not None:
            since = [s for s in self._samples if s.time_s >= rep.start_s - BEFORE_S]
            self._faults.append(fault_of(since, self._counter.reps))
        if self._counter.up or rep is not None:
            self._raised_s = sample.time_s
        while not self._counter.up and self._samples[0].time_s < sample.time_s - BEFORE_S:
            self._samples.popleft()

    @property
    def _idle_s(self) -> float:
        return self._now_s - self._raised_s

    def _end(self) -> list[ExerciseUpdate]:
        """Return the end of the set, if this frame is it."""
        if self._counter.reps:
            if self._plan.target and self._full >= self._plan.target:
                return self._ended("target")
            if self._code == TURNED:
                return self._ended(TURNED)
            if self._now_s - self._found_s > _LEFT_S:
                return self._ended("left")
            if self._idle_s > STOPPED_S:
                return self._ended("stopped")
        elif self._now_s - max(self._began_s, self._raised_s) > GIVE_UP_S:
            return self._ended(self._why_none())
        return []

    @property
    def _full(self) -> int:
        raises = graded(Side.LEFT, self._counter.reps, self._faults)
        return sum(each.kind is RaiseKind.FULL for each in raises)

    def _why_none(self) -> str:
        """Return why nothing was counted."""
        if self._code in ("counting", "prompt"):
            return "no_raises"
        return "no_standing" if self._code in ("moving", "still", "waiting") else self._code

    def _ended(self, code: str) -> list[ExerciseUpdate]:
        self._over = True
        self._code = code
        done = bool(self._counter.reps)
        state = ExerciseState.DONE if done else ExerciseState.FAILED
        return [self._told_as(state, self._set(code) if done else None)]

    def _set(self, code: str) -> RaiseSet:
        assert self._side is not None
        return RaiseSet(
            side=self._side,
            raises=graded(self._side, self._counter.reps, self._faults),
            full_height_cm=self._counter.full_cm,
            scale_error95_pct=self._scale.error95_pct,
            stature_m=self._plan.stature_m,
            mass_kg=self._plan.mass_kg,
            ended=code,
        )

    def _progress(self) -> list[ExerciseUpdate]:
        pct = round(self._height_pct / _TELL_PCT) if self._heel and self._samples else 0
        told = (self._code, len(self._counter.reps), pct)
        due = told[:2] != self._told[:2] or self._now_s - self._told_s >= _TELL_EVERY_S
        if told == self._told or not due:
            return []
        self._told, self._told_s = told, self._now_s
        return [self._told_as(ExerciseState.MEASURING, None)]

    @property
    def _height_pct(self) -> float:
        rise_cm = self._samples[-1].rise * self._scale.cm_per_leg
        return 100 * max(rise_cm, 0.0) / self._counter.full_cm

    def _told_as(self, state: ExerciseState, result: RaiseSet | None) -> ExerciseUpdate:
        side = self._side or self._plan.side
        raises = graded(side or Side.LEFT, self._counter.reps, self._faults)
        counts = {kind: sum(each.kind is kind for each in raises) for kind in RaiseKind}
        values: dict[str, float] = {f"{kind}_count": counts[kind] for kind in RaiseKind}
        values["target_count"] = self._plan.target
        labels = {} if side is None else {"side": side.value}
        if self._heel is not None and self._samples and result is None:
            values["height_now_pct"] = round(self._height_pct, 1)
        if raises:
            last = raises[-1]
            values["last_height_pct"] = round(last.height_pct, 1)
            values["last_height_cm"] = round(last.height_cm, 2)
            values["full_height_cm"] = round(self._counter.full_cm, 2)
            labels |= {"last_kind": last.kind.value, "fault": last.fault.value}
        return ExerciseUpdate(
            kind=CALF_RAISE,
            state=state,
            time_s=self._now_s,
            progress=self._share(state, counts[RaiseKind.FULL]),
            code=self._code,
            values=values,
            labels=labels,
            raises=result,
        )

    def _share(self, state: ExerciseState, full: int) -> float:
        """Return the share of the target; of an endless set 0 until its end."""
        if state is ExerciseState.DONE:
            return 1.0
        return min(full / self._plan.target, 1.0) if self._plan.target else 0.0
