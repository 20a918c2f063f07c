"""Benchmark of a frame sent to a page over loopback: encode, send, receive, acknowledge."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from websockets.sync.client import connect
from websockets.sync.connection import Connection

from edge.messages.frame import Frame
from edge.messages.health import Health, StationState
from edge.offline.bench.samples import Samples
from edge.pose.skeletons.loader import BLAZEPOSE, skeleton
from edge.serve.app import create_app
from edge.serve.live.hub import Hub
from edge.serve.server import serve
from edge.serve.wire import binary, protocol
from edge.serve.wire.encode import hello_for
from edge.settings import paths
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings

NAME = "show"
_PATIENCE_S = 60.0


class LinkBench:
    """A benchmark that publishes frames one by one to a client that acknowledges each."""

    def __init__(self, frames: list[Frame]) -> None:
        self._frames = frames
        self._seen = 0

    def round(self, samples: Samples) -> None:
        """Send every frame once."""
        hub = Hub(ServeSettings(), hello_for(Settings(), "bench", skeleton=skeleton(BLAZEPOSE)))
        with _served(hub) as client:
            for frame in self._frames:
                samples.timed(NAME, _show, hub, client, frame)


def _show(hub: Hub, client: Connection, frame: Frame) -> None:
    hub.publish_frame(frame, None, None)
    while True:
        data = client.recv(timeout=_PATIENCE_S)
        if isinstance(data, bytes):
            header, _ = binary.unpack(data)
            assert isinstance(header, binary.FrameHeader)
            client.send(protocol.encode_text(protocol.Ack(seq=header.seq)))
            return


@contextmanager
def _served(hub: Hub) -> Iterator[Connection]:
    """Serve the hub in a separate thread, and connect one client to it."""
    started = Event()
    urls: list[str] = []
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        stop = asyncio.Event()
        ends.append((asyncio.get_running_loop(), stop))

        def opened(url: str) -> None:
            urls.append(url)
            started.set()

        app = create_app(hub, _health, paths.bundled("web_display"))
        await serve(app, ServeSettings(port=0), started=opened, stop=stop)

    thread = Thread(target=lambda: asyncio.run(run()), name="bench server", daemon=True)
    thread.start()
    if not started.wait(_PATIENCE_S):
        raise RuntimeError("the benchmark's server did not start")
    loop, stop = ends[0]
    try:
        with connect(urls[0].replace("http", "ws") + "ws/live", proxy=None) as client:
            client.recv(timeout=_PATIENCE_S)
            yield client
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _health() -> Health:
    raise NotImplementedError(StationState.LIVE)
