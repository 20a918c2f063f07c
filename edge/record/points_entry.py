"""The ``points_by_hand`` entry of ``session.json``: what was set, and both numbers."""

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

from edge.messages.points_by_hand import CORRECTED, SET_POINTS, PointsByHand, PointsChange
from edge.messages.stride import StrideMetrics
from edge.numerics.statistics import spread
from edge.record.numbers import number


class PointsEntry:
    """The last points that were set, and the strides of their leg since."""

    def __init__(self) -> None:
        self.points: PointsByHand | None = None
        self._from_s = self._until_s = nan
        self._values: dict[str, list[tuple[float, float]]] = {}

    def change(self, change: PointsChange) -> None:
        """Add one change; an undo ends the points and keeps what was measured by them."""
        if change.points is None:
            self._until_s = change.time_s
            return
        self.points = change.points
        self._from_s, self._until_s = change.time_s, nan
        self._values = {name: [] for name in CORRECTED}

    def add(self, stride: StrideMetrics) -> None:
        """Add a valid stride."""
        for name, values in self._values.items():
            if stride.by_hand:
                values.append((stride.value(name), stride.model_value(name)))

    def as_json(self, origin_s: float) -> dict[str, Any] | None:
        """Return the entry; None if no points were set. Times are from ``origin_s``."""
        points = self.points
        if points is None:
            return None
        offsets = zip(SET_POINTS, points.offsets_legs, strict=True)
        return {
            "side": points.side.value,
            "legs_source": points.source.value,
            "still": points.kind.value,
            "still_s": number(points.still_s - origin_s),
            "set_at": points.set_at,
            "set_by": points.set_by,
            "from_s": number(self._from_s - origin_s),
            "until_s": number(self._until_s - origin_s),
            "offsets_pct_leg": {
                name: [number(100 * forward), number(100 * up)] for name, (forward, up) in offsets
            },
            "metrics": {name: _both(values) for name, values in self._values.items()},
        }


def _both(values: Sequence[tuple[float, float]]) -> Mapping[str, Any]:
    hand, model = (spread([pair[which] for pair in values]) for which in (0, 1))
    return {"by_hand": number(hand.mean), "model": number(model.mean), "n": hand.count}
