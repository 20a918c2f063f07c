"""The strides of one leg in a session, and what their metrics come to."""

from array import array
from math import nan
from typing import Any

from edge.messages.points_by_hand import CORRECTED
from edge.messages.stride import StrideMetrics
from edge.metrics.catalogue import METRIC_NAMES
from edge.numerics.statistics import Spread, spread
from edge.record.numbers import interval, number


class SideTotals:
    """Strides of one leg, and the values of their metrics.

    A trimmed mean needs them all: 0.7 MB for each hour of one leg's strides.
    """

    def __init__(self) -> None:
        self._strides = 0
        self._valid = 0
        self._metrics = {name: array("d") for name in METRIC_NAMES}
        self._error95: dict[str, float] = {}
        # By points set by hand, which are in force if the last stride was measured by them.
        self._by_hand = {name: array("d") for name in CORRECTED}
        self._in_force = False

    def set_points(self) -> None:
        """Note that points were set by hand: values by other points do not count with theirs."""
        self._by_hand = {name: array("d") for name in CORRECTED}

    def add(self, stride: StrideMetrics) -> None:
        """Add one stride; only valid ones count for the metrics."""
        self._strides += 1
        if stride.valid:
            self._valid += 1
            if stride.by_hand is not self._in_force:
                # The model errs more than points set by hand do.
                self._error95.clear()
            self._in_force = stride.by_hand
            for name, values in self._metrics.items():
                values.append(stride.model_value(name))
            if stride.by_hand:
                for name, values in self._by_hand.items():
                    values.append(stride.value(name))
            for name, error in stride.error95.items():
                self._error95[name] = max(error, self._error95.get(name, error))

    def as_json(self) -> dict[str, Any]:
        """Return the entry of one side."""
        metrics = self._metrics | (self._by_hand if self._in_force else {})
        return {
            "strides": self._strides,
            "valid": self._valid,
            "metrics": {
                name: _spread_entry(spread(values), self._error95.get(name, nan))
                for name, values in metrics.items()
            },
        }


def _spread_entry(found: Spread, error95: float) -> dict[str, Any]:
    return {
        "mean": number(found.mean),
        "sd": number(found.sd),
        # Of the scatter of strides alone; the model's error stands beside it.
        "ci95": interval(found.low, found.high),
        "error95": number(error95),
        "n": found.count,
    }
