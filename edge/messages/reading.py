"""Belt speed and incline: sensor readings, entered values, and the values in use."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan


class Quantity(StrEnum):
    """A quantity that sensors read, by its name in the record."""

    BELT_SPEED = "belt_speed"
    INCLINE = "incline"


UNITS = {Quantity.BELT_SPEED: "m/s", Quantity.INCLINE: "%"}
"""The unit of each quantity; sensors convert to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value read from a sensor.

    Attributes
    ----------
    name
        A ``Quantity``; plug-ins may add names.
    value, unit
        In the unit of the quantity: m/s, or percent with uphill positive.
    time_s
        Capture time at which the value was valid.
    source
        Name of the sensor, such as ``csv:belt.csv``.
    quality
        Confidence, 0 to 1.
    """

    name: str
    value: float
    unit: str
    time_s: float
    source: str
    quality: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Belt:
    """Belt speed and incline as a person entered them; speed 0 means not entered."""

    speed_mps: float = 0.0
    incline_pct: float = 0.0


class BeltSource(StrEnum):
    """Source of the belt speed or incline in use."""

    NONE = "none"
    ENTERED = "entered"
    TREADMILL = "treadmill"
    PICTURE = "picture"


class BeltNotice(StrEnum):
    """The two sources of belt speed that contradict each other.

    ``speed_unit_suspect``: the entered number fits in another unit.
    """

    NONE = ""
    UNIT = "speed_unit_suspect"
    ENTERED_TREADMILL = "speed_entered_not_treadmill"
    ENTERED_SEEN = "speed_entered_not_seen"
    TREADMILL_SEEN = "speed_treadmill_not_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class BeltInForce:
    """Belt speed and incline in use from ``time_s`` on, with the values of all sources.

    Attributes
    ----------
    time_s
        Capture time.
    speed_mps, source
        Speed used by the limits, and its source; NaN and ``none`` while unknown.
    incline_pct, incline_source
        Incline and its source; 0 and ``none`` while unknown.
    entered_mps, treadmill_mps, seen_mps
        Speed by each source; NaN if it has none. ``seen_mps`` is the picture's estimate, accurate
        to 7 % (SD).
    notice
        The two sources that contradict each other.
    likely_unit
        With ``speed_unit_suspect``: ``km/h``, ``mph`` or ``min/km``; else empty.
    """

    time_s: float
    speed_mps: float = nan
    source: BeltSource = BeltSource.NONE
    incline_pct: float = 0.0
    incline_source: BeltSource = BeltSource.NONE
    entered_mps: float = nan
    treadmill_mps: float = nan
    seen_mps: float = nan
    notice: BeltNotice = BeltNotice.NONE
    likely_unit: str = ""
