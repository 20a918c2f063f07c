"""The stride message of the wire: a field for each metric of the catalogue."""

from typing import TYPE_CHECKING

import msgspec

from edge.messages.side import Side
from edge.metrics.catalogue import METRIC_NAMES
from edge.serve.wire.wire_types import Number, Params, ToClient


class StrideHead(ToClient, frozen=True, kw_only=True):
    """What the stride message holds before its metrics."""

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


if TYPE_CHECKING:
    # Which metrics there are is known only at run time.
    Stride = StrideHead
else:
    Stride = msgspec.defstruct(
        "Stride",
        [(name, Number) for name in (*METRIC_NAMES, "decided_at_s")],
        bases=(StrideHead,),
        namespace={"__doc__": "One row of ``strides.csv``."},
        module=__name__,
        frozen=True,
        kw_only=True,
        tag="stride",
    )
