"""Metrics of push-off: from peak knee flexion to toe-off."""

from typing import Final

import numpy as np

from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, TOE
from edge.metrics.measured_leg import MeasuredLeg, middle, share_of_stance
from edge.metrics.sampling import at_time, within
from edge.metrics.spec import Detectable, Event, MetricSpec, Point
from edge.numerics.sagittal import (
    distance_to_line,
    foot_angle_deg,
    knee_flexion_deg,
    shank_angle_deg,
    thigh_angle_deg,
)

# Shares of stance between which the heel is still on the belt.
_HEEL_DOWN = (0.15, 0.62)
_PUSH_OFF_AFTER_S = 0.06


def knee_flexion_push_off_deg(leg: MeasuredLeg) -> float:
    """Return the least knee flexion from its peak to just after toe-off."""
    stride = leg.stride
    end_s = stride.toe_off_s + _PUSH_OFF_AFTER_S
    window = within(leg.times_s, leg.points, stride.peak_knee_flexion_s, end_s)
    flexion = knee_flexion_deg(window[:, HIP], window[:, KNEE], window[:, ANKLE])
    known = flexion[np.isfinite(flexion)]
    least = float(known.min()) if known.size else float("nan")
    return least + leg.offsets.knee_flexion_push_off_deg


def thigh_extension_deg(leg: MeasuredLeg) -> float:
    """Return how far the thigh is behind the vertical at toe-off."""
    angle = thigh_angle_deg(leg.at_toe_off[HIP], leg.at_toe_off[KNEE])
    return -float(angle) + leg.offsets.thigh_extension_deg


def plantarflexion_deg(leg: MeasuredLeg) -> float:
    """Return the plantarflexion at toe-off, relative to quiet standing if captured.

    Otherwise the zero is the flat foot of mid stance and a vertical shank. The model's offset
    applies only to that case: relative to quiet standing, an error that a model makes in both
    readings cancels out.
    """
    pushed, neutral = leg.at_toe_off, leg.neutral
    shank = float(shank_angle_deg(pushed[KNEE], pushed[ANKLE]))
    foot = float(foot_angle_deg(pushed[HEEL], pushed[TOE]))
    if neutral is not None and neutral.side is leg.stride.side:
        return -(shank - neutral.shank_angle_deg + foot - neutral.foot_angle_deg)
    flat = leg.points[share_of_stance(leg.stride, _HEEL_DOWN)]
    flat_foot = middle(foot_angle_deg(flat[:, HEEL], flat[:, TOE]))
    return -(shank + foot - flat_foot) + leg.offsets.plantarflexion_deg


def line_straightness_pct(leg: MeasuredLeg) -> float:
    """Return the larger distance of knee and hip from the line ankle to shoulder, in % of it."""
    shoulder = at_time(leg.times_s, leg.shoulder, leg.stride.toe_off_s)
    ankle = leg.at_toe_off[ANKLE]
    span = float(np.hypot(*(shoulder - ankle)))
    away = distance_to_line(leg.at_toe_off[[KNEE, HIP]], ankle, shoulder)
    return 100 * float(away.max()) / span if span > 0 else float("nan")


_CHOICE_AND_FORMULA: Final = "choice between days, formula within"

METRICS: Final = (
    MetricSpec(
        name="knee_flexion_push_off_deg",
        unit="°",
        decimals=1,
        positive="bent",
        instant="least from peak knee flexion to toe-off + 60 ms",
        points=(Point.HIP, Point.KNEE, Point.ANKLE),
        events=(Event.PEAK, Event.TOE_OFF),
        detectable=Detectable(between_days=5.0, within_session=2.0, source=_CHOICE_AND_FORMULA),
        function=knee_flexion_push_off_deg,
    ),
    MetricSpec(
        name="thigh_extension_deg",
        unit="°",
        decimals=1,
        positive="thigh behind the vertical",
        instant="toe-off",
        points=(Point.HIP, Point.KNEE),
        events=(Event.TOE_OFF,),
        detectable=Detectable(between_days=5.0, within_session=2.0, source=_CHOICE_AND_FORMULA),
        function=thigh_extension_deg,
    ),
    MetricSpec(
        name="plantarflexion_deg",
        unit="°",
        decimals=1,
        positive="toes pointed",
        instant="toe-off, against quiet standing or the flat foot",
        points=(Point.KNEE, Point.ANKLE, Point.HEEL, Point.TOE),
        events=(Event.TOE_OFF,),
        detectable=Detectable(between_days=5.0, within_session=2.0, source=_CHOICE_AND_FORMULA),
        function=plantarflexion_deg,
    ),
    MetricSpec(
        name="line_straightness_pct",
        unit="% of line",
        decimals=1,
        positive="further from the line ankle to shoulder",
        instant="toe-off",
        points=(Point.SHOULDER, Point.HIP, Point.KNEE, Point.ANKLE),
        events=(Event.TOE_OFF,),
        detectable=Detectable(
            between_days=2.0, within_session=1.0, source="arithmetic between days, measured within"
        ),
        function=line_straightness_pct,
    ),
)
