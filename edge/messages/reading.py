"""What is known of the belt, and from where: one reading, what a person entered, what is used."""

from dataclasses import dataclass
from enum import StrEnum
from math import nan


class Quantity(StrEnum):
    """What a sensor may read, by its name in the record."""

    BELT_SPEED = "belt_speed"
    INCLINE = "incline"


UNITS = {Quantity.BELT_SPEED: "m/s", Quantity.INCLINE: "%"}
"""The unit of each quantity; a sensor converts to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of a sensor.

    Attributes
    ----------
    name
        A ``Quantity``; a plug-in may have names of its own.
    value, unit
        In the unit of the quantity: m/s, or percent with uphill positive.
    time_s
        Capture time at which it held.
    source
        Which sensor, such as ``csv:belt.csv``.
    quality
        How far to trust it, 0 to 1.
    """

    name: str
    value: float
    unit: str
    time_s: float
    source: str
    quality: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Belt:
    """What the treadmill shows, as a person entered it; speed 0 means not entered."""

    speed_mps: float = 0.0
    incline_pct: float = 0.0


class BeltSource(StrEnum):
    """Where the belt speed or incline in use comes from."""

    NONE = "none"
    ENTERED = "entered"
    TREADMILL = "treadmill"
    PICTURE = "picture"


class BeltNotice(StrEnum):
    """Which two sources of belt speed contradict each other.

    ``speed_unit_suspect``: the entered number fits the picture in another unit.
    """

    NONE = ""
    UNIT = "speed_unit_suspect"
    ENTERED_TREADMILL = "speed_entered_not_treadmill"
    ENTERED_SEEN = "speed_entered_not_seen"
    TREADMILL_SEEN = "speed_treadmill_not_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class BeltInForce:
    """Belt speed and incline in use from ``time_s`` on, and everything that is known of them.

    Attributes
    ----------
    time_s
        Capture time.
    speed_mps, source
        What the limits use and where it comes from; NaN and ``none`` while unknown.
    incline_pct, incline_source
        Alike; 0 and ``none`` while nobody gave it.
    entered_mps, treadmill_mps, seen_mps
        What each source says; NaN where it says nothing. ``seen_mps`` is the picture's estimate,
        good to about 7 %.
    notice
        Which two of them contradict each other.
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
