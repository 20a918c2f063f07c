"""The stride message, with one field for each metric of the catalogue."""

from typing import TYPE_CHECKING

import msgspec

from edge.messages.legs import LegClarity, LegFlaw, LegSource
from edge.messages.side import Side
from edge.metrics.catalogue import METRIC_NAMES
from edge.serve.wire.wire_types import Number, Params, ToClient


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """20 % trimmed mean and its 95 % interval, which is null where there are too few strides."""

    mean: float
    low: Number
    high: Number
    count: int


class StrideHead(ToClient, frozen=True, kw_only=True):
    """The fields of the stride message that are not metrics."""

    side: Side
    near: bool
    start_s: Number
    peak_knee_flexion_s: Number
    toe_off_s: Number
    end_s: Number
    valid: bool
    reason: str
    reason_code: str
    reason_params: Params
    legs_source: LegSource | None
    legs_score: Number
    legs_clarity: LegClarity
    legs_flaw: LegFlaw


class Curves(ToClient, frozen=True, kw_only=True, tag="curves"):
    """Joint angles over one valid stride of the near leg, at 0, 2, ... 100 % of it.

    Degrees, with the signs of the report: thigh forward, knee flexion, ankle dorsiflexion.
    ``start_s`` names the stride. Null where keypoints are missing.
    """

    side: Side
    near: bool
    start_s: Number
    hip_deg: tuple[Number, ...]
    knee_deg: tuple[Number, ...]
    ankle_deg: tuple[Number, ...]


_ABOUT = """One row of ``strides.csv``.

``recent`` has the estimates of some metrics over the last ten valid strides of this leg, this one
included; ``count`` is the number of strides of the session so far, of both legs. Outside the live
link they are empty and 0. ``model`` has what the pose model's own points give for the metrics that
were measured by points set by hand; it is empty where none were.
"""

if TYPE_CHECKING:
    # The metrics are known only at run time.
    Stride = StrideHead
else:
    Stride = msgspec.defstruct(
        "Stride",
        [
            *((name, Number) for name in (*METRIC_NAMES, "decided_at_s")),
            ("recent", dict[str, Estimate], msgspec.field(default_factory=dict)),
            ("count", int, 0),
            ("model", dict[str, Number], msgspec.field(default_factory=dict)),
        ],
        bases=(StrideHead,),
        namespace={"__doc__": _ABOUT},
        module=__name__,
        frozen=True,
        kw_only=True,
        tag="stride",
    )
