"""Frame times of a file, computed from its container's positions."""

from statistics import median

LEAST_GAP_S = 1e-4
SPLICE_S = 0.5
"""A position this far before its predecessor starts another recording in the same file."""


class Timeline:
    """Converter of presentation positions, over all rounds, to strictly increasing times.

    Times are rounded to a microsecond, which hides floating-point noise. A repeated position is
    advanced by the least gap. If the file has no positions, frames are counted at the nominal rate.

    Examples
    --------
    >>> timeline = Timeline(nominal_interval_s=0.1, counted=False)
    >>> [timeline.time(position_s) for position_s in (2.0, 2.04, 2.1)]
    [(0.0, False), (0.04, False), (0.1, False)]
    >>> timeline.begin_round()
    >>> timeline.time(2.0)
    (0.15, True)
    """

    def __init__(self, *, nominal_interval_s: float, counted: bool) -> None:
        self._nominal_interval_s = nominal_interval_s
        self._counted = counted
        self._gaps_s: list[float] = []
        self._round = 0
        self._count = 0
        self._base_s = 0.0
        self._offset_s = 0.0
        self._last_s = 0.0
        self._begins = True

    def begin_round(self) -> None:
        """Treat the next position as the first of the file."""
        self._round += 1
        self._begins = True

    def time(self, position_s: float) -> tuple[float, bool]:
        """Return the time of the frame at ``position_s``, and whether a break precedes it."""
        if self._counted:
            position_s = self._count * self._nominal_interval_s
        first = self._count == 0
        self._count += 1
        if not self._begins and self._at(position_s) < self._last_s - SPLICE_S:
            self._begins = True
        breaks = self._begins and not first
        if self._begins:
            self._begins = False
            self._base_s = position_s
            self._offset_s = 0.0 if first else self._last_s + self._interval_s()
        time_s = self._at(position_s)
        if not first:
            time_s = max(time_s, round(self._last_s + LEAST_GAP_S, 6))
        # The first round is enough to learn the interval, and a loop may run for days.
        if not breaks and not first and self._round == 0:
            self._gaps_s.append(time_s - self._last_s)
        self._last_s = time_s
        return time_s, breaks

    def _at(self, position_s: float) -> float:
        return round(self._offset_s + position_s - self._base_s, 6)

    def _interval_s(self) -> float:
        return median(self._gaps_s) if self._gaps_s else self._nominal_interval_s
