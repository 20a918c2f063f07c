"""Counting of raises: a height over time becomes the times and heights of raises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# A raise begins above the first and ends below the second share of the full height; the gap keeps
# noise from ending and beginning one at once.
_LEAVES, _RETURNS = 0.25, 0.20
# The smallest of both in centimetres: twice the noise of a smoothed heel.
_LEAST_LEAVES_CM, _LEAST_RETURNS_CM = 1.4, 1.0
# The full height before the first raise: low, so that a weak calf's first raise is seen.
_GUESS_CM: Final = 7.0
_FIRST, _BEST = 5, 3
# Two tops in one raise: the height lost between them, of the full height.
_DIP: Final = 0.15
# A top shorter than this is a stumble or noise, not a raise.
_SHORTEST_S: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep:
    """One raise as counted; ``bounced`` if it had two tops."""

    start_s: float
    top_s: float
    end_s: float
    height_cm: float
    bounced: bool


def full_height_cm(heights_cm: Sequence[float]) -> float:
    """Return the mean of the best three of the first five raises; NaN without any.

    Examples
    --------
    >>> full_height_cm([8.0, 9.0, 10.0, 2.0, 9.5, 14.0])
    9.5
    """
    best = sorted(heights_cm[:_FIRST])[-_BEST:]
    return sum(best) / len(best) if best else float("nan")


class RepCounter:
    """State machine of raises: bottom, top, bottom.

    Attributes
    ----------
    reps
        The raises so far.

    Notes
    -----
    Source: docs/gait-metrics.md, "Calf raises". A raise counts when the heel is back below a fifth
    of the full height; two tops without that are one raise.
    """

    def __init__(self) -> None:
        self.reps: list[Rep] = []
        self._start_s = self._top_s = float("nan")
        self._top_cm = self._low_cm = 0.0
        self._bounced = False
        self._last: tuple[float, float] | None = None

    @property
    def up(self) -> bool:
        """Whether a raise is in progress."""
        return self._top_cm > 0

    @property
    def full_cm(self) -> float:
        """The full height by the raises so far, or the guess before the first."""
        return full_height_cm([rep.height_cm for rep in self.reps]) if self.reps else _GUESS_CM

    def drop(self) -> None:
        """Forget the raise in progress, as when the foot is lost from sight."""
        self._top_cm, self._bounced, self._last = 0.0, False, None

    def update(self, time_s: float, height_cm: float) -> Rep | None:
        """Add one sample of the heel's height; return a raise when it ends."""
        before, self._last = self._last, (time_s, height_cm)
        leaves = max(_LEAVES * self.full_cm, _LEAST_LEAVES_CM)
        returns = max(_RETURNS * self.full_cm, _LEAST_RETURNS_CM)
        if self.up:
            self._follow(time_s, height_cm)
            return self._end(before, returns) if height_cm < returns else None
        if before is None or before[1] <= returns < height_cm:
            self._start_s = _crossing_s(before, self._last, returns)
        if height_cm > leaves:
            self._top_s, self._top_cm, self._low_cm = time_s, height_cm, height_cm
        return None

    def _follow(self, time_s: float, height_cm: float) -> None:
        dip = _DIP * self.full_cm
        self._low_cm = min(self._low_cm, height_cm)
        if height_cm - self._low_cm > dip and self._top_cm - self._low_cm > dip:
            self._bounced = True
        if height_cm > self._top_cm:
            self._top_s, self._top_cm, self._low_cm = time_s, height_cm, height_cm

    def _end(self, before: tuple[float, float] | None, returns: float) -> Rep | None:
        assert self._last is not None
        end_s = _crossing_s(before, self._last, returns)
        rep = Rep(
            start_s=self._start_s,
            top_s=self._top_s,
            end_s=end_s,
            height_cm=self._top_cm,
            bounced=self._bounced,
        )
        self._top_cm, self._bounced = 0.0, False
        if rep.end_s - rep.start_s < _SHORTEST_S:
            return None
        self.reps.append(rep)
        return rep


def _crossing_s(
    before: tuple[float, float] | None, after: tuple[float, float], level: float
) -> float:
    """Return when the height passed a level between two samples."""
    if before is None or before[1] == after[1]:
        return after[0]
    share = (level - before[1]) / (after[1] - before[1])
    return before[0] + min(max(share, 0.0), 1.0) * (after[0] - before[0])
