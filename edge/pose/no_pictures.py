"""A pose room for runs whose poses are known already."""

from edge.messages.frame import Frame
from edge.messages.pose import Pose


class NoPictures:
    """An estimator that is never called: the pipeline gets poses instead of frames."""

    def update(self, frame: Frame) -> Pose:
        """Raise ``AssertionError``: there is no frame to look at."""
        raise AssertionError(f"frame {frame.index} must not be looked at: the poses are known")

    def reset(self) -> None:
        """Do nothing: there is no state."""
