"""A TCP relay on loopback that stops forwarding without closing anything, as a dead link does."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Self

_CHUNK = 64 * 1024


class Relay:
    """Forwards connections to a port until told to hold their bytes; a context manager.

    Held bytes, and the ends of connections, are delivered when the link thaws, as TCP would.
    """

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()
        self._to_station = asyncio.Event()
        self._to_page = asyncio.Event()
        self._serving: set[asyncio.Task[None]] = set()
        self._ready = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._run()), name="relay")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(20), "the relay did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._over.set)
        self._thread.join()

    def freeze(self, *, to_station: bool = True, to_page: bool = True) -> None:
        """Forward nothing more in these directions."""
        if to_station:
            self._call(self._to_station.clear)
        if to_page:
            self._call(self._to_page.clear)

    def thaw(self) -> None:
        """Forward again, also what was held."""
        self._call(self._to_station.set)
        self._call(self._to_page.set)

    def _call(self, what: Callable[[], None]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(what)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._to_station.set()
        self._to_page.set()
        async with await asyncio.start_server(self._accept, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._over.wait()
            for task in list(self._serving):
                task.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        station_reader, station_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        try:
            await asyncio.gather(
                _pump(reader, station_writer, self._to_station),
                _pump(station_reader, writer, self._to_page),
            )
        finally:
            for end in (writer, station_writer):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flowing: asyncio.Event
) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            await flowing.wait()
            writer.write(data)
            await writer.drain()
    await flowing.wait()
    with suppress(OSError, RuntimeError):
        writer.close()
