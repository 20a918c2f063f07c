"""The interface of an exercise: frame by frame, without clock, disk or camera."""

from dataclasses import dataclass
from typing import Protocol

from edge.messages.exercise import ExerciseUpdate
from edge.messages.frame import Frame
from edge.messages.gait import GaitState
from edge.messages.notice import Notice
from edge.messages.pose import Pose


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sight:
    """Input to an exercise from one frame.

    Attributes
    ----------
    pose, state
        The pose after identity repair, and the gait state.
    frame
        The picture; None when recorded poses are replayed.
    notices
        What is wrong with the scene at this frame.
    """

    pose: Pose
    state: GaitState
    frame: Frame | None = None
    notices: tuple[Notice, ...] = ()


class Exercise(Protocol):
    """An exercise that a runner does and the station measures."""

    def update(self, seen: Sight) -> list[ExerciseUpdate]:
        """Process one frame; return updates, mostly none, and none after the end."""
        ...

    def finish(self) -> list[ExerciseUpdate]:
        """Return the result so far, when the exercise is stopped or the frames end; mostly none."""
        ...
