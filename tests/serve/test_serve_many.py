"""Fifty viewers on real connections, some slow, five that never read: none holds up another."""

import asyncio
import base64
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path

from feed import Station, new_hub, plain_frame
from paired_browser import NAME, paired
from test_serve_fuzz import MOST_GROWTH_KB, resident_kb
from websockets.asyncio.client import connect

from edge.messages.verdict import Cue
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.live.client_queue import MAX_UNACKED
from edge.serve.live.client_registry import MOST_OF_ONE_DEVICE
from edge.serve.wire import binary, protocol

QUICK, SLOW, SILENT = 40, 5, 5
FRAMES = 40
# A slow viewer acknowledges a picture only after this many newer ones were published.
BEHIND = 12
PATIENCE_S = 60


@contextmanager
def silent_viewers(port: int, count: int, who: str = "") -> Iterator[None]:
    """Open connections, ask for the live link, and never read a byte.

    ``who`` is the rest of the head, host and cookie, of somebody who is not on the station.
    """
    who = who or f"Host: 127.0.0.1:{port}\r\n"
    sockets = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        key = base64.b64encode(os.urandom(16)).decode()
        client.sendall(
            f"GET /ws/live HTTP/1.1\r\n{who}Upgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        sockets.append(client)
    try:
        yield
    finally:
        for client in sockets:
            client.close()


class Show:
    """Publishes frame after frame, each when every quick viewer has had the one before."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._changed = asyncio.Condition()
        self._published = -1
        self._had: dict[int, int] = {}
        self.seen: dict[int, list[int]] = {number: [] for number in range(QUICK + SLOW)}
        self.words: dict[int, int] = dict.fromkeys(range(QUICK + SLOW), 0)

    async def run(self) -> None:
        viewers = [asyncio.create_task(self._view(n)) for n in range(QUICK + SLOW)]
        for index in range(FRAMES):
            async with self._changed:
                await self._changed.wait_for(lambda: self._all_quick_had(self._published))
                self._published = index
                self._changed.notify_all()
            self._station.hub.publish(Cue(kind="x", wording=str(index), issued_at_s=float(index)))
            self._station.hub.publish_frame(plain_frame(index, (640, 360)), None, None)
        await asyncio.gather(*viewers)

    def _all_quick_had(self, frame: int) -> bool:
        return sum(had >= frame for had in self._had.values()) == QUICK

    async def _view(self, number: int) -> None:
        quick = number < QUICK
        async with connect(self._station.live_url, proxy=None) as client:
            await client.recv()
            if quick:
                await self._tell(number, -1)
            while self.seen[number][-1:] != [FRAMES - 1] or self.words[number] < FRAMES:
                data = await client.recv()
                if isinstance(data, str):
                    self.words[number] += isinstance(protocol.decode_text(data), protocol.Cue)
                    continue
                header, _ = binary.unpack(data)
                assert isinstance(header, binary.FrameHeader)
                self.seen[number].append(header.frame)
                if not quick:
                    await self._until_published(min(header.frame + BEHIND, FRAMES - 1))
                await client.send(protocol.encode_text(protocol.Ack(seq=header.seq)))
                if quick:
                    await self._tell(number, header.frame)

    async def _tell(self, number: int, frame: int) -> None:
        async with self._changed:
            self._had[number] = frame
            self._changed.notify_all()

    async def _until_published(self, frame: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._published >= frame)


def test_fifty_viewers_of_whom_five_never_read() -> None:
    hub = new_hub(max_clients=50, pictures_hz=100_000.0)
    with Station(hub) as station, silent_viewers(station.port, SILENT):

        async def main() -> Show:
            show = Show(station)
            async with asyncio.timeout(PATIENCE_S):
                while hub.clients < SILENT:
                    await asyncio.sleep(0.01)
            await asyncio.wait_for(show.run(), PATIENCE_S)
            return show

        show = asyncio.run(main())
        times = {time.stage: time.count for time in hub.times()}
        # For a client that does not read, messages queue up, but only one picture.
        owed = [len(box) for box in list(hub._outboxes)]
    for number, frames in show.seen.items():
        assert frames == sorted(set(frames)), "an older picture came"
        assert frames[-1] == FRAMES - 1
        if number < QUICK:
            assert frames == list(range(FRAMES))
        else:
            # Two pictures at each pause of its reading, and the last one.
            assert len(frames) <= 1 + MAX_UNACKED * ceil(FRAMES / BEHIND)
    # No word is lost by anybody who reads.
    assert set(show.words.values()) == {FRAMES}
    assert times["encode"] <= FRAMES
    sent = sum(map(len, show.seen.values()))
    assert sent <= times["send"] <= sent + SILENT * MAX_UNACKED
    assert max(owed, default=0) <= FRAMES + 3


def test_200_idle_live_links_leave_a_paired_device_its_place_and_the_memory_bounded(
    tmp_path: Path,
) -> None:
    rights = Rights(tmp_path)
    hub = new_hub(name=NAME, pictures_hz=100_000.0)
    with Station(hub, rights=rights, name=NAME) as station:
        viewer, idle = (paired(station, rights, Role.VIEWER) for _ in range(2))
        who = f"Host: {idle.host}\r\nOrigin: http://{idle.host}\r\nCookie: {idle.cookie}\r\n"
        # What is imported and cached at the first links is no growth.
        with silent_viewers(station.port, 20, who):
            assert viewer.ask("GET", "/api/me")[0] == 200
        for _ in range(1000):
            if not hub.clients:
                break
            # Asked only to give the station its time.
            assert viewer.ask("GET", "/api/me")[0] == 200
        assert not hub.clients, "links that were left are still there"
        before_kb = resident_kb()
        with silent_viewers(station.port, 200, who), viewer.live() as client:
            seen = 0
            for index in range(FRAMES):
                hub.publish_frame(plain_frame(index, (640, 360)), None, None)
                data = client.recv(timeout=PATIENCE_S)
                while isinstance(data, str):
                    data = client.recv(timeout=PATIENCE_S)
                header, _ = binary.unpack(data)
                assert isinstance(header, binary.FrameHeader)
                client.send(protocol.encode_text(protocol.Ack(seq=header.seq)))
                seen += 1
            assert viewer.ask("GET", "/api/me")[0] == 200
            # The idle device has its share of the places, and no more.
            assert hub.clients == MOST_OF_ONE_DEVICE + 1
            grown_kb = resident_kb() - before_kb
    assert seen == FRAMES
    assert grown_kb < MOST_GROWTH_KB
