"""Which exercises are being done; begun and ended from any thread, fed by the pipeline's."""

from collections import deque

from edge.exercises.base import Exercise, Sight
from edge.exercises.locomotion import RUNNING
from edge.exercises.registry import EXERCISES
from edge.messages.exercise import ExerciseUpdate


class ExerciseRunner:
    """Feed every exercise that is going on; running is, from the beginning.

    Several may go on side by side: a runner stands still for the neutral stance while the camera
    is checked. Each kind is done once at a time.
    """

    def __init__(self) -> None:
        self._running: dict[str, Exercise] = {}
        # Asked for in any thread, carried out at the next frame.
        self._asked: deque[tuple[str, Exercise | None]] = deque()
        self.start(RUNNING)

    def start(self, kind: str) -> None:
        """Begin an exercise at the next frame, anew if it goes on; KeyError for an unknown one."""
        self._asked.append((kind, EXERCISES[kind]()))

    def stop(self, kind: str) -> None:
        """Give an exercise up at the next frame, if it goes on."""
        self._asked.append((kind, None))

    def reset(self) -> None:
        """Begin as at the first frame: running, and nothing else."""
        self._asked.clear()
        self._running.clear()
        self.start(RUNNING)

    def update(self, seen: Sight) -> list[ExerciseUpdate]:
        """Return what is new in all exercises at this frame."""
        self._begin_and_end()
        updates = [update for each in self._running.values() for update in each.update(seen)]
        for update in updates:
            if update.over:
                self._running.pop(update.kind, None)
        return updates

    def _begin_and_end(self) -> None:
        while self._asked:
            kind, exercise = self._asked.popleft()
            self._running.pop(kind, None)
            if exercise is not None:
                self._running[kind] = exercise
