"""The interface of a method of telling left and right legs apart."""

from typing import Protocol

from edge.identity.view import View
from edge.messages.pose import Pose


class LegIdentifier(Protocol):
    """A method of telling left and right legs apart."""

    view: View

    def update(self, pose: Pose) -> list[Pose]:
        """Add one raw pose; return the poses of the last 0.3 s as now understood."""

    def reset(self) -> None:
        """Forget the person."""
