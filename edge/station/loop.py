"""The live station's two threads: capture, and the worker that runs the pipeline."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from edge.capture.frame_slot import Handover, Lossless, Slot
from edge.capture.port import FrameSource
from edge.messages.board import Board
from edge.messages.frame import Frame
from edge.messages.health import Health
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.session import StationRun
from edge.pipeline import Pipeline
from edge.settings.load_settings import LoadSettings
from edge.sinks.base import Ended, Processed, Sink
from edge.station.frame_counts import FrameCounts
from edge.station.health_publisher import HealthPublisher
from edge.station.health_report import HealthReport
from edge.station.load.budget import Budget
from edge.station.load.guard import Levers, LoadGuard
from edge.station.vitals import Vitals

_log = logging.getLogger(__name__)

_TAKE_S = 0.25


class Station:
    """Run one source through one pipeline until it ends, is stopped or fails.

    Parameters
    ----------
    source
        Frames; closed at the end.
    pipeline
        Processes the frames.
    sinks
        Destinations of the results.
    model
        Name of the pose model, for the health report.
    provider
        The execution provider of the pose model.
    version
        Version of Toeline, for the sinks.
    notices
        What is wrong as long as the station runs.
    sensor_trouble
        Returns what is wrong with a sensor or its readings; empty if nothing.
    budget
        Records all latencies.
    guard
        Sheds load when the machine is too slow; by default nothing is shed.
    lossless
        Let the source wait for the worker instead of skipping frames.
    on_end
        Called once on the worker's thread, after everything has ended.
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
        notices: tuple[Notice, ...] = (),
        sensor_trouble: Callable[[], Notice] = Notice,
        budget: Budget | None = None,
        guard: LoadGuard | None = None,
        on_end: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._pipeline = pipeline
        self._sinks = sinks
        self._run = StationRun(
            toeline=version, source=source.info.name, model=model, provider=provider
        )
        self._budget = budget or Budget(LoadSettings().late_ms)
        self._guard = guard or LoadGuard(LoadSettings(), Levers(), np.nan)
        self._on_end = on_end
        self._clock = clock
        self._handover: Handover = Lossless() if lossless else Slot[Frame]()
        self._counts = FrameCounts(clock)
        self._report = HealthReport(
            source,
            sinks,
            self._budget,
            self._guard,
            self._handover,
            self._counts,
            model=model,
            provider=provider,
            notices=notices,
            sensor_trouble=sensor_trouble,
            clock=clock,
        )
        self._publisher = HealthPublisher(self._report, sinks, clock)
        self._abandoned = False
        self._capture = threading.Thread(target=self._run_capture, name="capture", daemon=True)
        self._worker = threading.Thread(target=self._run_worker, name="worker", daemon=True)

    @property
    def failure(self) -> BaseException | None:
        """The first error of a thread; None if there is none."""
        return self._report.failure

    def start(self) -> None:
        """Start both threads; if one cannot be started, end everything, then raise."""
        self._counts.begin()
        self._publisher.begin()
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
        """Ask both threads to end; captured frames are still processed and written."""
        self._source.close()

    def join(self) -> None:
        """Wait for both threads, without blocking signals."""
        while self._worker.is_alive() or (self._capture.is_alive() and not self._abandoned):
            self._worker.join(_TAKE_S)
            if not self._worker.is_alive() and not self._abandoned:
                self._capture.join(_TAKE_S)

    def over(self, within_s: float) -> bool:
        """Wait up to ``within_s`` for the worker; return whether it has ended."""
        self._worker.join(within_s)
        return not self._worker.is_alive()

    def heed(self, board: Board) -> None:
        """Update the condition of the board, which affects load shedding and health."""
        self._report.board = board

    def hindered(self, by: Notice) -> None:
        """Set the notice about a problem elsewhere; an empty one clears it."""
        self._report.hindrance = by

    def abandon(self, error: Exception) -> None:
        """End without the capture thread, which the driver blocks; complete everything else."""
        self._abandoned = True
        self._fail(error, "capture")
        self._handover.close()

    def health(self) -> Health:
        """Return the station's health; callable from any thread."""
        return self._report.health()

    def vitals(self) -> Vitals:
        """Return the vital signs; callable from any thread."""
        return self._report.vitals()

    def _run_capture(self) -> None:
        try:
            for frame in self._source:
                self._counts.capture()
                self._handover.put(frame)
        except Exception as error:
            self._fail(error, "capture")
        finally:
            self._handover.close()

    def _run_worker(self) -> None:
        try:
            for sink in self._sinks:
                sink.open(self._run)
            while not self._handover.closed:
                frame = self._handover.take(_TAKE_S)
                if frame is not None:
                    self._process(frame)
                self._tell()
            # The last frame may have arrived between the take and the check.
            while (frame := self._handover.take(0.0)) is not None:
                self._process(frame)
        except Exception as error:
            self._fail(error, "worker")
        finally:
            # A source that waits for room would otherwise wait forever.
            self._handover.close()
            self._end()

    def _process(self, frame: Frame) -> None:
        if self._guard.leaves_out(frame.time_s):
            self._counts.left_out += 1
            return
        began_s = self._clock()
        self._budget.begin(1000 * (began_s - frame.arrived_s))
        outcome = self._pipeline.update(frame)
        latency_ms = 1000 * (self._clock() - frame.arrived_s)
        late = self._budget.decided(latency_ms)
        self._counts.process(frame)
        if self._counts.processed == 1:
            _log.info("the first frame is decided")
        for sink in self._sinks:
            sink.write(Processed(frame=frame, outcome=outcome, latency_ms=latency_ms))
        self._budget.end()
        self._guard.worked(1000 * (self._clock() - began_s), late=late)

    def _tell(self, *, now: bool = False) -> None:
        captured, dropped = self._counts.captured, self._handover.dropped
        self._guard.look(self._clock(), captured, dropped, hot=self._report.board.hot)
        self._publisher.publish(now=now)

    def _end(self) -> None:
        """Close everything; a failure of one step does not prevent the others."""
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
        self._report.ended = True
        self._tell(now=True)

    def _fail(self, error: Exception, thread: str) -> None:
        _log.error("the %s thread failed", thread, exc_info=error)
        if self._report.failure is None:
            # The first failure is the cause.
            self._report.failure = error
