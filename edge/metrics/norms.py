"""What runners without an appointment do at a belt speed: means and standard deviations."""

from math import isfinite
from typing import Final, NamedTuple

import numpy as np

SPEEDS_MPS: Final = (2.5, 3.5, 4.5)
RUNNERS: Final = 26
SOURCE: Final = "Fukuchi, Fukuchi & Duarte (2017), PeerJ 5:e3298"

# Mean and standard deviation between runner means at each of the speeds, in the metric's unit.
# Source: docs/gait-metrics.md, "Norms". Metrics that are defined differently there (ankle against
# standing, line without a shoulder) have none.
_TABLE: Final = {
    "knee_toe_offset_pct": ((-6.6, 4.3), (-6.6, 3.5), (-6.3, 3.1)),
    "shank_angle_deg": ((26.9, 2.9), (26.8, 2.3), (27.1, 2.1)),
    "hip_ankle_offset_pct": ((6.8, 2.3), (5.7, 2.3), (5.5, 2.3)),
    "knee_flexion_peak_deg": ((47.0, 5.0), (48.1, 4.0), (48.9, 3.7)),
    "knee_flexion_contact_deg": ((13.4, 4.9), (14.2, 5.8), (15.6, 5.8)),
    "knee_flexion_push_off_deg": ((16.0, 4.1), (12.8, 3.7), (11.4, 4.3)),
    "thigh_extension_deg": ((17.1, 2.0), (21.4, 1.9), (25.0, 2.5)),
    "overstride_pct": ((19.2, 2.8), (24.9, 3.0), (29.6, 2.9)),
    "ground_contact_ms": ((273.0, 24.0), (228.0, 17.0), (200.0, 15.0)),
    "cadence_spm": ((162.0, 10.0), (171.0, 11.0), (184.0, 14.0)),
}


class Norm(NamedTuple):
    """Mean and standard deviation of a metric between runners, in its unit."""

    mean: float
    sd: float


def norm_at(metric: str, speed_mps: float) -> Norm | None:
    """Return the norm of a metric at a belt speed, between the measured speeds by interpolation.

    None where there is none: for a metric without, for an unknown speed, and beyond the speeds
    that were measured, where cadence and contact time go on changing.

    Examples
    --------
    >>> norm_at("cadence_spm", 3.0)
    Norm(mean=166.5, sd=10.5)
    >>> norm_at("cadence_spm", 2.0) is None
    True
    """
    if metric not in _TABLE or not isfinite(speed_mps):
        return None
    if not SPEEDS_MPS[0] <= speed_mps <= SPEEDS_MPS[-1]:
        return None
    means, sds = zip(*_TABLE[metric], strict=True)
    return Norm(*(float(np.interp(speed_mps, SPEEDS_MPS, column)) for column in (means, sds)))
