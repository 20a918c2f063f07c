"""Provisional events for lights and sound, at most one of each kind per stance."""

import logging

import numpy as np

from edge.messages.gait import EventKind, GaitEvent
from edge.messages.side import Side

# Two events of one kind and leg closer than this are the same: no stride is shorter than 0.4 s.
_SAME_WITHIN_S = 0.2
# Corrections larger than this are logged.
_FAR_OFF_S = 0.025

_log = logging.getLogger(__name__)


class ProvisionalEvents:
    """Filter that passes each provisional event once, and never after the confirmed one.

    Notes
    -----
    Source: docs/gait-metrics.md, "Provisional events". A provisional event may remain without a
    confirmed one, and a confirmed event may come without a provisional one.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all events."""
        self._sent_s: dict[tuple[EventKind, Side], float] = {}
        self._confirmed_s: dict[tuple[EventKind, Side], float] = {}

    def offer(self, event: GaitEvent) -> list[GaitEvent]:
        """Return the provisional event if it is new, else nothing."""
        key = event.kind, event.side
        known = (self._sent_s.get(key, -np.inf), self._confirmed_s.get(key, -np.inf))
        if event.time_s - max(known) < _SAME_WITHIN_S:
            return []
        self._sent_s[key] = event.time_s
        return [event]

    def confirm(self, event: GaitEvent) -> None:
        """Record a confirmed event, and log a large correction."""
        key = event.kind, event.side
        self._confirmed_s[key] = event.time_s
        early_s = event.time_s - self._sent_s.get(key, -np.inf)
        if _FAR_OFF_S < abs(early_s) < _SAME_WITHIN_S:
            word = "early" if early_s > 0 else "late"
            off_ms = 1000 * abs(early_s)
            _log.debug(
                "%s %s at %.3f s was reported %.0f ms %s", *key[::-1], event.time_s, off_ms, word
            )
