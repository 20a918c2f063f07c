"""Pictures and stills of a hub: the newest, once encoded, as fast as each client takes them."""

import asyncio
import json
from threading import Event, Thread
from typing import Any

import cv2
import numpy as np
import pytest
from feed import healthy, new_hub, plain_frame
from hub_messages import (
    event,
    frame_seq,
    gait_state,
    joined,
    key_pose,
    next_packet,
    running,
    stride,
    words,
)

from edge.serve.live import preview as preview_module
from edge.serve.live.client_queue import ClientQueue
from edge.serve.live.pictures import PictureError
from edge.serve.wire import binary


def test_a_still_that_is_made_too_late_is_not_sent() -> None:
    hub = new_hub()

    async def body() -> None:
        client = joined(hub)
        hub.publish_frame(plain_frame(5), None, gait_state(5))
        hub.publish(key_pose(5))
        await asyncio.sleep(0)
        hub.publish_another_runner()
        hub.publish_frame(plain_frame(6), None, gait_state(6))
        header, _ = await next_packet(client)
        assert isinstance(header, binary.FrameHeader)
        assert header.frame == 6

    running(hub, body)


def test_a_slow_client_gets_newer_frames_never_older() -> None:
    hub = new_hub()

    async def body() -> None:
        slow, quick = joined(hub), joined(hub)
        seen: dict[ClientQueue, list[int]] = {slow: [], quick: []}
        for index in range(60):
            hub.publish_frame(plain_frame(index), None, None)
            seq = await frame_seq(quick)
            seen[quick].append(seq)
            quick.ack(seq)
            if index % 20 == 19:
                late = await frame_seq(slow)
                seen[slow].append(late)
                slow.ack(late)
        assert seen[quick] == list(range(1, 61))
        assert seen[slow] == sorted(set(seen[slow]))
        # The credit of two is what a slow client may lag; the third frame it gets is a new one.
        assert seen[slow][2] >= 20

    running(hub, body)


def test_without_acks_no_more_than_two_frames_are_sent() -> None:
    hub = new_hub()

    async def body() -> None:
        client_queue = joined(hub)
        for index in range(2):
            hub.publish_frame(plain_frame(index), None, None)
            await frame_seq(client_queue)
        for index in range(2, 50):
            hub.publish_frame(plain_frame(index), None, None)
            await asyncio.sleep(0)
        hub.publish(stride(1))
        await asyncio.sleep(0)
        told = [await client_queue.take() for _ in range(len(client_queue))]
        assert [isinstance(packet, str) for packet in told] == [True], "one word and no picture"
        # What the client is spared goes into the replay alone.
        while binary.unpack(hub.replay.last(10, 240)[-1])[0].seq < 50:  # type: ignore[union-attr]
            await asyncio.sleep(0)
        assert len(client_queue) == 0
        client_queue.ack(1)
        assert await frame_seq(client_queue) == 50

    running(hub, body)


def test_a_frame_is_encoded_once_for_all_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []

    def counting(image: Any, quality: int) -> bytes:
        encoded.append(quality)
        return b"jpeg"

    monkeypatch.setattr(preview_module, "jpeg_bytes", counting)
    hub = new_hub()

    async def body() -> None:
        clients = [joined(hub) for _ in range(8)]
        hub.publish_frame(plain_frame(0), None, None)
        assert [await frame_seq(client) for client in clients] == [1] * 8
        assert len(encoded) == 1

    running(hub, body)


def test_nothing_is_encoded_without_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    async def encoded(_preview: object, of: object, *_more: object) -> bytes:
        asked.append(of)
        return b""

    monkeypatch.setattr(preview_module.Preview, "of_frame", encoded)
    monkeypatch.setattr(preview_module.Preview, "of_still", encoded)
    hub = new_hub()

    async def body() -> None:
        for index in range(10):
            hub.publish_frame(plain_frame(index), None, None)
            hub.publish(key_pose(index))
            await asyncio.sleep(0)

    running(hub, body)
    assert asked == []


def test_words_are_never_lost_while_pictures_are() -> None:
    hub = new_hub()
    count = 500

    def work() -> None:
        for index in range(count):
            hub.publish_frame(plain_frame(index), None, gait_state(index))
            hub.publish(event(index))
            if index % 50 == 0:
                hub.publish(key_pose(index))
            hub.publish_health(healthy())

    async def body() -> None:
        client_queue = joined(hub)
        worker = Thread(target=work)
        worker.start()
        events: list[float] = []
        stills = 0
        while len(events) < count or stills < count // 50:
            packet = await client_queue.take()
            if isinstance(packet, bytes):
                stills += isinstance(binary.unpack(packet)[0], binary.StillHeader)
            elif (message := json.loads(packet))["type"] == "event":
                events.append(message["time_s"])
        worker.join()
        assert events == [float(index) for index in range(count)]
        assert stills == count // 50

    running(hub, body)


