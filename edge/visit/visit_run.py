"""One guided visit, step by step; without clock, disk or pages."""

from collections.abc import Iterable
from dataclasses import replace
from math import isnan, nan
from typing import Final

from edge.messages.exercise import ExerciseUpdate
from edge.messages.feedback import FeedbackGate, FeedbackPlan, GateReason
from edge.messages.gait import GaitState
from edge.messages.message import Message
from edge.messages.outcome import Outcome
from edge.messages.reading import BeltInForce
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import CueKind, Verdict
from edge.messages.visit import (
    AUTO,
    BLOCK_KINDS,
    RUN_KINDS,
    Block,
    Missing,
    StepKind,
    StepState,
    VisitStatus,
    VisitStep,
)
from edge.visit.exercise_needs import EXERCISES, ExerciseNeeds
from edge.visit.people_watch import PeopleWatch
from edge.visit.step_course import PAUSE_S, StepCourse
from edge.visit.step_list import StepList
from edge.visit.step_needs import shows_other_leg, step_needs
from edge.visit.step_plan import Template
from edge.visit.step_screens import screen_of

OK: Final = "ok"
STEP_OVER: Final = "step_over"

# How long the other leg must be nearest before the runner has turned round.
_TURNED_S: Final = 1.0


class VisitRun:
    """Processor of one visit.

    Its commands name the step that they are about, as two tablets may press at the same time: on a
    step that is not the current one they return ``step_over`` and change nothing.

    Parameters
    ----------
    status
        Where the visit begins, or goes on after a restart.
    template
        What the steps are.
    session
        Name of the session that is recorded.
    blocks
        Those of before a restart, all closed.
    first
        The leg that the visit looks at first; None until it is seen.
    cadences
        Of the strides of the baseline, before a restart.
    """

    def __init__(
        self,
        status: VisitStatus,
        template: Template,
        *,
        session: str = "",
        blocks: Iterable[Block] = (),
        first: Side | None = None,
        cadences: Iterable[float] = (),
    ) -> None:
        self._status = status
        self._steps = StepList(status, template)
        self._over = status.over
        self._course = StepCourse(self._steps, session, blocks, first, cadences)
        self._people = PeopleWatch()
        self._exercise = ExerciseNeeds()
        # Why nothing counts for now, by code.
        self._holds: dict[str, Missing] = {}
        self._state: GaitState | None = None
        self._time_s = self._turned_s = self._entered_s = nan
        # Whether the cadence has been inside its target for long enough.
        self._reached = False
        if not self._over:
            self._enter(self._step)

    @property
    def status(self) -> VisitStatus:
        """The visit as it stands."""
        step = None if self._over else self._step
        return replace(
            self._status,
            steps=self._steps.all,
            current="" if step is None else step.id,
            screen=screen_of(step),
            side=None if step is None else step.side,
            over=self._over,
        )

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks in order."""
        return self._course.log.all

    @property
    def session(self) -> str:
        """Name of the session that is recorded; empty while none can be."""
        return self._course.session

    @property
    def exercise(self) -> tuple[str, str, int] | None:
        """The exercise that should be in progress: step, name, earlier tries; None if none."""
        if self._over or self._step.kind not in EXERCISES:
            return None
        return self._step.id, EXERCISES[self._step.kind], self._exercise.tries

    @property
    def first(self) -> Side | None:
        """The leg that the visit looks at first; None until it is seen."""
        return self._course.first

    @property
    def plan(self) -> FeedbackPlan:
        """The feedback that the current step allows; none while nobody runs in it."""
        step = None if self._over else self._step
        since_s = self._course.since_s
        if step is None or step.kind is not StepKind.CUE or isnan(since_s):
            return FeedbackPlan(step=self._step.id)
        return FeedbackPlan(
            cue=CueKind(step.cue),
            step=step.id,
            since_s=since_s,
            feedback_pct=step.feedback_pct,
            dose=step.dose,
            metronome=step.metronome,
            baseline_spm=self._course.baseline_spm,
        )

    # What the station reports.

    def update(self, outcome: Outcome) -> None:
        """Take in one frame; a step that has all it needs ends, and the next begins."""
        if self._over:
            return
        time_s = outcome.state.time_s
        if time_s - self._time_s > PAUSE_S:
            self._course.close("camera_lost")
        self._holds.pop("camera_lost", None)
        self._time_s, self._state = time_s, outcome.state
        if self._people.update(outcome):
            self._doubt()
        for message in outcome.messages:
            self._take(message)
        if not self._holds:
            self._course.move(outcome.state)
        self._look_round(outcome.state)
        self._tell()
        if self._complete():
            self._leave(StepState.DONE)

    def no_pictures(self) -> None:
        """Note that the camera delivers no pictures; the next frame ends that."""
        self._hold("camera_lost")

    def no_exercise(self) -> None:
        """Note that the station does not have the exercise of the current step."""
        self._exercise.unknown(self._step)
        self._tell()

    def follow_session(self, session: str) -> None:
        """Note that another session is recorded from now on; empty if none can be."""
        if session == self._course.session:
            return
        self._course.close("new_session")
        self._course.session = session
        if session:
            self._holds.pop("not_recorded", None)
        else:
            self._hold("not_recorded")
        self._tell()

    # What an operator decides.

    def next(self, step: str) -> str:
        """End a step as it is and go on; one that never began counts as skipped."""
        if (refused := self._refuses(step)) != OK:
            return refused
        begun = self._step.state is StepState.RUNNING or self._step.elapsed_s > 0
        never = self._step.kind in (StepKind.NEUTRAL, StepKind.PAIN) or not begun
        self._leave(StepState.SKIPPED if never else StepState.DONE)
        return OK

    def skip(self, step: str) -> str:
        """Leave a step out; without the other side, also what was to be run on it."""
        if (refused := self._refuses(step)) != OK:
            return refused
        if self._step.kind is StepKind.OTHER_SIDE:
            self._steps.skip_other_side()
        self._leave(StepState.SKIPPED)
        return OK

    def repeat(self, step: str, of: str = "") -> str:
        """Do a step again: the current one, or an earlier one, after which this one goes on.

        Returns
        -------
        ``unknown_step`` if there is no such step before the current one.
        """
        if (refused := self._refuses(step)) != OK:
            return refused
        again = self._steps.up_to_current(of or step)
        if again is None or again.kind in (StepKind.PATIENT, StepKind.RESULT):
            return "unknown_step"
        copy = self._steps.add_again(again)
        if again.id == step:
            self._leave(StepState.REPEATED)
            return OK
        self._steps.leave(again.id, StepState.REPEATED)
        self._course.log.settle(again.id, StepState.REPEATED)
        self._pause(StepState.WAITING)
        self._enter(copy)
        return OK

    def go_on(self, step: str) -> str:
        """Go on with a step: the runner is the one of this visit, and wants to."""
        if (refused := self._refuses(step)) != OK:
            return refused
        self._forget_doubts()
        self._tell()
        return OK

    def answer(self, step: str) -> str:
        """End a step that asks about pain: it has been answered."""
        if (refused := self._refuses(step)) != OK:
            return refused
        if self._step.kind is StepKind.PAIN:
            self._leave(StepState.DONE)
        return OK

    def stop_by_pain(self, step: str) -> str:
        """Stop a step by pain; the next one waits until an operator lets it go on."""
        if (refused := self._refuses(step)) != OK:
            return refused
        self._leave(StepState.STOPPED)
        if not self._over and self._step.kind in BLOCK_KINDS:
            self._hold("after_pain")
        return OK

    def stop(self) -> None:
        """End the visit; what was recorded stays."""
        if not self._over:
            self._pause(StepState.STOPPED)
            self._over = True

    # Inside.

    @property
    def _step(self) -> VisitStep:
        return self._steps.current

    def _refuses(self, step: str) -> str:
        return OK if not self._over and step == self._step.id else STEP_OVER

    def _enter(self, step: VisitStep) -> None:
        """Begin a step, or go on with it."""
        self._steps.enter(step)
        if step.cue == AUTO:
            cue, why = self._course.choose()
            self._steps.change(cue=str(cue), why=why)
        waits = step.kind in RUN_KINDS
        self._steps.change(
            side=self._steps.side_of(step, self._course.first),
            state=StepState.WAITING if waits else StepState.RUNNING,
            started_s=step.started_s if waits else self._time_s,
        )
        self._entered_s = self._time_s
        self._course.begin()
        self._turned_s = nan
        self._reached = False
        self._exercise.begin(self._step)
        self._tell()

    def _pause(self, state: StepState) -> None:
        """Close the block and leave the current step in a state."""
        self._course.close()
        self._steps.change(state=state, ended_s=self._time_s if state.over else nan)
        if state.over:
            self._course.log.settle(self._step.id, state)

    def _leave(self, state: StepState) -> None:
        """End the current step, and begin the next that waits; without one the visit is over."""
        self._pause(state)
        self._forget_doubts()
        following = self._steps.following
        if following is None:
            self._over = True
        else:
            self._enter(following)

    def _forget_doubts(self) -> None:
        for code in ("another_person", "after_pain"):
            self._holds.pop(code, None)

    def _hold(self, code: str) -> None:
        """Count nothing until the cause is gone."""
        if self._over:
            return
        self._course.close(code if code == "camera_lost" else "")
        self._holds[code] = Missing(code)
        self._tell()

    def _doubt(self) -> None:
        """Ask who is there, if the step has counted somebody."""
        step = self._step
        if step.kind in BLOCK_KINDS and (self._course.log.open_one or step.elapsed_s > 0):
            self._course.close("another_person")
            self._holds["another_person"] = Missing("another_person")

    def _take(self, message: Message) -> None:
        step = self._step
        match message:
            case BeltInForce():
                self._course.see_belt(message)
            case ExerciseUpdate() if not message.time_s <= self._entered_s:
                # An earlier one is the result of the same exercise in the step before.
                self._exercise.follow(step, message)
            case FeedbackGate(reason=GateReason.REACHED):
                self._reached |= message.step == step.id
            case StrideMetrics(near=True):
                self._course.count(message)
            case Verdict():
                self._course.see(message)

    def _look_round(self, state: GaitState) -> None:
        """Note since when the other leg is nearest the camera."""
        if self._step.kind is not StepKind.OTHER_SIDE or state.near_side is None:
            return
        if self._course.first is None:
            # Nothing has been looked at before: this is the other side of nothing.
            self._course.first = state.near_side.other
            self._steps.change(side=state.near_side)
        if shows_other_leg(self._step, state.near_side):
            self._turned_s = nan
        elif isnan(self._turned_s):
            self._turned_s = state.time_s

    def _complete(self) -> bool:
        step = self._step
        if self._holds:
            return False
        if step.kind in RUN_KINDS:
            return step.complete or self._reached
        if step.kind is StepKind.OTHER_SIDE:
            return self._time_s - self._turned_s >= _TURNED_S
        return step.kind in EXERCISES and self._exercise.done

    def _tell(self) -> None:
        """Bring what the current step needs up to date."""
        if not self._over:
            needs = step_needs(self._step, self._state, self._course.last, self._exercise)
            self._steps.change(missing=(*self._holds.values(), *needs))
