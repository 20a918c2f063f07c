"""The rows of a result folder: column order and number formats.

Formats are fixed by the unit at the end of a column's name: times in seconds to the microsecond
(six decimals), milliseconds to the microsecond (three), percent, degrees, cadence, confidence and
scores to 0.0001, pixels to 0.001. A number that is absent or not finite is an empty cell, or null
in JSON; a flag is 0 or 1 in CSV. A text is one line: runs of white space become one space. A zero
never carries a minus sign.
"""

import json
from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.gait import GaitEvent
from edge.messages.pose import Pose
from edge.messages.stride import StrideMetrics

EVENT_COLUMNS: Final = ("time_s", "decided_at_s", "side", "near", "kind", "confidence")
METRIC_COLUMNS: Final = (
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
STRIDE_COLUMNS: Final = (
    "side",
    "near",
    "start_s",
    "peak_knee_flexion_s",
    "toe_off_s",
    "end_s",
    "valid",
    "reason",
    *METRIC_COLUMNS,
)

_DECIMALS: Final = {"s": 6, "ms": 3, "pct": 4, "deg": 4, "spm": 4, "confidence": 4}
_TIME_DECIMALS: Final = 6
_SCORE_DECIMALS: Final = 4
_PIXEL_DECIMALS: Final = 3


def event_row(event: GaitEvent) -> list[str]:
    """Return the cells of one event, in the order of ``EVENT_COLUMNS``."""
    return _row(event, EVENT_COLUMNS)


def stride_row(metrics: StrideMetrics) -> list[str]:
    """Return the cells of one stride, in the order of ``STRIDE_COLUMNS``."""
    return _row(metrics, STRIDE_COLUMNS)


def csv_line(cells: Sequence[str]) -> str:
    r"""Join cells to one line of CSV, without a line end.

    Examples
    --------
    >>> csv_line(["left", "", 'no "toe-off", no peak'])
    'left,,"no ""toe-off"", no peak"'
    """
    return ",".join(_quoted(cell) for cell in cells)


def pose_line(pose: Pose) -> str:
    """Return one line of ``poses.jsonl``, without a line end.

    Notes
    -----
    ``score`` is the presence of a person; ``xy_px`` keeps its 33 pairs when nobody is in view,
    each of them ``[null, null]``.
    """
    line = {
        "frame": int(pose.frame_index),
        "time_s": _rounded(pose.time_s, _TIME_DECIMALS),
        "score": _rounded(pose.presence, _SCORE_DECIMALS),
        "xy_px": _rounded_all(pose.xy_px, _PIXEL_DECIMALS),
        "visibility": _rounded_all(pose.visibility, _SCORE_DECIMALS),
        "swapped": bool(pose.swapped),
    }
    return json.dumps(line, separators=(",", ":"), allow_nan=False)


def _row(record: GaitEvent | StrideMetrics, columns: Sequence[str]) -> list[str]:
    return [_cell(getattr(record, column), column) for column in columns]


def _cell(value: str | bool | float, column: str) -> str:
    if isinstance(value, str):
        # A line break inside a cell would make a cut-off file ambiguous.
        return " ".join(value.split())
    if isinstance(value, bool | np.bool):
        return str(int(value))
    if not isfinite(value):
        return ""
    return f"{value:z.{_DECIMALS[column.rpartition('_')[2]]}f}"


def _quoted(cell: str) -> str:
    if '"' in cell or "," in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _rounded(value: float, decimals: int) -> float | None:
    # Adding 0.0 turns a negative zero into zero.
    return round(float(value), decimals) + 0.0 if isfinite(value) else None


def _rounded_all(values: Floats, decimals: int) -> Any:
    """Return nested lists of the shape of ``values``, None where not finite."""
    rounded = np.round(values, decimals) + 0.0
    finite = np.isfinite(rounded)
    if finite.all():
        return rounded.tolist()
    objects = rounded.astype(object)
    objects[~finite] = None
    return objects.tolist()
