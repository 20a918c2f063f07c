"""A station's health, collected from all of its parts."""

from collections.abc import Callable, Sequence

from edge.capture.frame_slot import Handover
from edge.capture.port import FrameSource
from edge.messages.board import Board
from edge.messages.health import Health, StationState
from edge.messages.notice import Notice
from edge.sinks.base import Sink
from edge.station.frame_counts import FrameCounts
from edge.station.load.budget import Budget
from edge.station.load.guard import LoadGuard
from edge.station.vitals import Vitals, state_of


class HealthReport:
    """Source of health reports; callable from any thread.

    Parameters
    ----------
    source, sinks, budget, guard, handover, counts
        Parts of the station.
    model, provider
        The pose model and its execution provider.
    notices
        What is wrong as long as the station runs.
    sensor_trouble
        Returns what is wrong with a sensor or its readings; empty if nothing.
    clock
        Monotonic seconds.

    Attributes
    ----------
    board
        Condition of the board.
    hindrance
        A problem elsewhere; empty if there is none.
    ended
        Whether the source has ended.
    failure
        The error of a failed thread.
    """

    def __init__(
        self,
        source: FrameSource,
        sinks: Sequence[Sink],
        budget: Budget,
        guard: LoadGuard,
        handover: Handover,
        counts: FrameCounts,
        *,
        model: str,
        provider: str,
        notices: tuple[Notice, ...],
        sensor_trouble: Callable[[], Notice],
        clock: Callable[[], float],
    ) -> None:
        self._source = source
        self._sinks = sinks
        self._budget = budget
        self._guard = guard
        self._handover = handover
        self._counts = counts
        self._model = model
        self._provider = provider
        self._notices = notices
        self._sensor_trouble = sensor_trouble
        self._clock = clock
        self.board = Board()
        self.hindrance = Notice()
        self.ended = False
        self.failure: BaseException | None = None

    def health(self) -> Health:
        """Return the station's health."""
        latency, counts = self._budget.capture_to_pose(), self._counts
        state = state_of(self.vitals())
        return Health(
            state=state,
            source=self._source.info.name,
            model=self._guard.model or self._model,
            frame_rate_hz=counts.rate_hz,
            captured=counts.captured,
            processed=counts.processed,
            dropped=self._handover.dropped + counts.left_out,
            frame_age_s=self._clock() - counts.arrived_s,
            capture_to_pose_p50_ms=latency.p50_ms,
            capture_to_pose_p95_ms=latency.p95_ms,
            notice=next(filter(None, self._all_notices(state)), Notice()),
            late=self._budget.late,
            shed=self._guard.shed,
            provider=self._provider,
            times=self._budget.times(),
            temperature_c=self.board.temperature_c,
            board=self.board.conditions,
            video=any(sink.records_video for sink in self._sinks),
        )

    def vitals(self) -> Vitals:
        """Return the station's vital signs."""
        return Vitals(
            time_s=self._clock(),
            arrived_s=self._counts.arrived_s,
            answered_s=self._source.answered_s,
            captured=self._counts.captured,
            processed=self._counts.processed + self._counts.left_out,
            camera_lost=self._source.camera_lost,
            storage_full=any(sink.storage_full for sink in self._sinks),
            hindered=bool(
                self._source.trouble
                or self.hindrance
                or self._guard.shed
                or self.board.notice
                or any(sink.notice for sink in self._sinks)
            ),
            ended=self.ended,
            failed=self.failure is not None,
        )

    def _all_notices(self, state: StationState) -> list[Notice]:
        """Return all notices, most important first, including empty ones."""
        silent = state is StationState.NO_CAMERA and not self._source.trouble
        name = self._source.info.name
        return [
            *(sink.notice for sink in self._sinks if sink.storage_full),
            Notice("camera_silent", camera=name) if silent else Notice(),
            self._source.trouble,
            self.hindrance,
            *(sink.notice for sink in self._sinks),
            self.board.notice,
            self._guard.notice,
            self._sensor_trouble(),
            *self._notices,
            *self._source.info.notices,
        ]
