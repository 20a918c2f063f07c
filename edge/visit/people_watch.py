"""Whether the person on the belt may be another than before."""

from math import nan
from typing import Final

from edge.messages.outcome import Outcome

# Somebody who was out of view for less has not been replaced by another.
_AWAY_S: Final = 2.0


class PeopleWatch:
    """Watch of the person on the belt; a break in the pictures alone is no reason for doubt."""

    def __init__(self) -> None:
        self._seen_s = nan

    def update(self, outcome: Outcome) -> bool:
        """Add one frame; return whether another person may have come."""
        seen = outcome.seen
        away_s = seen.pose.time_s - self._seen_s
        if seen.pose.found:
            self._seen_s = seen.pose.time_s
        return seen.another_person or (seen.fresh and away_s > _AWAY_S)
