"""Values that were measured by the same points: those set by hand and the model's do not mix."""

from collections.abc import Sequence
from math import inf

from edge.messages.points_by_hand import CORRECTED
from edge.messages.stride import StrideMetrics


def is_by_hand(strides: Sequence[StrideMetrics]) -> bool:
    """Return whether points set by hand are in force at the last stride."""
    return bool(strides) and strides[-1].by_hand


def values_of(strides: Sequence[StrideMetrics], name: str, since_s: float = -inf) -> list[float]:
    """Return the values of one metric that may be averaged.

    Parameters
    ----------
    strides
        Of one leg, oldest first.
    name
        The metric.
    since_s
        Capture time at which the points in force were set.

    Returns
    -------
    While points set by hand are in force: of the strides since then. Otherwise, also after an
    undo: of all strides by the model's own points.
    """
    if name not in CORRECTED:
        return [stride.value(name) for stride in strides]
    if not is_by_hand(strides):
        return [stride.model_value(name) for stride in strides]
    return [stride.value(name) for stride in by_hand(strides, since_s)]


def by_hand(strides: Sequence[StrideMetrics], since_s: float = -inf) -> list[StrideMetrics]:
    """Return the strides measured by the points that were set at ``since_s``."""
    return [s for s in strides if s.by_hand and not s.decided_at_s < since_s]
