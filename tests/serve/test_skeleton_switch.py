"""*Skeleton only*: what is on its way to a page at the switch loses its picture."""

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from feed import new_hub, plain_frame
from hub_messages import key_pose
from msgspec.structs import replace

from edge.serve.control.command_router import FIRST_DISPLAY
from edge.serve.live.client_queue import ClientQueue
from edge.serve.live.history import Still
from edge.serve.live.hub import Hub
from edge.serve.live.pictures import Picture
from edge.serve.routes import _parts
from edge.serve.wire import binary
from edge.serve.wire.commands import Shown
from edge.serve.wire.encode import frame_header
from edge.serve.wire.status_messages import Display


def hidden(on: bool) -> Display:
    return replace(FIRST_DISPLAY, shown=Shown.SKELETON if on else Shown.PICTURE)


async def jpegs(queue: ClientQueue, count: int) -> list[int]:
    """Take messages until there were ``count`` packets; return the sizes of their pictures."""
    sizes: list[int] = []
    while len(sizes) < count:
        packet = await asyncio.wait_for(queue.take(), 20)
        queue.sent()
        if isinstance(packet, bytes):
            sizes.append(len(binary.unpack(packet)[1]))
    return sizes


@asynccontextmanager
async def joined(hub: Hub) -> AsyncIterator[ClientQueue]:
    """Run a hub with one client."""
    running = asyncio.create_task(hub.run())
    queue = hub.join()
    assert queue is not None
    yield queue
    running.cancel()


def test_a_still_being_encoded_at_the_switch_is_sent_without_its_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = new_hub()
    encode = hub._preview.of_still
    switched: list[bool] = []

    async def of_still(still: Still) -> bytes:
        packet = await encode(still)
        if not switched:
            switched.append(True)
            hub.broadcast(hidden(on=True))
        return packet

    monkeypatch.setattr(hub._preview, "of_still", of_still)

    async def main() -> None:
        async with joined(hub) as queue:
            hub.publish_frame(plain_frame(0), None, None)
            hub.publish(key_pose(0))
            assert await jpegs(queue, 1) == [0]
            assert switched

    asyncio.run(main())


def test_pictures_that_wait_for_a_slow_client_are_taken_out() -> None:
    hub = new_hub()

    async def main() -> None:
        async with joined(hub) as queue:
            hub.publish_frame(plain_frame(0), None, None)
            hub.publish(key_pose(0))
            # The greeting, the runner's key, the frame and the still.
            while len(queue) < 4:
                await asyncio.sleep(0)
            hub.broadcast(hidden(on=True))
            assert await jpegs(queue, 2) == [0, 0]

    asyncio.run(main())


def test_a_picture_taken_meanwhile_is_not_sent_afterwards() -> None:
    hub = new_hub()

    async def main() -> None:
        async with joined(hub) as queue:
            hub.broadcast(hidden(on=True))
            hub.publish_frame(plain_frame(0), None, None)
            assert await jpegs(queue, 1) == [0]
            hub.publish(key_pose(0))
            assert await jpegs(queue, 1) == [0]
            hub.broadcast(hidden(on=False))
            # Of the frame from before the switch back; nobody was there to be sent it before.
            hub.publish(key_pose(0))
            assert await jpegs(queue, 1) == [0]
            hub.publish_frame(plain_frame(1), None, None)
            queue.ack(1)
            assert (await jpegs(queue, 1))[0] > 100
            late = hub.join()
            assert late is not None
            assert (await jpegs(late, 1)) == [0]

    asyncio.run(main())


def test_a_frame_taken_meanwhile_and_processed_afterwards_is_not_sent() -> None:
    hub = new_hub()

    async def main() -> None:
        async with joined(hub) as queue:
            hub.broadcast(hidden(on=True))
            taken_s = time.monotonic()
            hub.broadcast(hidden(on=False))
            hub.publish_frame(dataclasses.replace(plain_frame(0), arrived_s=taken_s), None, None)
            hub.publish(key_pose(0))
            assert await jpegs(queue, 1) == [0]
            late = dataclasses.replace(plain_frame(1), arrived_s=time.monotonic())
            hub.publish_frame(late, None, None)
            assert (await jpegs(queue, 1))[0] > 100

    asyncio.run(main())


def test_a_still_of_before_is_kept_without_its_picture() -> None:
    hub = new_hub()
    picture = Picture(time_s=0.0, size_px=(64, 48), image=np.zeros((48, 64, 3), np.uint8))

    async def main() -> None:
        hub._take_key_pose(key_pose(0), picture)
        hub.broadcast(hidden(on=True))
        async with joined(hub) as queue:
            assert await jpegs(queue, 1) == [0]

    asyncio.run(main())


def test_a_replay_that_is_being_sent_loses_its_pictures_at_the_switch() -> None:
    hub = new_hub()
    header = frame_header(1, plain_frame(0), None, None)
    packets = [binary.pack(header, b"\xff\xd8 a picture")] * 3

    async def main() -> list[bytes]:
        sent = []
        async for part in _parts(packets, hub):
            sent.append(part)
            hub.broadcast(hidden(on=True))
        return sent

    first, *rest = asyncio.run(main())
    assert b"a picture" in first
    assert rest
    assert not any(b"a picture" in part for part in rest)
