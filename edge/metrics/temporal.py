"""Temporal metrics, from the events alone."""

from typing import Final

from edge.metrics.measured_leg import MeasuredLeg
from edge.metrics.spec import Detectable, Event, MetricSpec


def ground_contact_ms(leg: MeasuredLeg) -> float:
    """Return the time from contact to toe-off."""
    return 1000 * (leg.stride.toe_off_s - leg.stride.start_s)


def flight_ms(leg: MeasuredLeg) -> float:
    """Return the time from toe-off to the other foot's contact; negative for double support."""
    return 1000 * (leg.stride.opposite_contact_s - leg.stride.toe_off_s)


def stride_time_ms(leg: MeasuredLeg) -> float:
    """Return the time from contact to the same foot's next contact."""
    return 1000 * (leg.stride.end_s - leg.stride.start_s)


def cadence_spm(leg: MeasuredLeg) -> float:
    """Return the steps per minute, two per stride."""
    return 120 / (leg.stride.end_s - leg.stride.start_s)


_FLOOR: Final = Detectable(source="a floor only, not used")

METRICS: Final = (
    MetricSpec(
        name="ground_contact_ms",
        unit="ms",
        decimals=0,
        positive="always",
        instant="contact to toe-off",
        points=(),
        events=(Event.CONTACT, Event.TOE_OFF),
        detectable=Detectable(
            between_days=20.0, within_session=10.0, source="bound between days, measured within"
        ),
        function=ground_contact_ms,
    ),
    MetricSpec(
        name="flight_ms",
        unit="ms",
        decimals=0,
        positive="both feet in the air; negative: both feet down",
        instant="toe-off to the other foot's contact",
        points=(),
        events=(Event.TOE_OFF, Event.OTHER_CONTACT),
        detectable=_FLOOR,
        function=flight_ms,
    ),
    MetricSpec(
        name="stride_time_ms",
        unit="ms",
        decimals=0,
        positive="always",
        instant="contact to contact",
        points=(),
        events=(Event.CONTACT, Event.NEXT_CONTACT),
        detectable=_FLOOR,
        function=stride_time_ms,
    ),
    MetricSpec(
        name="cadence_spm",
        unit="steps/min",
        decimals=0,
        positive="always",
        instant="contact to contact",
        points=(),
        events=(Event.CONTACT, Event.NEXT_CONTACT),
        detectable=Detectable(
            between_days=4.0, within_session=2.0, source="choice between days, measured within"
        ),
        function=cadence_spm,
    ),
)
