"""Poses whose legs can no longer change hands."""

from math import inf

from edge.messages.pose import Pose


class SettledPoses:
    """Hand each pose of the identity room's window on once, when it is settled.

    Attributes
    ----------
    window
        The poses of the last 0.3 s as they are seen now, the newest last.
    """

    def __init__(self) -> None:
        self.window: list[Pose] = []
        self._given_s = -inf

    def reset(self) -> None:
        """Forget all poses."""
        self.window = []
        self._given_s = -inf

    def take(self, before_s: float) -> list[Pose]:
        """Return the poses up to ``before_s`` that have not been returned yet."""
        ready = [p for p in self.window if self._given_s < p.time_s <= before_s]
        if ready:
            self._given_s = ready[-1].time_s
        return ready
