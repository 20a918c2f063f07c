import asyncio
import signal
import socket
from typing import Any

import pytest
from feed import WEB_DIR, healthy, new_hub, plain_frame

from edge.messages.errors import ServeError
from edge.serve.access.addresses import is_loopback
from edge.serve.app import create_app
from edge.serve.binding import bind, url_of
from edge.serve.event_loop import loop_factory
from edge.serve.live import preview as preview_module
from edge.serve.live.pictures import PictureError
from edge.serve.server import serve
from edge.settings.serve_settings import ServeSettings


def test_a_used_port_is_one_sentence() -> None:
    with bind(ServeSettings(port=0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(ServeError) as error:
            bind(ServeSettings(port=port))
    assert str(error.value) == (
        f"port {port} on 127.0.0.1 is already in use; choose another with --port"
    )


def test_a_port_is_free_again_after_use() -> None:
    with bind(ServeSettings(port=0)) as first:
        port = first.getsockname()[1]
    bind(ServeSettings(port=port)).close()


@pytest.mark.parametrize("address", ["station.local", "", "1.2.3", "0.0.0.0 "])
def test_what_is_no_address_is_refused_in_one_sentence(address: str) -> None:
    with pytest.raises(ServeError, match=r"^cannot listen on '.*': that is no address, as 0"):
        bind(ServeSettings(listen=address, port=0))


def test_all_addresses_are_opened_here_by_the_loopback_one() -> None:
    with bind(ServeSettings(listen="0.0.0.0", port=0)) as listener:
        port = listener.getsockname()[1]
        assert url_of(listener) == f"http://127.0.0.1:{port}/"
        assert url_of(listener, secure=True) == f"https://127.0.0.1:{port}/"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_addresses_are_known(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "testclient", "", "localhost.evil"])
def test_others_are_not_loopback(address: str) -> None:
    assert not is_loopback(address)


def test_url_names_where_it_listens() -> None:
    with bind(ServeSettings(listen="localhost", port=0)) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}/"


def test_signals_are_left_to_the_program() -> None:
    before = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)]

    async def main() -> None:
        stop = asyncio.Event()
        during: list[Any] = []

        def started(url: str) -> None:
            during.extend(signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM))
            stop.set()

        app = create_app(new_hub(), healthy, WEB_DIR)
        await asyncio.wait_for(serve(app, ServeSettings(port=0), started=started, stop=stop), 20)
        # asyncio.run itself takes over SIGINT in the main thread; the server adds nothing.
        assert during[1] == before[1]

    asyncio.run(main())
    assert [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_bound_socket_can_be_handed_over_and_is_closed() -> None:
    listener = bind(ServeSettings(port=0))
    urls: list[str] = []

    async def main() -> None:
        stop = asyncio.Event()
        stop.set()
        app = create_app(new_hub(), healthy, WEB_DIR)
        await serve(app, ServeSettings(), started=urls.append, stop=stop, listener=listener)

    url = url_of(listener)
    asyncio.run(main())
    assert urls == [url]
    assert listener.fileno() == -1


def test_a_used_port_fails_before_anything_starts() -> None:
    started: list[str] = []

    async def main(port: int) -> None:
        app = create_app(new_hub(), healthy, WEB_DIR)
        await serve(app, ServeSettings(port=port), started=started.append, stop=asyncio.Event())

    with bind(ServeSettings(port=0)) as first, pytest.raises(ServeError):
        asyncio.run(main(first.getsockname()[1]))
    assert started == []


def test_a_hub_that_fails_ends_the_server_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(image: Any, quality: int) -> bytes:
        raise PictureError("no picture")

    monkeypatch.setattr(preview_module, "jpeg_bytes", fail)
    hub = new_hub()

    async def main() -> None:
        def started(url: str) -> None:
            assert hub.join() is not None
            hub.publish_frame(plain_frame(0), None, None)

        app = create_app(hub, healthy, WEB_DIR)
        stop = asyncio.Event()
        await asyncio.wait_for(serve(app, ServeSettings(port=0), started=started, stop=stop), 20)

    with pytest.raises(PictureError, match="no picture"):
        asyncio.run(main())


def test_the_loop_factory_makes_a_loop() -> None:
    loop = loop_factory()()
    try:
        assert isinstance(loop, asyncio.AbstractEventLoop)
    finally:
        loop.close()


def test_ipv6_loopback_is_served_where_there_is_one() -> None:
    if not socket.has_ipv6:
        return
    with bind(ServeSettings(listen="::1", port=0)) as listener:
        assert url_of(listener).startswith("http://[::1]:")
