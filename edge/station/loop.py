"""The live station's two threads: capture hands over, the worker runs the pipeline."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial

import numpy as np

from edge.capture.frame_slot import Handover, Lossless, Slot
from edge.capture.port import FrameSource
from edge.messages.board import Board
from edge.messages.frame import Frame
from edge.messages.health import Health, StationState
from edge.messages.message import Message
from edge.messages.session import StationRun
from edge.pipeline import Pipeline
from edge.settings.load_settings import LoadSettings
from edge.sinks.base import Ended, Processed, Sink
from edge.station.load.budget import Budget
from edge.station.load.guard import Levers, LoadGuard
from edge.station.vitals import Vitals, state_of

_log = logging.getLogger(__name__)

_TAKE_S = 0.25
_HEALTH_EVERY_S = 1.0
_LOG_EVERY_S = 10.0
_LEVELS = {
    StationState.DEGRADED: logging.WARNING,
    StationState.NO_CAMERA: logging.WARNING,
    StationState.STORAGE_FULL: logging.ERROR,
}


class Station:
    """Run one source through one pipeline until it ends, is stopped or fails.

    Parameters
    ----------
    source
        Frames; closed at the end.
    pipeline
        The rooms.
    sinks
        Where the results go.
    model
        Name of the pose model, for the health line.
    provider
        What runs it.
    version
        Toeline's, for the sinks.
    notices
        Sentences that a user should see for as long as the station runs.
    sensor_trouble
        Says what is wrong with a sensor or what it reads; empty if nothing is.
    budget
        Takes in how long everything takes.
    guard
        Decides what is given up when the machine is too slow; by default nothing is.
    lossless
        Let the source wait for the worker instead of skipping frames.
    on_end
        Called once, from the worker's thread, when nothing will come any more.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        source: FrameSource,
        pipeline: Pipeline,
        sinks: list[Sink],
        *,
        model: str,
        lossless: bool,
        provider: str = "",
        version: str = "",
        notices: tuple[str, ...] = (),
        sensor_trouble: Callable[[], str] = lambda: "",
        budget: Budget | None = None,
        guard: LoadGuard | None = None,
        on_end: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._pipeline = pipeline
        self._sinks = sinks
        self._model = model
        self._provider = provider
        self._version = version
        self._notices = notices
        self._sensor_trouble = sensor_trouble
        self._budget = budget or Budget(LoadSettings().late_ms)
        self._guard = guard or LoadGuard(LoadSettings(), Levers(), np.nan)
        self._on_end = on_end
        self._clock = clock
        self._handover: Handover = Lossless() if lossless else Slot[Frame]()
        self._captured = 0
        self._processed = 0
        self._left_out = 0
        self._times_s: deque[float] = deque(maxlen=120)
        self._arrived_s = clock()
        self._told_s = self._logged_s = -np.inf
        self._told_state: StationState | None = None
        self._board = Board()
        self._hindrance = ""
        self._abandoned = False
        self._capture = threading.Thread(target=self._run_capture, name="capture", daemon=True)
        self._worker = threading.Thread(target=self._run_worker, name="worker", daemon=True)
        self._ended = False
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Start both threads; where the system gives none, all is ended before that is raised."""
        self._arrived_s = self._logged_s = self._clock()
        try:
            self._worker.start()
            self._capture.start()
        except RuntimeError:
            self._handover.close()
            if self._worker.ident is None:
                self._end()
            else:
                self._worker.join()
            raise

    def stop(self) -> None:
        """Ask both threads to end; what was captured is still processed and written."""
        self._source.close()

    def join(self) -> None:
        """Wait for both threads, in a way that lets signals through."""
        while self._worker.is_alive() or (self._capture.is_alive() and not self._abandoned):
            self._worker.join(_TAKE_S)
            if not self._worker.is_alive() and not self._abandoned:
                self._capture.join(_TAKE_S)

    def over(self, within_s: float) -> bool:
        """Wait so long for the end of the work; whether it has come."""
        self._worker.join(within_s)
        return not self._worker.is_alive()

    def heed(self, board: Board) -> None:
        """Take in how the board is: a hot one is spared, and people are told."""
        self._board = board

    def hindered(self, by: str) -> None:
        """Take in a sentence about what is wrong elsewhere; an empty one takes it back."""
        self._hindrance = by

    def abandon(self, error: Exception) -> None:
        """End without the camera's thread, which its driver holds on to; all else is completed."""
        self._abandoned = True
        self._fail(error, "capture")
        self._handover.close()

    def health(self) -> Health:
        """Return how the station is running; may be asked from any thread."""
        latency = self._budget.capture_to_pose()
        # Copied at once: the worker goes on adding.
        times = list(self._times_s)
        span_s = times[-1] - times[0] if len(times) > 1 else 0.0
        notices = [sink.notice for sink in self._sinks if sink.storage_full]
        state = state_of(self.vitals())
        silent = state is StationState.NO_CAMERA and not self._source.trouble
        notices += [f"{self._source.info.name} gives no pictures" if silent else ""]
        notices += [self._source.trouble, self._hindrance]
        notices += [sink.notice for sink in self._sinks]
        notices += [self._board.notice, self._guard.notice, self._sensor_trouble()]
        notices += [*self._notices, *self._source.info.notices]
        return Health(
            state=state,
            source=self._source.info.name,
            model=self._guard.model or self._model,
            frame_rate_hz=(len(times) - 1) / span_s if span_s > 0 else np.nan,
            captured=self._captured,
            processed=self._processed,
            dropped=self._dropped,
            frame_age_s=self._clock() - self._arrived_s,
            capture_to_pose_p50_ms=latency.p50_ms,
            capture_to_pose_p95_ms=latency.p95_ms,
            notice=next(filter(None, notices), ""),
            late=self._budget.late,
            shed=self._guard.shed,
            provider=self._provider,
            times=self._budget.times(),
            temperature_c=self._board.temperature_c,
            board=self._board.conditions,
            video=any(sink.records_video for sink in self._sinks),
        )

    def vitals(self) -> Vitals:
        """Return what its state follows from; may be asked from any thread."""
        return Vitals(
            time_s=self._clock(),
            arrived_s=self._arrived_s,
            answered_s=self._source.answered_s,
            captured=self._captured,
            processed=self._processed + self._left_out,
            camera_lost=self._source.camera_lost,
            storage_full=any(sink.storage_full for sink in self._sinks),
            hindered=bool(
                self._source.trouble
                or self._hindrance
                or self._guard.shed
                or self._board.notice
                or any(sink.notice for sink in self._sinks)
            ),
            ended=self._ended,
            failed=self.failure is not None,
        )

    @property
    def _dropped(self) -> int:
        return self._handover.dropped + self._left_out

    def _run_capture(self) -> None:
        try:
            for frame in self._source:
                self._captured += 1
                self._arrived_s = self._clock()
                self._handover.put(frame)
        except Exception as error:
            self._fail(error, "capture")
        finally:
            self._handover.close()

    def _run_worker(self) -> None:
        try:
            self._open_sinks()
            while not self._handover.closed:
                frame = self._handover.take(_TAKE_S)
                if frame is not None:
                    self._process(frame)
                self._tell()
            # What was handed over last may have come between the two.
            while (frame := self._handover.take(0.0)) is not None:
                self._process(frame)
        except Exception as error:
            self._fail(error, "worker")
        finally:
            # A source that waits for room would wait for ever.
            self._handover.close()
            self._end()

    def _open_sinks(self) -> None:
        run = StationRun(
            toeline=self._version,
            source=self._source.info.name,
            model=self._model,
            provider=self._provider,
        )
        for sink in self._sinks:
            sink.open(run)

    def _process(self, frame: Frame) -> None:
        if self._guard.leaves_out(frame.time_s):
            self._left_out += 1
            return
        began_s = self._clock()
        self._budget.begin(1000 * (began_s - frame.arrived_s))
        outcome = self._pipeline.update(frame)
        latency_ms = 1000 * (self._clock() - frame.arrived_s)
        late = self._budget.decided(latency_ms)
        self._processed += 1
        if self._processed == 1:
            _log.info("the first frame is decided")
        if frame.breaks:
            self._times_s.clear()
        self._times_s.append(frame.time_s)
        for sink in self._sinks:
            sink.write(Processed(frame=frame, outcome=outcome, latency_ms=latency_ms))
        self._budget.end()
        self._guard.worked(1000 * (self._clock() - began_s), late=late)

    def _tell(self, *, now: bool = False) -> None:
        time_s = self._clock()
        self._guard.look(time_s, self._captured, self._handover.dropped, hot=self._board.hot)
        state = state_of(self.vitals())
        changed = state is not self._told_state
        if not now and not changed and time_s - self._told_s < _HEALTH_EVERY_S:
            return
        self._told_s = time_s
        health = self.health()
        if changed:
            self._told_state = state
            _log.log(_LEVELS.get(state, logging.INFO), "%s", _change(health))
        for sink in self._sinks:
            sink.write(health)
        if now or time_s - self._logged_s >= _LOG_EVERY_S:
            self._logged_s = time_s
            _log.info("%s", _line(health))

    def _end(self) -> None:
        """Close everything, each part whatever became of the others."""
        messages: list[Message] = []
        steps: list[Callable[[], object]] = [
            self._source.close,
            lambda: messages.extend(self._pipeline.finish()),
            *(partial(sink.write, Ended(messages=messages)) for sink in self._sinks),
            self._tell_end,
            *(sink.close for sink in self._sinks),
        ]
        for step in steps:
            try:
                step()
            except Exception as error:
                self._fail(error, "worker")
        self._on_end()

    def _tell_end(self) -> None:
        self._ended = True
        self._tell(now=True)

    def _fail(self, error: Exception, thread: str) -> None:
        _log.error("the %s thread failed", thread, exc_info=error)
        if self.failure is None:
            # What failed first is the cause.
            self.failure = error


def _change(health: Health) -> str:
    """Return the sentence about a new state."""
    return f"the station is {health.state}" + (f": {health.notice}" if health.notice else "")


def _line(health: Health) -> str:
    """Return the health in one line of the log."""
    ends = [time for time in health.times if time.stage.startswith("capture_to_")]
    latencies = ", ".join(
        f"{time.stage.removeprefix('capture_to_')} {time.p50_ms:.0f}/{time.p95_ms:.0f}/"
        f"{time.p99_ms:.0f}"
        for time in ends
    )
    parts = [
        f"{health.state}: {health.frame_rate_hz:.1f} frames/s",
        f"ms from capture (p50/p95/p99) to {latencies}",
        f"{health.captured} captured, {health.dropped} dropped, {health.late} late",
        f"{health.model} on {health.provider}",
        "recording video" if health.video else "",
        health.shed,
        "" if np.isnan(health.temperature_c) else f"{health.temperature_c:.0f} C",
        *health.board,
    ]
    return "; ".join(filter(None, parts))
