"""The points set by hand that are in force, and until when they are."""

from math import inf

from edge.messages.points_by_hand import PointsByHand


class PointsInForce:
    """Keep the points set by hand until their runner has left.

    Without an operator who says that it is the same person, they end when another appears: nothing
    of one runner may correct the next.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Go back to the model's own points."""
        self._given: tuple[PointsByHand | None, bool] = (None, False)
        self._begun_s = -inf
        self._told: PointsByHand | None = None

    def use(self, points: PointsByHand | None, *, vouched: bool = False) -> None:
        """Use points from the next frame on; callable from any thread.

        Parameters
        ----------
        points
            None for the model's own.
        vouched
            Whether an operator says whose session it is: they then outlast a runner who steps off.
        """
        self._given = (points, vouched)

    def at(self, time_s: float, *, another: bool) -> PointsByHand | None:
        """Return the points for a frame, at which ``another`` runner may begin."""
        if another:
            self._begun_s = time_s
        points, vouched = self._given
        if points is None or (points.still_s < self._begun_s and not vouched):
            return None
        return points

    def changes(self, points: PointsByHand | None, *, anew: bool) -> bool:
        """Return whether other points are in force than at the last frame.

        With ``anew`` a recording begins with this frame: before it there were none.
        """
        before = None if anew else self._told
        self._told = points
        return points is not before and points != before
