"""The page's address is taken away under the running server: a real one, on real sockets."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from feed import healthy
from program import free_port, health
from skeletons import BLAZEPOSE33

from edge.messages.errors import ServeError
from edge.messages.notice import Notice
from edge.serve import web_server as page_module
from edge.serve.app import create_app
from edge.serve.binding import bind
from edge.serve.live.hub import Hub
from edge.serve.web_server import LOST_AFTER, keep_page
from edge.serve.wire.encode import hello_for
from edge.settings import paths
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings

PATIENCE_S = 60.0


class Scene:
    """A page that is being kept up, until the test is over."""

    def __init__(self, port: int) -> None:
        self.settings = ServeSettings(port=port)
        self.listener = bind(self.settings)
        self.hub = Hub(self.settings, hello_for(Settings(), "0.1.0", skeleton=BLAZEPOSE33))
        self.urls: list[str] = []
        self.hindrances: list[Notice] = []
        self.stop = asyncio.Event()
        self.up = asyncio.Event()

    async def run(self, story: Callable[[], Awaitable[None]]) -> None:
        async def tell() -> None:
            async with asyncio.timeout(PATIENCE_S):
                await self.up.wait()
                try:
                    await story()
                finally:
                    self.stop.set()

        def started(url: str) -> None:
            self.urls.append(url)
            self.up.set()

        page = keep_page(
            lambda: create_app(self.hub, healthy, Path(paths.bundled("web_display"))),
            self.settings,
            started=started,
            stop=self.stop,
            listener=self.listener,
            hindered=self.hindrances.append,
        )
        await asyncio.gather(page, tell())

    async def told(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.hindrances) < count:
                await asyncio.sleep(0.01)


@pytest.fixture
def scene() -> Scene:
    return Scene(free_port())


def test_a_page_that_is_well_is_left_alone(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    probed: list[bool] = []

    async def counted(host: str, port: int) -> bool:
        probed.append(await answers(host, port))
        return probed[-1]

    answers = page_module._answers
    monkeypatch.setattr("edge.serve.web_server._answers", counted)
    monkeypatch.setattr("edge.serve.web_server.PROBE_EVERY_S", 0.05)

    async def story() -> None:
        while len(probed) < 3 * LOST_AFTER:
            await asyncio.sleep(0.01)
        assert (await asyncio.to_thread(health, scene.settings.port))["state"] == "live"

    asyncio.run(scene.run(story))
    assert scene.urls == [f"http://127.0.0.1:{scene.settings.port}/"]
    assert all(probed)
    assert scene.hindrances == []


def test_a_lost_address_is_claimed_again_and_told(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.serve.web_server.PROBE_EVERY_S", 0.05)

    async def story() -> None:
        scene.listener.shutdown(socket.SHUT_RDWR)
        await scene.told(2)
        assert (await asyncio.to_thread(health, scene.settings.port))["state"] == "live"

    asyncio.run(scene.run(story))
    assert scene.hindrances == [Notice("page_lost"), Notice()]
    assert len(scene.urls) == 1, "the address is told to people once"


def test_an_address_that_cannot_be_had_is_tried_again_and_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[int] = []

    def refuse_at_first(settings: ServeSettings) -> socket.socket:
        if len(refused) < 3:
            refused.append(settings.port)
            raise ServeError("it is in use")
        return bind(settings)

    monkeypatch.setattr("edge.serve.web_server.PROBE_EVERY_S", 0.05)
    monkeypatch.setattr("edge.serve.web_server.BACKOFF_S", (0.01, 0.05))
    monkeypatch.setattr("edge.serve.web_server.bind", refuse_at_first)

    async def story() -> None:
        scene.listener.shutdown(socket.SHUT_RDWR)
        await scene.told(2)

    asyncio.run(scene.run(story))
    assert len(refused) == 3
    assert scene.hindrances[1] == Notice()


def test_a_station_that_ends_while_its_address_is_lost_ends(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_settings: ServeSettings) -> socket.socket:
        raise ServeError("it is in use")

    monkeypatch.setattr("edge.serve.web_server.PROBE_EVERY_S", 0.05)
    monkeypatch.setattr("edge.serve.web_server.bind", refuse)

    async def story() -> None:
        scene.listener.shutdown(socket.SHUT_RDWR)
        await scene.told(1)

    asyncio.run(scene.run(story))
    assert len(scene.hindrances) == 1
