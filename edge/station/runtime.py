"""The life cycle of a station: start-up, run, shutdown; with pages or headless."""

import asyncio
import gc
import logging
import socket
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from edge.capture.port import FrameSource
from edge.messages.health import StageTime
from edge.pose.runtime.low_latency import low_latency
from edge.record.audit import Audit
from edge.record.privacy import Privacy
from edge.sensors.belt_notice import belt_notice
from edge.serve.access.rights import Rights
from edge.serve.binding import bind
from edge.serve.control.controller import Controller
from edge.serve.event_loop import loop_factory
from edge.serve.live.hub import Hub
from edge.serve.live.page_sink import PageSink
from edge.serve.wire.encode import hello_for
from edge.settings import paths
from edge.settings.settings import Settings
from edge.sinks.background import BackgroundSink
from edge.sinks.base import Sink
from edge.sinks.notice_log import NoticeLog
from edge.sinks.recorder import Recorder
from edge.station.assembly import Rig
from edge.station.load.budget import Budget
from edge.station.load.guard import Levers, LoadGuard
from edge.station.loop import Station
from edge.station.service_manager import ServiceManager
from edge.station.signals import stopped_by_signals
from edge.station.supervisor import LOOK_S, Supervisor

if TYPE_CHECKING:
    from fastapi import FastAPI

    from edge.serve.sessions.archive import Archive

_log = logging.getLogger(__name__)


def run_headless(
    source: FrameSource,
    rig: Rig,
    settings: Settings,
    sinks: list[Sink],
    *,
    version: str,
    lossless: bool,
    plugins: Sequence[Sink] = (),
) -> None:
    """Run until the source ends or a signal arrives; re-raises the error of a failed thread.

    The parameters are those of ``run_served``.
    """
    with source, closing(rig.sensors), ServiceManager() as manager:
        all_sinks = [NoticeLog(), _background(sinks, settings), *plugins]
        station = _station(source, rig, settings, all_sinks, version=version, lossless=lossless)
        with low_latency(), stopped_by_signals(station.stop):
            station.start()
            supervisor = Supervisor(station, manager)
            manager.ready()
            while not station.over(LOOK_S):
                supervisor.look()
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
    plugins: Sequence[Sink] = (),
    started: Callable[[str], None],
    listener: socket.socket | None = None,
    rights: Rights | None = None,
    archive: "Callable[[], Archive] | None" = None,
    audit: Audit | None = None,
    privacy: Privacy | None = None,
) -> None:
    """Run with the web server until a signal arrives; re-raises the error of a failed thread.

    Parameters
    ----------
    source, rig, settings
        The camera or file, the assembled pipeline and all settings.
    sinks
        Destinations of the results other than the pages.
    version
        Sent to the pages.
    lossless
        See ``Station``.
    plugins
        Sinks that manage their own threads.
    started
        Called with the page's URL once it can be opened.
    listener
        From ``bind``; without one the address is bound here.
    rights
        The pairings and the audit; without them only this machine is served.
    archive
        Opens the recorded sessions, at every start of the web server; without it none are shown.
    audit
        Where every command is written, by clients on this machine, too.
    privacy
        Keeps *skeleton only*; without it the choice ends with the program.

    Raises
    ------
    ServeError
        If the address is in use or not permitted; raised before any thread starts.
    """
    with source, closing(rig.sensors), ServiceManager() as manager:
        listener = listener or bind(settings.serve)
        hub = Hub(settings.serve, hello_for(settings, version, rig.provider, skeleton=rig.skeleton))
        recorder = next((sink for sink in sinks if isinstance(sink, Recorder)), None)
        controller = Controller(hub, rig.pipeline, settings, recorder)
        privacy = privacy or Privacy()
        loop = loop_factory()()
        stop = asyncio.Event()

        def end() -> None:
            # After a recording ends, the page stays up; a failure ends the program.
            if station.failure is not None:
                loop.call_soon_threadsafe(stop.set)

        station = _station(
            source,
            rig,
            settings,
            [PageSink(hub), controller, NoticeLog(), _background(sinks, settings), *plugins],
            hub,
            version=version,
            lossless=lossless,
            on_end=end,
        )
        controller.greet()
        # Shutdown is covered too: a second signal must not interrupt writing.
        with low_latency(), stopped_by_signals(lambda: loop.call_soon_threadsafe(stop.set)):
            try:
                station.start()
                # Imported while the first frames are processed: it is half of the start-up time.
                from edge.serve.app import create_app
                from edge.serve.web_server import keep_page

                def app() -> "FastAPI":
                    return create_app(
                        hub,
                        station.health,
                        paths.bundled("web_display"),
                        rights=rights,
                        control=controller,
                        archive=None if archive is None else archive(),
                        audit=audit,
                        privacy=privacy,
                    )

                def up(url: str) -> None:
                    manager.ready()
                    started(url)

                gc.freeze()
                page = keep_page(
                    app,
                    settings.serve,
                    started=up,
                    stop=stop,
                    listener=listener,
                    hindered=station.hindered,
                )
                loop.run_until_complete(_looked_after(Supervisor(station, manager), page))
            finally:
                controller.shut_down()
                station.stop()
                station.join()
        loop.close()
    if station.failure is not None:
        raise station.failure


async def _looked_after(supervisor: Supervisor, page: Coroutine[None, None, None]) -> None:
    """Run the web server and the supervisor concurrently."""

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            supervisor.look()

    tasks = {asyncio.create_task(page), asyncio.create_task(look())}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _background(sinks: Sequence[Sink], settings: Settings) -> BackgroundSink:
    return BackgroundSink(sinks, pictures=settings.record.video)


def _station(
    source: FrameSource,
    rig: Rig,
    settings: Settings,
    sinks: list[Sink],
    hub: Hub | None = None,
    *,
    version: str,
    lossless: bool,
    on_end: Callable[[], None] = lambda: None,
) -> Station:
    """Return a station with load shedding."""
    levers = Levers(
        preview=None if hub is None else hub.limit_preview,
        # A file waits for the worker: it needs no smaller model and no skipped frames.
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
        version=version,
        notices=rig.notices,
        sensor_trouble=lambda: rig.sensors.trouble or belt_notice(rig.pipeline.belt),
        budget=Budget(settings.load.late_ms, rig.watch, elsewhere),
        guard=LoadGuard(settings.load, levers, source.info.frame_rate_hz),
        on_end=on_end,
    )
