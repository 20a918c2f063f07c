"""The interface of a method of telling left and right legs apart."""

from typing import Protocol

from edge.identity.view import View
from edge.messages.legs import LegQuality
from edge.messages.pose import Pose


class LegIdentifier(Protocol):
    """A method of telling left and right legs apart.

    Attributes
    ----------
    view
        Orientation and size of the runner.
    legs
        The source of the points, and their quality.
    rival
        The poses of the last update by another source, while it may soon be chosen; else empty.
    """

    view: View
    legs: LegQuality
    rival: list[Pose]

    def update(self, pose: Pose) -> list[Pose]:
        """Add one raw pose; return the poses of the last 0.3 s as now understood."""

    def reset(self) -> None:
        """Forget the person."""
