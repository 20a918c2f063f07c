"""Small records, and a station served on a free loopback port."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from edge.messages import Frame, Health, KeyPose
from edge.serve import wire
from edge.serve.app import create_app
from edge.serve.hub import Hub
from edge.serve.server import serve
from edge.serve.translate import hello_for
from edge.settings import ServeSettings, Settings
from feed import healthy

WEB_DIR = Path(__file__).parents[2] / "web_display"


def frame(index: int, fps: float = 60.0, size: tuple[int, int] = (64, 48)) -> Frame:
    width, height = size
    image = np.full((height, width, 3), index % 251, dtype=np.uint8)
    return Frame(index=index, time_s=index / fps, image=image)


@pytest.fixture
def hello() -> wire.Hello:
    return hello_for(Settings(), "0.1.0")


@pytest.fixture
def hub(hello: wire.Hello) -> Hub:
    return Hub(ServeSettings(), hello)


class Station:
    """A served station: its URL, and the hub that feeds it."""

    def __init__(self, hub: Hub, health: Callable[[], Health]) -> None:
        self.hub = hub
        self.url = ""
        self._health = health
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._started = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), name="server")

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        settings = ServeSettings(port=0)
        app = create_app(self.hub, self._health, WEB_DIR)
        await serve(app, settings, started=self._heard, stop=self._stop)

    def _heard(self, url: str) -> None:
        self.url = url
        self._started.set()

    def __enter__(self) -> "Station":
        self._thread.start()
        assert self._started.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()


@pytest.fixture
def station(hub: Hub) -> Iterator[Station]:
    with Station(hub, healthy) as running:
        yield running


__all__ = ["KeyPose", "Station", "frame"]
