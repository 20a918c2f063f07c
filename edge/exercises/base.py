"""What every exercise offers: one frame in, news out; no clock, no disk, no camera."""

from dataclasses import dataclass
from typing import Protocol

from edge.messages.exercise import ExerciseUpdate
from edge.messages.frame import Frame
from edge.messages.gait import GaitState
from edge.messages.pose import Pose


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sight:
    """What an exercise sees of one frame.

    Attributes
    ----------
    pose, state
        The pose after identity repair, and what the runner is doing.
    frame
        The picture; None when recorded poses are run again.
    """

    pose: Pose
    state: GaitState
    frame: Frame | None = None


class Exercise(Protocol):
    """Something that a runner does and the station watches."""

    def update(self, seen: Sight) -> list[ExerciseUpdate]:
        """Take in one frame; return what is new, mostly nothing. After an end, nothing."""
        ...