def test_a_still_has_the_picture_of_its_own_frame() -> None:
    hub = new_hub()

    async def body() -> None:
        client_queue = joined(hub)
        for index in range(80):
            hub.publish_frame(plain_frame(index * 3, fps=180.0), None, None)
        hub.publish(key_pose(30))
        while True:
            header, jpeg = await next_packet(client_queue)
            if isinstance(header, binary.StillHeader):
                break
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        assert abs(int(image[5, 5, 0]) - 30) <= 2

    running(hub, body)


def test_a_still_comes_without_picture_when_that_is_gone() -> None:
    hub = new_hub()

    async def body() -> None:
        client_queue = joined(hub)
        hub.publish(key_pose(30))
        header, jpeg = await next_packet(client_queue)
        assert isinstance(header, binary.StillHeader)
        assert header.size_px is None
        assert jpeg == b""

    running(hub, body)


def test_tall_pictures_are_sent_and_kept_small_with_their_own_size() -> None:
    hub = new_hub(preview_height=120)

    async def body() -> None:
        client_queue = joined(hub)
        for index in range(3):
            hub.publish_frame(plain_frame(index, size=(640, 480)), None, None)
            header, jpeg = await next_packet(client_queue)
            assert isinstance(header, binary.FrameHeader)
            assert header.size_px == (640, 480)
            client_queue.ack(header.seq)
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        assert image.shape == (120, 160, 3)
        assert hub._gate.nbytes == 3 * 120 * 160 * 3

    running(hub, body)


def test_publishing_costs_the_worker_no_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = Event()
    entered = Event()

    def stuck(image: Any, quality: int) -> bytes:
        entered.set()
        assert blocked.wait(20)
        return b"jpeg"

    monkeypatch.setattr(preview_module, "jpeg_bytes", stuck)
    hub = new_hub()

    async def body() -> None:
        client_queue = joined(hub)
        hub.publish_frame(plain_frame(0), None, None)
        await asyncio.to_thread(entered.wait, 20)
        # The encoder is stuck in a picture: neither the worker nor words wait for it.
        for index in range(1, 100):
            hub.publish_frame(plain_frame(index), None, None)
            hub.publish(event(index))
        await asyncio.sleep(0)
        assert len([m for m in await words(client_queue) if m["type"] == "event"]) == 99
        blocked.set()
        assert await frame_seq(client_queue) == 1

    running(hub, body)


def test_an_encoder_failure_ends_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(image: Any, quality: int) -> bytes:
        raise PictureError("no")

    monkeypatch.setattr(preview_module, "jpeg_bytes", fail)
    hub = new_hub()

    async def main() -> None:
        task = asyncio.create_task(hub.run())
        await asyncio.sleep(0)
        joined(hub)
        hub.publish_frame(plain_frame(0), None, None)
        with pytest.raises(PictureError):
            await asyncio.wait_for(task, 20)

    asyncio.run(main())
    hub.publish_frame(plain_frame(1), None, None)


def test_a_limit_thins_pictures_out_and_words_not() -> None:
    hub = new_hub()
    hub.limit_preview(15.0, 24)

    async def body() -> None:
        client_queue = joined(hub)
        await words(client_queue)
        shown, heard = [], 0
        for index in range(12):
            hub.publish_frame(plain_frame(index), None, None)
            hub.publish(stride(index))
            await asyncio.sleep(0)
            if index % 4 == 0:
                while isinstance(packet := await asyncio.wait_for(client_queue.take(), 5), str):
                    heard += json.loads(packet)["type"] == "stride"
                header, jpeg = binary.unpack(packet)
                assert isinstance(header, binary.FrameHeader)
                picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
                assert picture is not None
                assert picture.shape == (24, 32, 3)
                client_queue.ack(header.seq)
                shown.append(header.frame)
        heard += sum(message["type"] == "stride" for message in await words(client_queue))
        assert (shown, heard) == ([0, 4, 8], 12)

    running(hub, body)


def test_how_long_pictures_take_is_told_from_any_thread() -> None:
    hub = new_hub()
    assert hub.times() == ()

    async def body() -> None:
        client_queue = joined(hub)
        hub.publish_frame(plain_frame(0), None, None)
        await frame_seq(client_queue)

    running(hub, body)
    assert [(t.stage, t.count) for t in hub.times()] == [("encode", 1)]
