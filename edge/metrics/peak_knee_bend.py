"""Metrics at peak knee flexion, in mid stance."""

from typing import Final

from edge.messages.skeleton import ANKLE, HIP, KNEE
from edge.metrics.measured_leg import MeasuredLeg, flexion_deg
from edge.metrics.spec import Detectable, Event, MetricSpec, Point
from edge.numerics import sagittal


def knee_toe_offset_pct(leg: MeasuredLeg) -> float:
    """Return how far the knee is ahead of the toe tip, in % of shank.

    The toe comes from the line of the planted foot through mid stance. Source:
    docs/gait-metrics.md, "Knee-toe offset".
    """
    return float(100 * (leg.at_peak[KNEE, 0] - leg.toe_x) / leg.shank_px)


def shank_angle_deg(leg: MeasuredLeg) -> float:
    """Return the angle of the shank to the vertical."""
    angle = sagittal.shank_angle_deg(leg.at_peak[KNEE], leg.at_peak[ANKLE])
    return float(angle) + leg.offsets.shank_angle_deg


def hip_ankle_offset_pct(leg: MeasuredLeg) -> float:
    """Return how far the hip is ahead of the ankle, in % of leg."""
    ahead = leg.at_peak[HIP, 0] - leg.at_peak[ANKLE, 0]
    return float(100 * ahead / leg.leg_px) + leg.offsets.hip_ankle_pct


def knee_flexion_peak_deg(leg: MeasuredLeg) -> float:
    """Return the greatest knee flexion in stance."""
    return flexion_deg(leg.at_peak) + leg.offsets.knee_flexion_peak_deg


_CHOICE_AND_FORMULA: Final = "choice between days, formula within"

METRICS: Final = (
    MetricSpec(
        name="knee_toe_offset_pct",
        unit="% of shank",
        decimals=1,
        signed=True,
        positive="knee ahead of the toe tip",
        instant="peak knee flexion",
        points=(Point.KNEE, Point.ANKLE, Point.TOE),
        events=(Event.CONTACT, Event.PEAK, Event.TOE_OFF),
        detectable=Detectable(between_days=5.0, within_session=3.0, source=_CHOICE_AND_FORMULA),
        function=knee_toe_offset_pct,
    ),
    MetricSpec(
        name="shank_angle_deg",
        unit="°",
        decimals=1,
        positive="knee ahead of the ankle",
        instant="peak knee flexion",
        points=(Point.KNEE, Point.ANKLE),
        events=(Event.PEAK,),
        detectable=Detectable(between_days=5.0, within_session=2.0, source=_CHOICE_AND_FORMULA),
        function=shank_angle_deg,
    ),
    MetricSpec(
        name="hip_ankle_offset_pct",
        unit="% of leg",
        decimals=1,
        positive="hip ahead of the ankle",
        instant="peak knee flexion",
        points=(Point.HIP, Point.KNEE, Point.ANKLE),
        events=(Event.PEAK,),
        detectable=Detectable(
            between_days=5.0, within_session=2.0, source="arithmetic between days, formula within"
        ),
        function=hip_ankle_offset_pct,
    ),
    MetricSpec(
        name="knee_flexion_peak_deg",
        unit="°",
        decimals=1,
        positive="bent",
        instant="peak knee flexion",
        points=(Point.HIP, Point.KNEE, Point.ANKLE),
        events=(Event.PEAK,),
        detectable=Detectable(between_days=5.0, within_session=2.0, source=_CHOICE_AND_FORMULA),
        function=knee_flexion_peak_deg,
    ),
)
