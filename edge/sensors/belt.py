"""Merging of all sources of belt speed and incline, with notice of contradictions."""

from collections import deque
from collections.abc import Iterable
from math import inf, nan
from typing import Final

import numpy as np

from edge.messages.reading import Belt, BeltInForce, BeltNotice, BeltSource, Quantity, Reading
from edge.sensors.disagreement import disagreement

# With fewer strides, the estimated belt speed appears to change as more come in.
_SEEN_STRIDES: Final = 5
# A treadmill reading older than this is ignored.
_STALE_S: Final = 5.0
_LEAST_QUALITY: Final = 0.5
# A belt takes seconds to reach its new speed, and the picture some strides to show it.
_LASTS_S: Final = 10.0
# A speed typed in the wrong unit differs by far more than a belt that is still changing.
_UNIT_LASTS_S: Final = 4.0
# 23.4 km/h: few treadmills go faster, so a larger number is more likely km/h or mph.
_FASTEST_MPS: Final = 6.5
# 16 km/h: few patients run faster, and as mph or min/km a larger number is a common speed.
_UNCONFIRMED_MPS: Final = 4.5


class BeltOwner:
    """Single source of belt speed and incline, from a person, the treadmill and the picture.

    The speed in use is the one entered, else the treadmill's, else the picture's; sources are never
    mixed. The same holds for incline. A contradiction is reported once it has lasted 10 s and
    changes no number, except that an entry which looks like another unit is not used: it is
    reported after 4 s, or at once if no treadmill runs that fast. An entry above 16 km/h is not
    used before another source confirms it.

    Parameters
    ----------
    entered
        Speed and incline shown by the treadmill, as a person entered them.
    """

    def __init__(self, entered: Belt | None = None) -> None:
        self._first = self._asked = self._entered = entered or Belt()
        self._readings: dict[str, Reading] = {}
        self._seen: deque[float] = deque(maxlen=_SEEN_STRIDES)
        self._seen_mps = nan
        self._contradiction = (BeltNotice.NONE, "")
        self._since_s = nan

    @property
    def entered(self) -> Belt:
        """The latest entry, whether in use yet or not."""
        return self._asked

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The last reading of each quantity."""
        return tuple(self._readings.values())

    def enter(self, *, speed_mps: float | None = None, incline_pct: float | None = None) -> None:
        """Store what a person entered, for use from the next ``begin``; call from any thread.

        None keeps the previous entry; a speed of 0 withdraws it.
        """
        was = self._asked
        self._asked = Belt(
            speed_mps=was.speed_mps if speed_mps is None else speed_mps,
            incline_pct=was.incline_pct if incline_pct is None else incline_pct,
        )

    def withdraw(self) -> None:
        """Return to the entry of the beginning from the next ``begin``; call from any thread."""
        self._asked = self._first

    def reset(self) -> None:
        """Forget runner and treadmill; the entry stays."""
        self._readings.clear()
        self.forget_runner()

    def begin(self, readings: Iterable[Reading]) -> tuple[Belt, list[Reading]]:
        """Begin a frame: return the entry that applies to it, and the readings that are new."""
        self._entered = self._asked
        new = [reading for reading in readings if self._readings.get(reading.name) != reading]
        self._readings.update((reading.name, reading) for reading in new)
        return self._entered, new

    def see(self, speed_mps: float) -> None:
        """Add the picture's estimate from one stride; the median of five is used."""
        self._seen.append(speed_mps)
        if len(self._seen) == _SEEN_STRIDES:
            self._seen_mps = float(np.median(self._seen))

    def forget_runner(self) -> None:
        """Forget the picture's estimates, and restart the watch for contradictions."""
        self._seen.clear()
        self._seen_mps = nan
        self._contradiction, self._since_s = (BeltNotice.NONE, ""), nan

    def at(self, time_s: float) -> BeltInForce:
        """Return speed and incline in force at ``time_s``, which must not decrease."""
        treadmill_mps = self._read(Quantity.BELT_SPEED, time_s)
        seen_mps = self._seen_mps
        entered_mps = self._entered.speed_mps or nan
        found = disagreement(entered_mps, treadmill_mps, seen_mps)
        unconfirmed = not (treadmill_mps > 0 or seen_mps > 0)
        doubted = found[0] is BeltNotice.UNIT or (unconfirmed and entered_mps > _UNCONFIRMED_MPS)
        speed_mps, source = _first(
            (nan if doubted else entered_mps, BeltSource.ENTERED),
            (treadmill_mps or nan, BeltSource.TREADMILL),
            (seen_mps, BeltSource.PICTURE),
        )
        incline_pct, incline_source = _first(
            (self._entered.incline_pct or nan, BeltSource.ENTERED),
            (self._read(Quantity.INCLINE, time_s), BeltSource.TREADMILL),
        )
        notice, unit = self._lasting(found, entered_mps, time_s)
        return BeltInForce(
            time_s=time_s,
            speed_mps=speed_mps,
            source=source,
            incline_pct=0.0 if incline_source is BeltSource.NONE else incline_pct,
            incline_source=incline_source,
            entered_mps=entered_mps,
            treadmill_mps=treadmill_mps,
            seen_mps=seen_mps,
            notice=notice,
            likely_unit=unit,
        )

    def _read(self, name: Quantity, time_s: float) -> float:
        reading = self._readings.get(name)
        if reading is None or reading.quality < _LEAST_QUALITY:
            return nan
        # A reading from an earlier recording may be later than the current frames.
        return reading.value if 0 <= time_s - reading.time_s <= _STALE_S else nan

    def _lasting(
        self, found: tuple[BeltNotice, str], entered_mps: float, time_s: float
    ) -> tuple[BeltNotice, str]:
        if found != self._contradiction:
            self._contradiction, self._since_s = found, time_s
        lasts_s = time_s - self._since_s if found[0] else inf
        return found if lasts_s >= _wait_s(found[0], entered_mps) else (BeltNotice.NONE, "")


def _wait_s(found: BeltNotice, entered_mps: float) -> float:
    """Return how long a contradiction must last before it is reported."""
    if found is not BeltNotice.UNIT:
        return _LASTS_S
    return 0.0 if entered_mps > _FASTEST_MPS else _UNIT_LASTS_S


def _first(*sources: tuple[float, BeltSource]) -> tuple[float, BeltSource]:
    return next((each for each in sources if each[0] == each[0]), (nan, BeltSource.NONE))
