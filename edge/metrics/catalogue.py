"""The catalogue of metrics, in column order of ``strides.csv``.

To add a metric, write a function and add its ``MetricSpec`` to ``METRICS`` in its family's file.
"""

from typing import Final

from edge.metrics import landing, peak_knee_bend, push_off, temporal, trunk
from edge.metrics.spec import MetricSpec

# Spreadsheets and scripts rely on the position of these columns; new ones follow.
_FIRST: Final = (
    "knee_toe_offset_pct",
    "shank_angle_deg",
    "hip_ankle_offset_pct",
    "knee_flexion_peak_deg",
    "knee_flexion_contact_deg",
    "knee_flexion_push_off_deg",
    "thigh_extension_deg",
    "plantarflexion_deg",
    "line_straightness_pct",
    "trunk_lean_deg",
    "overstride_pct",
    "ground_contact_ms",
    "flight_ms",
    "stride_time_ms",
    "cadence_spm",
    "vertical_oscillation_pct",
)


def _in_order(specs: tuple[MetricSpec, ...]) -> dict[str, MetricSpec]:
    by_name = {spec.name: spec for spec in specs}
    if len(by_name) < len(specs):
        raise ValueError("two metrics have the same name")
    return {name: by_name[name] for name in dict.fromkeys((*_FIRST, *by_name))}


METRICS: Final = _in_order(
    (
        *landing.METRICS,
        *peak_knee_bend.METRICS,
        *push_off.METRICS,
        *trunk.METRICS,
        *temporal.METRICS,
    )
)
METRIC_NAMES: Final = tuple(METRICS)
