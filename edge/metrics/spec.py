"""Specification of a metric in the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import nan

from edge.metrics.measured_leg import MeasuredLeg


class Point(StrEnum):
    """A point that a metric needs; all but the last belong to the stride's leg."""

    SHOULDER = "shoulder"
    HIP = "hip"
    KNEE = "knee"
    ANKLE = "ankle"
    HEEL = "heel"
    TOE = "toe"
    OTHER_HIP = "other hip"


class Event(StrEnum):
    """An instant that a metric needs; each value is the name of a ``Stride`` field."""

    CONTACT = "start_s"
    PEAK = "peak_knee_flexion_s"
    TOE_OFF = "toe_off_s"
    OTHER_CONTACT = "opposite_contact_s"
    NEXT_CONTACT = "end_s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectable:
    """Minimal detectable change, in the metric's unit; NaN if unknown.

    Attributes
    ----------
    between_days
        After the camera was set up again.
    within_session
        With the camera untouched.
    source
        Source of both values, or why there are none.
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
        The column of ``strides.csv`` and the key everywhere else; ends in its unit.
    unit
        The unit in full, such as ``% of shank``. Words for each language, including the unit, are
        in ``i18n`` under ``metric.NAME``.
    decimals, signed
        Number of decimals to display, and whether to display a plus sign.
    positive
        Meaning of a positive value.
    instant
        Instant in the stride at which it is measured.
    points, events
        Required points and events; the metric is absent if any is missing.
    detectable
        Minimal detectable change.
    far_leg
        Whether it is also measured on the far leg.
    function
        Computes the value; NaN if it cannot.
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
        """Key of its words in ``i18n``, which has ``.label``, ``.unit`` and ``.about`` below it."""
        return f"metric.{self.name}"

    @property
    def needs_feet(self) -> bool:
        """Whether it needs heel or toe, or toe-off, which is found by the toe."""
        points = Point.HEEL in self.points or Point.TOE in self.points
        return points or Event.TOE_OFF in self.events

    def value(self, leg: MeasuredLeg) -> float:
        """Return the metric of one stride; NaN if absent."""
        if not (leg.stride.near or self.far_leg):
            return nan
        return float(self.function(leg))
