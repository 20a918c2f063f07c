"""Mean and interval of the metrics that pages draw, over the last strides of each leg."""

from collections import deque
from typing import Final

import numpy as np

from edge.messages.metric import Metric
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.numerics.statistics import spread
from edge.serve.wire.stride_message import Estimate
from edge.serve.wire.wire_types import Number

STRIDES: Final = 10
DRAWN: Final = (Metric.KNEE_TOE, Metric.PUSH_OFF, "cadence_spm", "ground_contact_ms")


class RecentStrides:
    """Keep the last valid strides of each leg.

    Pages show the far leg and the trend with these numbers, so that they have the same estimator
    as the verdict.
    """

    def __init__(self) -> None:
        self._strides: dict[Side, deque[StrideMetrics]] = {
            side: deque(maxlen=STRIDES) for side in Side
        }

    def clear(self) -> None:
        """Forget all strides: another session began."""
        for strides in self._strides.values():
            strides.clear()

    def update(self, stride: StrideMetrics) -> dict[str, Estimate]:
        """Take in one stride; return its leg's estimates by metric, without those never measured.

        An invalid stride changes nothing.
        """
        strides = self._strides[stride.side]
        if stride.valid:
            if strides and strides[-1].by_hand != stride.by_hand:
                # Measured by other points: not to be averaged with those.
                strides.clear()
            strides.append(stride)
        found = {name: spread([s.value(name) for s in strides]) for name in DRAWN}
        return {
            name: Estimate(
                mean=its.mean, low=_finite(its.low), high=_finite(its.high), count=its.count
            )
            for name, its in found.items()
            if its.count
        }


def _finite(value: float) -> Number:
    return value if np.isfinite(value) else None
