"""Metrics of trunk and hips."""

from typing import Final

import numpy as np

from edge.messages.skeleton import HIP
from edge.metrics.measured_leg import MeasuredLeg
from edge.metrics.sampling import within
from edge.metrics.spec import Detectable, Event, MetricSpec, Point
from edge.numerics import sagittal


def trunk_lean_deg(leg: MeasuredLeg) -> float:
    """Return the mean forward lean over stance of the hip-to-shoulder line on the leg's side."""
    stride = leg.stride
    inside = (leg.times_s >= stride.start_s) & (leg.times_s <= stride.toe_off_s)
    lean = sagittal.trunk_lean_deg(leg.shoulder[inside], leg.points[inside, HIP])
    known = lean[np.isfinite(lean)]
    mean = float(known.mean()) if known.size else float("nan")
    return mean + leg.offsets.trunk_lean_deg


def vertical_oscillation_pct(leg: MeasuredLeg) -> float:
    """Return the vertical range of the mid hip per step, mean of both steps, in % of leg."""
    start_s, end_s = leg.stride.start_s, leg.stride.end_s
    middle_s = leg.stride.opposite_contact_s
    if not np.isfinite(middle_s):
        middle_s = (start_s + end_s) / 2
    rises = []
    for step in ((start_s, middle_s), (middle_s, end_s)):
        height = within(leg.times_s, leg.mid_hip[:, 1], *step)
        known = height[np.isfinite(height)]
        if known.size:
            rises.append(float(np.ptp(known)))
    return 100 * float(np.mean(rises)) / leg.leg_px if rises else float("nan")


METRICS: Final = (
    MetricSpec(
        name="trunk_lean_deg",
        unit="°",
        decimals=1,
        positive="forward",
        instant="mean over stance",
        points=(Point.SHOULDER, Point.HIP),
        events=(Event.CONTACT, Event.TOE_OFF),
        detectable=Detectable(
            between_days=5.0, within_session=2.0, source="choice between days, measured within"
        ),
        function=trunk_lean_deg,
    ),
    MetricSpec(
        name="vertical_oscillation_pct",
        unit="% of leg",
        decimals=1,
        positive="always",
        instant="each step, mean of two",
        points=(Point.HIP, Point.KNEE, Point.ANKLE, Point.OTHER_HIP),
        events=(Event.CONTACT, Event.NEXT_CONTACT),
        detectable=Detectable(source="a floor only, not used"),
        function=vertical_oscillation_pct,
    ),
)
