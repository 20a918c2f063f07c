"""What the catalogue says of one metric, beside the function that works it out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import nan

from edge.metrics.measured_leg import MeasuredLeg


class Point(StrEnum):
    """A point that a metric reads; all but the last are of the stride's own leg."""

    SHOULDER = "shoulder"
    HIP = "hip"
    KNEE = "knee"
    ANKLE = "ankle"
    HEEL = "heel"
    TOE = "toe"
    OTHER_HIP = "other hip"


class Event(StrEnum):
    """An instant that a metric reads; each value is the name of a ``Stride`` field."""

    CONTACT = "start_s"
    PEAK = "peak_knee_flexion_s"
    TOE_OFF = "toe_off_s"
    OTHER_CONTACT = "opposite_contact_s"
    NEXT_CONTACT = "end_s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectable:
    """The smallest change that is more than error, in the metric's unit; NaN where not known.

    Attributes
    ----------
    between_days
        With the camera placed anew.
    within_session
        With the camera untouched.
    source
        Where both come from, or why there are none.
    """

    between_days: float = nan
    within_session: float = nan
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """One metric.

    Attributes
    ----------
    name
        The column of ``strides.csv`` and the key everywhere else; it ends in its unit.
    unit
        The unit in full, such as ``% of shank``. Words of each language, the unit among them, are
        in ``i18n`` under ``metric.NAME``.
    decimals, signed
        How many decimals a display shows, and whether a plus sign.
    positive
        What a positive value means.
    instant
        When in the stride it is read.
    points, events
        Without any of these it is absent.
    detectable
        The smallest change that is more than error.
    far_leg
        Whether the leg away from the camera may have it.
    function
        Works it out; NaN if it cannot.
    """

    name: str
    unit: str
    decimals: int
    signed: bool = False
    positive: str
    instant: str
    points: tuple[Point, ...]
    events: tuple[Event, ...]
    detectable: Detectable
    far_leg: bool = True
    function: Callable[[MeasuredLeg], float]

    @property
    def words(self) -> str:
        """Where ``i18n`` has the words: ``.label``, ``.unit`` and ``.about`` of this key."""
        return f"metric.{self.name}"

    def value(self, leg: MeasuredLeg) -> float:
        """Return the metric of one stride; NaN where it is absent."""
        if not (leg.stride.near or self.far_leg):
            return nan
        return float(self.function(leg))
