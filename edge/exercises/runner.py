"""The exercises in progress, started and stopped from any thread, updated by the pipeline's."""

from collections import deque
from typing import Final

from edge.exercises.base import Exercise, Sight
from edge.exercises.locomotion import RUNNING
from edge.exercises.registry import EXERCISES
from edge.messages.exercise import ExerciseUpdate
from edge.messages.raises import ExercisePlan
from edge.messages.seen import Stance

_MOVES: Final = {"camera_moved", "camera_turned"}


class ExerciseRunner:
    """Runner of all exercises in progress; running is in progress from the start.

    Several may run at the same time, such as the neutral stance during the set-up check, but only
    one of each kind.

    Attributes
    ----------
    neutral
        The neutral stance, relative to which the runner is measured; None while unknown. May be
        set from any thread. It is forgotten when the camera moves or turns.
    """

    def __init__(self) -> None:
        self.neutral: Stance | None = None
        self._moves: set[str] = set()
        self._running: dict[str, tuple[Exercise, ExercisePlan]] = {}
        # Requested by any thread, carried out at the next frame.
        self._asked: deque[tuple[str, ExercisePlan | None]] = deque()
        self._ended: list[ExerciseUpdate] = []
        self.start(RUNNING)

    def start(self, kind: str, plan: ExercisePlan | None = None) -> None:
        """Start or restart an exercise at the next frame; KeyError for an unknown one."""
        if kind not in EXERCISES:
            raise KeyError(kind)
        self._asked.append((kind, plan or ExercisePlan()))

    def stop(self, kind: str) -> None:
        """Stop an exercise at the next frame, if in progress; what it has is its result."""
        self._asked.append((kind, None))

    def restart(self) -> None:
        """Begin the exercises in progress anew: they are about another runner.

        What the last runner did is a result; the next one's size is unknown.
        """
        self._ended += self.finish()
        for kind, (_, plan) in self._running.items():
            anew = ExercisePlan(side=plan.side, target=plan.target)
            self._running[kind] = EXERCISES[kind](anew), anew

    def reset(self) -> None:
        """Return to the initial state, running only; what was requested for this frame begins."""
        self._running.clear()
        self._ended.clear()
        self._asked.appendleft((RUNNING, ExercisePlan()))

    def finish(self) -> list[ExerciseUpdate]:
        """Return the results so far of the exercises in progress, when the frames end."""
        return [update for each, _ in self._running.values() for update in each.finish()]

    def update(self, seen: Sight) -> list[ExerciseUpdate]:
        """Return the updates of all exercises at this frame."""
        moves = {notice.code for notice in seen.notices} & _MOVES
        # A stance measured while the camera stays turned is relative to it as it stands.
        if moves - self._moves:
            self.neutral = None
        self._moves = moves
        self._begin_and_end()
        ended, self._ended = self._ended, []
        updates = [update for each, _ in self._running.values() for update in each.update(seen)]
        for update in updates:
            if update.stance is not None:
                self.neutral = update.stance
            if update.over:
                self._running.pop(update.kind, None)
        return [*ended, *updates]

    def _begin_and_end(self) -> None:
        while self._asked:
            kind, plan = self._asked.popleft()
            before = self._running.pop(kind, None)
            if before is not None:
                self._ended += before[0].finish()
            if plan is not None:
                self._running[kind] = EXERCISES[kind](plan), plan
