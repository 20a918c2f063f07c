"""The contents of a report on one visit."""

from dataclasses import dataclass, field, replace
from math import inf, isfinite, nan
from typing import Any, Final

from edge.messages.arrays import Floats
from edge.messages.metric import Metric
from edge.messages.notice import Notice
from edge.messages.points_by_hand import PointsChange
from edge.messages.raises import RaiseSet
from edge.messages.reading import BeltSource
from edge.messages.side import Side
from edge.messages.stride import KeyPose, StrideMetrics
from edge.messages.verdict import Bands, Fault, Verdict
from edge.numerics.speed_units import SpeedUnit
from edge.numerics.statistics import Spread, spread, widened
from edge.record.belt_series import BeltStretch
from edge.record.same_points import by_hand as strides_by_hand
from edge.record.same_points import is_by_hand, values_of
from edge.record.stored_session import Mark, StoredSession

DECIDING: Final = {
    Fault.KNEES_FORWARD: Metric.KNEE_TOE,
    Fault.BENT_PUSH_OFF: Metric.PUSH_OFF,
}


def speed_unit_of(session: StoredSession) -> SpeedUnit:
    """Return the unit of belt speed that a station was set to; km/h before there was a choice."""
    return SpeedUnit(session.head.config.get("serve", {}).get("speed_unit", SpeedUnit.KMH))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """The picture of a still as JPEG; ``size_px`` is the size to which its keypoints refer."""

    size_px: tuple[int, int]
    jpeg: bytes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leg:
    """One leg of one visit; ``judged`` is False if it was never the near leg.

    ``metrics`` are of all valid strides; ``limits`` are those by which the verdicts were judged;
    ``pictures`` are the pictures of the stills, if video was recorded; ``points`` are the last
    points set by hand on this leg.
    """

    side: Side
    judged: bool
    strides: list[StrideMetrics]
    metrics: dict[str, Spread]
    curves: dict[str, tuple[Floats, Floats]]
    toe_off_share: float
    verdicts: dict[Fault, Verdict]
    limits: dict[Fault, Bands]
    stills: dict[Fault, KeyPose]
    pictures: dict[Fault, Picture]
    points: PointsChange | None

    @property
    def by_hand(self) -> bool:
        """Whether the last strides are measured by points set by hand."""
        return is_by_hand(self.strides)

    def values(self, name: str) -> list[float]:
        """Return the values of a metric that may be averaged."""
        return values_of(self.strides, name, since_s(self.points))

    def model_values(self, name: str) -> list[float]:
        """Return a metric of every stride by the pose model's own points."""
        return [stride.model_value(name) for stride in self.strides]

    def both(self, name: str) -> tuple[Spread, Spread]:
        """Return a metric by the points set by hand, and of the same strides by the model's."""
        strides = strides_by_hand(self.strides, since_s(self.points))
        hand, model = [s.value(name) for s in strides], [s.model_value(name) for s in strides]
        return spread(hand), spread(model)

    def shown(self, fault: Fault) -> Spread:
        """Return what is shown beside a verdict: its own strides, or all where it has none.

        The interval is to be compared with a limit, so it holds the model's error.
        """
        judged = judged_spread(self.verdicts[fault])
        if judged is not None:
            return judged
        every = self.metrics[DECIDING[fault]]
        low, high = widened((every.low, every.high), self.error95(fault))
        return replace(every, low=low, high=high)

    def error95(self, fault: Fault) -> float:
        """Return the model's part of the interval shown beside a verdict; NaN if unknown."""
        verdict = self.verdicts[fault]
        if isfinite(verdict.mean):
            return verdict.error95
        known = (stride.error95.get(DECIDING[fault], nan) for stride in self.strides)
        return max((error for error in known if isfinite(error)), default=nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Visit:
    """The contents of a report on one session, or on a part of it.

    ``speed_mps`` is the belt speed in force at the end, NaN if unknown; ``belt`` lists the
    stretches of constant belt speed. ``pictures_hidden`` says that there are pictures, which
    *skeleton only* leaves out.
    """

    session: StoredSession
    label: str
    summary: dict[str, Any]
    speed_mps: float
    speed_source: BeltSource
    belt: list[BeltStretch]
    legs: dict[Side, Leg]
    marks: list[Mark]
    notices: list[Notice]
    damage: list[str]
    raises: list[RaiseSet] = field(default_factory=list)
    pictures_hidden: bool = False

    @property
    def speed_unit(self) -> SpeedUnit:
        """The unit of belt speed that the station was set to."""
        return speed_unit_of(self.session)

    @property
    def runner(self) -> str:
        """The pseudonym; empty if none was given."""
        return self.session.head.runner


def since_s(points: PointsChange | None) -> float:
    """Return since when points set by hand are in force; minus infinity without any."""
    return -inf if points is None else points.time_s


def judged_spread(verdict: Verdict | None) -> Spread | None:
    """Return mean and interval of the strides that a verdict judged; None without a mean."""
    if verdict is None or not isfinite(verdict.mean):
        return None
    low, high = verdict.ci95
    return Spread(mean=verdict.mean, sd=nan, low=low, high=high, count=verdict.strides)
