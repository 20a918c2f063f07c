"""The belt in force, sent on when it changes."""

from dataclasses import replace
from math import nan

from edge.messages.reading import BeltInForce


class BeltChanges:
    """Filter that passes on belt speed and incline when they change.

    Attributes
    ----------
    belt
        As sent last.

    Examples
    --------
    >>> changes = BeltChanges()
    >>> [len(changes.update(BeltInForce(time_s=t, speed_mps=3.0))) for t in (0.0, 0.1)]
    [1, 0]
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the belt."""
        self.belt = BeltInForce(time_s=nan)
        self._sent = False

    def send_again(self) -> None:
        """Send the belt at the next frame even if it does not change."""
        self._sent = False

    def update(self, now: BeltInForce) -> list[BeltInForce]:
        """Return the belt in force if it has changed since it was last sent."""
        # Compared as text, in which NaN equals NaN.
        same = repr(replace(now, time_s=self.belt.time_s)) == repr(self.belt)
        if self._sent and same:
            return []
        self.belt, self._sent = now, True
        return [now]
