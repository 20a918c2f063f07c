"""Belt speed over a session, divided into intervals of constant speed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Final

from edge.messages.reading import BeltInForce, BeltSource
from edge.record.numbers import number

# The smallest change by source: any new value entered by a person; a step larger than a
# treadmill's ramp; for the picture, the verdicts' `coaching.speed_change_mps`.
_CHANGE_MPS: Final = {
    BeltSource.ENTERED: 0.0,
    BeltSource.TREADMILL: 0.1,
    BeltSource.PICTURE: 0.4,
}
# A session of hours on a hill programme has some hundreds.
_MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BeltStretch:
    """An interval of constant belt speed from one source.

    ``from_s`` and ``to_s`` are capture times; ``speed_mps`` is the mean of the values within it.
    """

    from_s: float
    to_s: float
    speed_mps: float
    source: BeltSource
    incline_pct: float


class BeltSeries:
    """Collector of the intervals, in bounded memory."""

    def __init__(self) -> None:
        self._stretches: list[BeltStretch] = []
        self._open = False
        self._first_mps = 0.0
        self._told = 0

    def update(self, belt: BeltInForce) -> None:
        """Add the belt in force from its time on."""
        if self._open:
            self._stretches[-1] = replace(self._stretches[-1], to_s=belt.time_s)
        if belt.source is BeltSource.NONE or not isfinite(belt.speed_mps):
            self._open = False
        elif self._open and not self._changed(belt):
            self._go_on(belt)
        elif len(self._stretches) < _MOST:
            self._begin(belt)

    def stretches(self, end_s: float) -> list[BeltStretch]:
        """Return the intervals so far; the current one extends to ``end_s``."""
        if not self._open:
            return list(self._stretches)
        *ended, last = self._stretches
        return [*ended, replace(last, to_s=end_s)]

    def as_json(self, origin_s: float, end_s: float) -> list[dict[str, Any]]:
        """Return the intervals, with times relative to ``origin_s``."""
        return [
            {
                "from_s": number(stretch.from_s - origin_s),
                "to_s": number(stretch.to_s - origin_s),
                "speed_mps": number(stretch.speed_mps),
                "source": stretch.source.value,
                "incline_pct": number(stretch.incline_pct),
            }
            for stretch in self.stretches(end_s)
        ]

    def _changed(self, belt: BeltInForce) -> bool:
        last = self._stretches[-1]
        other = (belt.source, belt.incline_pct) != (last.source, last.incline_pct)
        return other or abs(belt.speed_mps - self._first_mps) > _CHANGE_MPS[belt.source]

    def _begin(self, belt: BeltInForce) -> None:
        self._open, self._first_mps, self._told = True, belt.speed_mps, 1
        self._stretches.append(
            BeltStretch(
                from_s=belt.time_s,
                to_s=belt.time_s,
                speed_mps=belt.speed_mps,
                source=belt.source,
                incline_pct=belt.incline_pct,
            )
        )

    def _go_on(self, belt: BeltInForce) -> None:
        last = self._stretches[-1]
        self._told += 1
        mean_mps = last.speed_mps + (belt.speed_mps - last.speed_mps) / self._told
        self._stretches[-1] = replace(last, speed_mps=mean_mps)


def stretches_of(belts: Iterable[BeltInForce], end_s: float) -> list[BeltStretch]:
    """Return the intervals of a session that ended at ``end_s``."""
    series = BeltSeries()
    for belt in belts:
        series.update(belt)
    return series.stretches(end_s)
