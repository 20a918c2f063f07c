"""The interface of the pose room: frames in, raw poses out."""

from typing import Protocol

from edge.messages.frame import Frame
from edge.messages.pose import Pose


class Estimator(Protocol):
    """An estimator of raw poses."""

    def update(self, frame: Frame) -> Pose:
        """Return the pose of one frame."""

    def reset(self) -> None:
        """Forget the person."""
