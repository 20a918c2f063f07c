"""The notice that somebody runs whose legs are not clear in the picture."""

from math import isnan, nan
from typing import Final

from edge.messages.gait import Activity, GaitState
from edge.messages.legs import LegClarity
from edge.messages.notice import Notice

# Longer than two steps: a notice that followed every score would flicker.
_HOLDS_S: Final = 1.0


class LegsWatch:
    """Since when the legs of a runner have been unclear."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the runner."""
        self._since_s = self._last_s = nan
        self._notice = Notice()

    def update(self, state: GaitState) -> Notice:
        """Return the notice that holds at a frame; an empty one if there is none.

        It begins when the legs of a runner have been unclear for a second, and ends when they have
        not been for a second.
        """
        running = state.activity is Activity.RUNNING
        if running and state.legs.clarity is LegClarity.NOT_CLEAR:
            self._last_s = state.time_s
            if isnan(self._since_s):
                self._since_s = state.time_s
            if state.time_s - self._since_s >= _HOLDS_S:
                self._notice = Notice("legs_not_clear", flaw=state.legs.flaw.value)
        elif not state.time_s - self._last_s < _HOLDS_S:
            self.reset()
        return self._notice
