"""A station's life: startup, run, shutdown; with a page or headless."""

import asyncio
import gc
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from typing import TextIO

from edge import resources
from edge.aside import Aside
from edge.assembly import Rig
from edge.capture.source import FrameSource
from edge.load.budget import Budget
from edge.load.guard import Levers, LoadGuard
from edge.messages import Frame, Health, Message, StageTime, StrideMetrics
from edge.pipeline import Outcome, Pipeline
from edge.record.errors import RecordError
from edge.record.result_folder import ResultFolder
from edge.record.session_log import session_directory
from edge.record.summary import SessionFacts, SessionSummary
from edge.record.tables import STRIDE_COLUMNS, csv_line, stride_row
from edge.serve import wire
from edge.serve.binding import bind
from edge.serve.event_loop import loop_factory
from edge.serve.hub import Hub
from edge.serve.translate import hello_for
from edge.settings import Settings, settings_sha256
from edge.signals import stopped_by_signals
from edge.station import Sink, Station
from edge.steady import steady

_log = logging.getLogger(__name__)

_CHECKPOINT_S = 30.0


class Recorder:
    """Write a live session into its folder; a failing disk stops the recording, not the station."""

    def __init__(self, folder: Path, summary: SessionSummary) -> None:
        self._record = ResultFolder(folder)
        self._summary = summary
        # The first frame brings the first summary: no session is without one for long.
        self._checkpoint_s = -inf
        self.folder = folder
        self.notice = ""

    def frame(self, frame: Frame, outcome: Outcome, latency_ms: float) -> None:
        """Record one frame's messages."""
        self._summary.capture_to_pose(latency_ms)
        self._write(outcome.messages)
        if frame.time_s - self._checkpoint_s >= _CHECKPOINT_S and not self.notice:
            self._checkpoint_s = frame.time_s
            self._guard(lambda: self._record.checkpoint(self._summary.result()))

    def health(self, health: Health) -> None:
        """Nothing: health is logged, not recorded."""

    def finish(self, messages: list[Message], captured: int, dropped: int) -> None:
        """Write what was open and the session's summary."""
        self._write(messages)
        session = self._summary.result(captured=captured, dropped=dropped)
        self._guard(lambda: self._record.close(session))

    def _write(self, messages: list[Message]) -> None:
        for message in messages:
            self._summary.update(message)
            if not self.notice:
                self._guard(partial(self._record.write, message))

    def _guard(self, write: Callable[[], None]) -> None:
        try:
            write()
        except RecordError as error:
            if not self.notice:
                self.notice = f"recording stopped: {error}"
                _log.error("%s", self.notice)


