"""Poses whose legs can no longer change hands."""

from math import inf
from typing import Final

from edge.identity.leg_identifier import LegIdentifier
from edge.identity.tracked_legs import KEPT_S
from edge.identity.view import View
from edge.messages.legs import LegQuality
from edge.messages.pose import Pose

# Delay after which leg identity no longer changes.
_SETTLED_S: Final = 0.15


class SettledPoses:
    """Poses with their legs told apart, each handed on once, when it is settled.

    Parameters
    ----------
    identity
        Tells the legs apart.

    Attributes
    ----------
    window
        The poses of the last 0.3 s as they are seen now, the newest last.
    """

    def __init__(self, identity: LegIdentifier) -> None:
        self._identity = identity
        self.window: list[Pose] = []
        self._given_s = -inf

    @property
    def view(self) -> View:
        """The runner's orientation and size as the camera sees them now."""
        return self._identity.view

    @property
    def legs(self) -> LegQuality:
        """The source of the points, and their quality."""
        return self._identity.legs

    @property
    def rival(self) -> list[Pose]:
        """The window by another source, while it may soon be chosen; else empty."""
        return self._identity.rival

    def reset(self) -> None:
        """Forget the person and all poses."""
        self._identity.reset()
        self.window = []
        self._given_s = -inf

    def leaving(self, pose: Pose, *, fresh: bool) -> list[Pose]:
        """Return the poses that the next one pushes out of the window, settled or not.

        Parameters
        ----------
        pose
            The next raw pose, not yet added.
        fresh
            Whether it is a new runner's first.
        """
        return self._take(inf if pose.breaks or fresh else pose.time_s - KEPT_S)

    def update(self, pose: Pose) -> list[Pose]:
        """Add one raw pose; return those settled by it."""
        self.window = self._identity.update(pose)
        return self._take(pose.time_s - _SETTLED_S)

    def rest(self) -> list[Pose]:
        """Return the poses still unsettled at the end of the frames."""
        return self._take(inf)

    def _take(self, before_s: float) -> list[Pose]:
        ready = [p for p in self.window if self._given_s < p.time_s <= before_s]
        if ready:
            self._given_s = ready[-1].time_s
        return ready
