"""For how long a runner has been standing."""

from math import isnan, nan

from edge.messages.gait import Activity, GaitState


class StandingSpell:
    """Since when somebody stands."""

    def __init__(self) -> None:
        self._since_s = nan

    def reset(self) -> None:
        """Forget it."""
        self._since_s = nan

    def update(self, state: GaitState) -> float:
        """Return for how many seconds somebody has stood; 0 while nobody does."""
        if state.activity is not Activity.STANDING:
            self._since_s = nan
            return 0.0
        if isnan(self._since_s):
            self._since_s = state.time_s
        return state.time_s - self._since_s
