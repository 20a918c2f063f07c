"""Belt speed over a session: the stretches in which it was one, told apart from measuring noise."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Final

from edge.messages.reading import BeltInForce, BeltSource
from edge.record.numbers import number

# A change is any other number that a person entered, a step that is no ramp of a treadmill's and,
# of the picture, what the verdicts take for one (`coaching.speed_change_mps`).
_CHANGE_MPS: Final = {
    BeltSource.ENTERED: 0.0,
    BeltSource.TREADMILL: 0.1,
    BeltSource.PICTURE: 0.4,
}
# A session of hours on a hill programme has some hundred.
_MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BeltStretch:
    """A stretch of one belt speed from one source.

    ``from_s`` to ``to_s`` is capture time; ``speed_mps`` is the mean of all that was told in it.
    """

    from_s: float
    to_s: float
    speed_mps: float
    source: BeltSource
    incline_pct: float


class BeltSeries:
    """Gather stretches out of what was in force, in bounded memory."""

    def __init__(self) -> None:
        self._stretches: list[BeltStretch] = []
        self._open = False
        self._first_mps = 0.0
        self._told = 0

    def update(self, belt: BeltInForce) -> None:
        """Take in what is in force from its time on."""
        if self._open:
            self._stretches[-1] = replace(self._stretches[-1], to_s=belt.time_s)
        if belt.source is BeltSource.NONE or not isfinite(belt.speed_mps):
            self._open = False
        elif self._open and not self._changed(belt):
            self._go_on(belt)
        elif len(self._stretches) < _MOST:
            self._begin(belt)

    def stretches(self, end_s: float) -> list[BeltStretch]:
        """Return the stretches so far; one that goes on is told up to ``end_s``."""
        if not self._open:
            return list(self._stretches)
        *ended, last = self._stretches
        return [*ended, replace(last, to_s=end_s)]

    def as_json(self, origin_s: float, end_s: float) -> list[dict[str, Any]]:
        """Return the stretches, times counted from ``origin_s``."""
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
    """Return the stretches of a session that ended at ``end_s``."""
    series = BeltSeries()
    for belt in belts:
        series.update(belt)
    return series.stretches(end_s)
