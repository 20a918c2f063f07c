"""Metrics at initial contact."""

from typing import Final

from edge.messages.skeleton import ANKLE
from edge.metrics.measured_leg import MeasuredLeg, flexion_deg
from edge.metrics.sampling import at_time
from edge.metrics.spec import Detectable, Event, MetricSpec, Point


def knee_flexion_contact_deg(leg: MeasuredLeg) -> float:
    """Return the knee flexion at initial contact."""
    return flexion_deg(leg.at_contact)


def overstride_pct(leg: MeasuredLeg) -> float:
    """Return how far the ankle lands ahead of the mid hip, in % of leg."""
    ankle = leg.at_contact[ANKLE, 0]
    hip = at_time(leg.times_s, leg.mid_hip, leg.stride.start_s)[0]
    return 100 * float(ankle - hip) / leg.leg_px + leg.offsets.overstride_pct


METRICS: Final = (
    MetricSpec(
        name="knee_flexion_contact_deg",
        unit="°",
        decimals=1,
        positive="bent",
        instant="contact",
        points=(Point.HIP, Point.KNEE, Point.ANKLE),
        events=(Event.CONTACT,),
        detectable=Detectable(
            between_days=5.0, within_session=2.0, source="choice between days, floor within"
        ),
        function=knee_flexion_contact_deg,
    ),
    MetricSpec(
        name="overstride_pct",
        unit="% of leg",
        decimals=1,
        positive="ankle ahead of the hips",
        instant="contact",
        points=(Point.HIP, Point.KNEE, Point.ANKLE, Point.OTHER_HIP),
        events=(Event.CONTACT,),
        detectable=Detectable(
            between_days=4.0, within_session=2.0, source="bound between days, measured within"
        ),
        function=overstride_pct,
    ),
)
