"""Quantiles of a stream of latencies, in bounded memory."""

from collections import Counter
from math import ceil, isfinite, nan
from typing import Any, Final

from edge.record.numbers import number

_PER_MS: Final = 10
_LEAST_MS: Final = -1_000.0
_MOST_MS: Final = 30_000.0


class LatencyQuantiles:
    """Count latencies by tenths of a millisecond.

    Notes
    -----
    A histogram with fixed cells, filled only where something fell: the same whatever the order,
    no more than 310,001 cells however long the session, and a few hundred in practice. Its
    quantiles are nearest-rank and exact to 0.05 ms. Latencies beyond -1 to 30 s count as these.
    """

    def __init__(self) -> None:
        self._cells: Counter[int] = Counter()

    def add(self, latency_ms: float) -> None:
        """Take in a latency; NaN and infinities are left out."""
        if isfinite(latency_ms):
            held = min(max(latency_ms, _LEAST_MS), _MOST_MS)
            self._cells[round(held * _PER_MS)] += 1

    def quantile_ms(self, share: float) -> float:
        """Return the smallest latency that ``share`` (0 to 1) of all do not exceed; NaN of none."""
        rank = max(1, ceil(share * self._cells.total()))
        for cell in sorted(self._cells):
            rank -= self._cells[cell]
            if rank <= 0:
                return cell / _PER_MS
        return nan

    def as_json(self) -> dict[str, Any]:
        """Return the entry of one latency in ``session.json``."""
        return {"p50": number(self.quantile_ms(0.50)), "p95": number(self.quantile_ms(0.95))}
