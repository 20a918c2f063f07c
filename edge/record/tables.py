"""The rows of a result folder: column order and number formats.

Formats are fixed by the unit at the end of a column's name: times in seconds to the microsecond
(six decimals), milliseconds to the microsecond (three), all else (percent, degrees, cadence,
confidence, scores) to 0.0001, pixels to 0.001. A number that is absent or not finite is an empty
cell, or null in JSON; a flag is 0 or 1 in CSV. A text is one line: runs of white space become one
space. A zero never carries a minus sign.
"""

import json
from collections.abc import Sequence
from math import isfinite, nan
from typing import Any, Final

import numpy as np

from edge.i18n.reasons import english
from edge.messages.arrays import Floats
from edge.messages.gait import GaitEvent
from edge.messages.pose import Pose
from edge.messages.raises import Raise
from edge.messages.reason import Reason
from edge.messages.stride import StrideMetrics
from edge.metrics.catalogue import METRIC_NAMES
from edge.record.raises_data import RAISE_COLUMNS

EVENT_COLUMNS: Final = ("time_s", "decided_at_s", "side", "near", "kind", "confidence")
STRIDE_HEAD: Final = (
    "side",
    "near",
    "start_s",
    "peak_knee_flexion_s",
    "toe_off_s",
    "end_s",
    "valid",
    "reason",
)
STRIDE_COLUMNS: Final = (*STRIDE_HEAD, *METRIC_NAMES, "reason_code", "legs_source", "legs_score")
VERDICT_COLUMNS: Final = (
    "decided_at_s",
    "side",
    "fault",
    "state",
    "mean",
    "ci95_low",
    "ci95_high",
    "strides",
    "reason",
    "cue",
    "reason_code",
    "error95",
)

_DECIMALS: Final = {"s": 6, "ms": 3}
_OTHER_DECIMALS: Final = 4
_TIME_DECIMALS: Final = 6
_SCORE_DECIMALS: Final = 4
_PIXEL_DECIMALS: Final = 3


def event_row(event: GaitEvent) -> list[str]:
    """Return the cells of one event, in the order of ``EVENT_COLUMNS``."""
    return [_cell(getattr(event, column), column) for column in EVENT_COLUMNS]


def stride_row(metrics: StrideMetrics) -> list[str]:
    """Return the cells of one stride, in the order of ``STRIDE_COLUMNS``."""
    return [
        *(_cell(getattr(metrics, column), column) for column in STRIDE_HEAD),
        *(_cell(metrics.value(name), name) for name in METRIC_NAMES),
        metrics.reason.code,
        "" if metrics.legs is None else metrics.legs.source.value,
        _cell(nan if metrics.legs is None else metrics.legs.score, "legs_score"),
    ]


def raise_row(each: Raise) -> list[str]:
    """Return the cells of one calf raise, in the order of ``RAISE_COLUMNS``."""
    return [
        str(each.rep) if column == "rep" else _cell(getattr(each, column), column)
        for column in RAISE_COLUMNS
    ]


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


def _cell(value: str | bool | float | Reason, column: str) -> str:
    if isinstance(value, Reason):
        value = english(value)
    if isinstance(value, str):
        # A line break inside a cell would make a cut-off file ambiguous.
        return " ".join(value.split())
    if isinstance(value, bool | np.bool):
        return str(int(value))
    if not isfinite(value):
        return ""
    decimals = _DECIMALS.get(column.rpartition("_")[2], _OTHER_DECIMALS)
    return f"{value:z.{decimals}f}"


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