class StrideLines:
    """Write each stride as a line of CSV to a stream; one that nobody reads is given up."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.notice = ""
        self._line(list(STRIDE_COLUMNS))

    def frame(self, frame: Frame, outcome: Outcome, latency_ms: float) -> None:
        """Write the strides that this frame closed."""
        for message in outcome.messages:
            if isinstance(message, StrideMetrics):
                self._line(stride_row(message))

    def health(self, health: Health) -> None:
        """Nothing: health goes to the log."""

    def finish(self, messages: list[Message], captured: int, dropped: int) -> None:
        """Nothing: every line is out already."""

    def _line(self, cells: list[str]) -> None:
        if self.notice:
            return
        try:
            self._stream.write(csv_line(cells) + "\n")
            self._stream.flush()
        except OSError as error:
            self.notice = f"strides are no longer written out: {error.strerror}"
            _log.warning("%s", self.notice)
            # Else the interpreter would try once more to write the rest, at its end.
            with suppress(OSError):
                self._stream.close()


class Broadcast:
    """Give everything to the hub."""

    notice = ""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def frame(self, frame: Frame, outcome: Outcome, latency_ms: float) -> None:
        """Publish the picture with its overlay, then what was decided."""
        self._hub.publish_frame(frame, outcome.pose, outcome.state)
        for message in outcome.messages:
            self._hub.publish(message)

    def health(self, health: Health) -> None:
        """Publish the health."""
        self._hub.publish_health(health)

    def finish(self, messages: list[Message], captured: int, dropped: int) -> None:
        """Nothing: the last poses are for the record."""


def new_recorder(
    source: FrameSource, pipeline: Pipeline, settings: Settings, *, version: str, data: Path
) -> Recorder:
    """Open a new session folder under ``data``; raises ``RecordError`` if that is impossible."""
    facts = SessionFacts(
        toeline=version,
        source=source.info.name,
        model=settings.pose.model,
        config_sha256=settings_sha256(settings),
        nominal_rate_hz=source.info.frame_rate_hz,
        belt_speed_mps=settings.gait.belt_speed_mps,
    )
    folder = session_directory(data, datetime.now(UTC))
    return Recorder(folder, SessionSummary(facts, lambda: pipeline.speed_mps))


def run_headless(
    source: FrameSource,
    rig: Rig,
    settings: Settings,
    sinks: list[Sink],
    *,
    lossless: bool,
) -> None:
    """Run until the source ends or a signal comes; re-raises what a thread failed with."""
    with source:
        station = _station(source, rig, settings, [Aside(sinks)], lossless=lossless)
        with steady(), stopped_by_signals(station.stop):
            station.start()
            station.join()
    if station.failure is not None:
        raise station.failure


def run_served(
    source: FrameSource,
    rig: Rig,
    settings: Settings,
    sinks: list[Sink],
    *,
    version: str,
    lossless: bool,
    started: Callable[[str], None],
    listener: socket.socket | None = None,
) -> None:
    """Run with the page until a signal comes; raises what failed.

    Parameters
    ----------
    source, rig, settings
        What runs.
    sinks
        Where the results go besides the page.
    version
        Told to the page.
    lossless
        See ``Station``.
    started
        Told the page's address once it can be opened.
    listener
        From ``bind``; without one the address is bound here.

    Raises
    ------
    edge.serve.binding.ServeError
        If the address is taken or not allowed; before any thread starts.
    """
    with source:
        listener = listener or bind(settings.serve)
        hub = Hub(settings.serve, hello_for(settings, version, rig.provider))
        loop = loop_factory()()
        stop = asyncio.Event()

        def end() -> None:
            # A recording that ended stays on the page; a failure ends the program.
            if station.failure is not None:
                loop.call_soon_threadsafe(stop.set)

        station = _station(
            source,
            rig,
            settings,
            [Broadcast(hub), Aside(sinks)],
            hub,
            lossless=lossless,
            on_end=end,
        )
        _tell_session(hub, sinks)
        # The end is inside, too: a second signal must not cut off what is being written.
        with steady(), stopped_by_signals(lambda: loop.call_soon_threadsafe(stop.set)):
            station.start()
            try:
                # Imported while the first frames are measured: it takes as long as all else.
                from edge.serve.app import create_app
                from edge.serve.server import serve

                app = create_app(hub, station.health, resources.bundled("web_display"))
                gc.freeze()
                loop.run_until_complete(
                    serve(app, settings.serve, started=started, stop=stop, listener=listener)
                )
            finally:
                station.stop()
                station.join()
        loop.close()
    if station.failure is not None:
        raise station.failure


def _station(
    source: FrameSource,
    rig: Rig,
    settings: Settings,
    sinks: list[Sink],
    hub: Hub | None = None,
    *,
    lossless: bool,
    on_end: Callable[[], None] = lambda: None,
) -> Station:
    """Return a station that watches its own load, and gives up what it may when it is too slow."""
    levers = Levers(
        preview=None if hub is None else hub.limit_preview,
        # A recording is waited for: nothing of it may be measured worse or left out.
        smaller_model=None if lossless else rig.smaller_model,
        pose_rate=not lossless,
    )
    elsewhere: Callable[[], tuple[StageTime, ...]] = tuple if hub is None else hub.times
    return Station(
        source,
        rig.pipeline,
        sinks,
        model=settings.pose.model,
        lossless=lossless,
        provider=rig.provider,
        notices=rig.notices,
        budget=Budget(settings.load.late_ms, rig.watch, elsewhere),
        guard=LoadGuard(settings.load, levers, source.info.frame_rate_hz),
        on_end=on_end,
    )


def _tell_session(hub: Hub, sinks: list[Sink]) -> None:
    for sink in sinks:
        if isinstance(sink, Recorder):
            hub.publish(
                wire.Session(
                    name=sink.folder.name,
                    started_at=datetime.now(UTC).isoformat(timespec="seconds"),
                    recording=True,
                )
            )
