"""Regular health reports to the sinks and the log."""

import logging
from collections.abc import Callable, Sequence
from math import inf
from typing import Final

from edge.messages.health import StationState
from edge.sinks.base import Sink
from edge.station.health_lines import change_line, health_line
from edge.station.health_report import HealthReport
from edge.station.vitals import state_of

_HEALTH_EVERY_S: Final = 1.0
_LOG_EVERY_S: Final = 10.0
_LEVELS: Final = {
    StationState.DEGRADED: logging.WARNING,
    StationState.NO_CAMERA: logging.WARNING,
    StationState.STORAGE_FULL: logging.ERROR,
}

_log = logging.getLogger(__name__)


class HealthPublisher:
    """Reports the health about once a second, and immediately when the state changes.

    Parameters
    ----------
    report
        Source of the health reports.
    sinks
        Receivers of the health reports.
    clock
        Monotonic seconds.
    """

    def __init__(
        self, report: HealthReport, sinks: Sequence[Sink], clock: Callable[[], float]
    ) -> None:
        self._report = report
        self._sinks = sinks
        self._clock = clock
        self._published_s = self._logged_s = -inf
        self._published_state: StationState | None = None

    def begin(self) -> None:
        """Start the interval before the first regular log line."""
        self._logged_s = self._clock()

    def publish(self, *, now: bool = False) -> None:
        """Report the health if it is due, or ``now``."""
        time_s = self._clock()
        state = state_of(self._report.vitals())
        changed = state is not self._published_state
        if not now and not changed and time_s - self._published_s < _HEALTH_EVERY_S:
            return
        self._published_s = time_s
        health = self._report.health()
        if changed:
            self._published_state = state
            _log.log(_LEVELS.get(state, logging.INFO), "%s", change_line(health))
        for sink in self._sinks:
            sink.write(health)
        if now or time_s - self._logged_s >= _LOG_EVERY_S:
            self._logged_s = time_s
            _log.info("%s", health_line(health))
