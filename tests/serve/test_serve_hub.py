import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from math import nan
from threading import Event, Thread
from typing import Any

import cv2
import numpy as np
import pytest
from feed import healthy, new_hub, plain_frame
from stored import raw_pose

from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.health import StationState
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT
from edge.messages.stride import CURVE_POINTS, KeyPose, Stride, StrideCurves, StrideMetrics
from edge.messages.verdict import Cue, Fault, Verdict, VerdictState
from edge.serve.control.control_messages import limits_message
from edge.serve.live import inbox as inbox_module
from edge.serve.live import preview as preview_module
from edge.serve.live.client_queue import ClientQueue, ClientQueueClosedError
from edge.serve.live.hub import Hub
from edge.serve.live.pictures import PictureError
from edge.serve.wire import binary, session_messages
from edge.serve.wire.status_messages import Limits, Mark
from edge.settings.coaching_settings import CoachingSettings


def event(number: int) -> GaitEvent:
    return GaitEvent(
        kind=EventKind.INITIAL_CONTACT,
        side=Side.LEFT,
        near=True,
        time_s=float(number),
        decided_at_s=float(number),
        confidence=1.0,
    )


def stride(number: int) -> StrideMetrics:
    return StrideMetrics(
        side=Side.LEFT,
        near=True,
        start_s=float(number),
        peak_knee_flexion_s=nan,
        toe_off_s=nan,
        end_s=number + 0.7,
        valid=True,
        reason=Reason(),
    )


def verdict(state: VerdictState) -> Verdict:
    return Verdict(
        side=Side.LEFT,
        fault=Fault.KNEES_FORWARD,
        state=state,
        reason=Reason(),
        cue=None,
        decided_at_s=1.0,
    )


def whole_stride() -> Stride:
    return Stride(
        side=Side.LEFT,
        near=True,
        facing=Side.LEFT,
        start_s=0.0,
        peak_knee_flexion_s=0.1,
        toe_off_s=0.25,
        end_s=0.7,
        decided_at_s=0.8,
        opposite_contact_s=0.35,
        valid=True,
        reason=Reason(),
        times_s=np.array([0.0, 0.7]),
        frame_indices=np.array([0, 42]),
        xy_px=np.zeros((2, BODY_COUNT, 2)),
        belt_speed_px_s=900.0,
    )


def stride_curves() -> StrideCurves:
    angles_deg = np.zeros(CURVE_POINTS)
    return StrideCurves(
        side=Side.LEFT,
        near=True,
        start_s=0.0,
        hip_deg=angles_deg,
        knee_deg=angles_deg,
        ankle_deg=angles_deg,
    )


def key_pose(index: int) -> KeyPose:
    return KeyPose(
        kind=EventKind.TOE_OFF,
        side=Side.LEFT,
        near=True,
        time_s=index / 60,
        frame_index=index,
        xy_px=np.ones((12, 2)),
        value=12.0,
    )


def gait_state(index: int, activity: Activity = Activity.RUNNING) -> GaitState:
    return GaitState(
        frame_index=index,
        time_s=index / 60,
        activity=activity,
        facing=Side.LEFT,
        near_side=Side.LEFT,
        left_phase=Phase.STANCE,
        right_phase=Phase.SWING,
        cadence_spm=168.2,
        belt_speed_px_s=nan,
    )


def running(
    hub: Hub, body: Callable[[], Awaitable[None]], raises: type[Exception] | None = None
) -> None:
    """Run the hub while ``body`` plays the worker and the clients."""

    @asynccontextmanager
    async def run_hub() -> Any:
        task = asyncio.create_task(hub.run())
        await asyncio.sleep(0)
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, *([raises] if raises else [])):
                await task

    async def main() -> None:
        async with run_hub():
            await asyncio.wait_for(body(), 20)

    asyncio.run(main())


def joined(hub: Hub) -> ClientQueue:
    client_queue = hub.join()
    assert client_queue is not None
    return client_queue


async def words(client_queue: ClientQueue) -> list[dict[str, Any]]:
    """Take all words that wait, skipping pictures."""
    await asyncio.sleep(0)
    taken = []
    while len(client_queue):
        packet = await asyncio.wait_for(client_queue.take(), 5)
        if isinstance(packet, str):
            taken.append(json.loads(packet))
    return taken


async def next_packet(client_queue: ClientQueue) -> tuple[binary.Header, bytes]:
    """Take messages until a binary one comes."""
    while True:
        packet = await asyncio.wait_for(client_queue.take(), 5)
        if isinstance(packet, bytes):
            return binary.unpack(packet)


async def frame_seq(client_queue: ClientQueue) -> int:
    header, _ = await next_packet(client_queue)
    assert isinstance(header, binary.FrameHeader)
    return header.seq


def test_a_newcomer_is_told_what_is_true_now() -> None:
    hub = new_hub()

    async def body() -> None:
        hub.publish_frame(plain_frame(5), None, gait_state(5))
        hub.publish(
            session_messages.Session(name="s", started_at="2026-11-23T10:00:00", recording=True)
        )
        for number in range(40):
            hub.publish(event(number))
            hub.publish(stride(number))
        hub.publish(verdict(VerdictState.RED))
        hub.publish(verdict(VerdictState.GREEN))
        hub.publish(Cue(kind="x", wording="old", issued_at_s=1.0))
        hub.publish(Cue(kind="x", wording="new", issued_at_s=2.0))
        hub.publish(key_pose(5))
        hub.publish_health(healthy())
        await asyncio.sleep(0)
        client_queue = joined(hub)
        told: list[dict[str, Any]] = []
        while not told or told[-1]["type"] != "cue":
            told.append(json.loads(await client_queue.take()))
        kinds = [message["type"] for message in told]
        assert kinds[:5] == ["hello", "runner", "session", "state", "health"]
        assert kinds[5:] == ["stride"] * 30 + ["verdict", "cue"]
        assert (told[5]["start_s"], told[5]["count"]) == (10.0, 11)
        assert told[-2]["state"] == "green"
        assert told[-1]["wording"] == "new"
        header, jpeg = await next_packet(client_queue)
        assert isinstance(header, binary.StillHeader)
        assert header.size_px == (64, 48)
        assert jpeg[:2] == b"\xff\xd8"

    running(hub, body)


def test_what_was_published_before_the_hub_ran_is_not_lost() -> None:
    hub = new_hub()
    hub.publish(stride(1))
    hub.publish_health(healthy())

    async def body() -> None:
        told = [m["type"] for m in await words(joined(hub))]
        assert told == ["hello", "runner", "health", "stride"]

    running(hub, body)


def test_a_stride_is_told_with_the_estimates_of_its_session_alone() -> None:
    hub = new_hub()
    sessions = (session_messages.Session(name=name, started_at="", recording=True) for name in "ab")

    async def body() -> None:
        client = joined(hub)
        for session in sessions:
            hub.publish(session)
            for number in (1, 2):
                hub.publish(replace(stride(number), values={"cadence_spm": 160.0 + number}))
        told = [m["recent"]["cadence_spm"] for m in await words(client) if m["type"] == "stride"]
        assert [(its["count"], its["mean"]) for its in told] == [(1, 161.0), (2, 161.5)] * 2

    running(hub, body)


def operators(name: str, runner: str, started_s: float | None = None) -> session_messages.Session:
    return session_messages.Session(
        name=name, started_at="", recording=True, runner=runner, started_s=started_s
    )


def limits(baseline_spm: float | None) -> Limits:
    return limits_message(CoachingSettings(), (baseline_spm or nan, nan, nan))


def test_nothing_of_a_runner_is_told_once_the_next_session_has_begun() -> None:
    hub = new_hub()

    async def body() -> None:
        client = joined(hub)
        hub.publish(operators("a", "R-1", 0.0))
        hub.publish(limits(161.0))
        hub.publish_frame(plain_frame(1), None, gait_state(1))
        hub.publish(stride(1))
        hub.publish(Mark(kind="pain_now", note="", time_s=1.0, session="a"))
        first = await words(client)
        assert {"stride", "mark", "state"} <= {m["type"] for m in first}
        assert first[-1]["type"] == "state"

        hub.publish(operators("b", "R-2"))
        # Still of the runner before: computed, marked and painted before the first frame of R-2.
        hub.publish_frame(plain_frame(2), None, gait_state(2, Activity.WALKING))
        for message in (event(2), stride(2), verdict(VerdictState.RED), key_pose(2), limits(161.0)):
            hub.publish(message)
        hub.publish(Cue(kind="cadence", wording="x", issued_at_s=2.0))
        hub.publish(Mark(kind="pain_now", note="", time_s=1.0, session="a"))
        told = await words(client)
        assert [m["type"] for m in told] == ["runner", "limits", "session"]
        assert told[1]["baseline_spm"] is None
        assert len(hub.replay) == 0
        late = {m["type"] for m in await words(joined(hub))}
        assert late == {"hello", "runner", "session", "limits"}

        hub.publish_another_runner()
        hub.publish_frame(plain_frame(3), None, gait_state(3))
        hub.publish(stride(3))
        hub.publish(operators("b", "R-2", 3 / 60))
        told = await words(client)
        assert [m["type"] for m in told if m["type"] in ("stride", "state")] == ["stride", "state"]
        mine = [m["runner_key"] for m in told if "runner_key" in m]
        assert len(set(mine)) == 1
        (own,) = (m for m in told if m["type"] == "stride")
        assert own["count"] == 1

    running(hub, body)


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


def test_a_client_that_never_reads_is_given_up_and_holds_nobody_else_up() -> None:
    hub = new_hub(max_waiting=20)

    async def body() -> None:
        deaf, good = joined(hub), joined(hub)
        heard = []
        for index in range(100):
            hub.publish(event(index))
            await asyncio.sleep(0)
            heard += [m["time_s"] for m in await words(good) if m["type"] == "event"]
        assert heard == [float(index) for index in range(100)]
        with pytest.raises(ClientQueueClosedError):
            await deaf.take()

    running(hub, body)


def test_an_inbox_that_overflows_closes_the_clients(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(inbox_module, "MAX_INBOX", 10)
    hub = new_hub()

    async def body() -> None:
        client_queue = joined(hub)
        for index in range(11):
            hub.publish(event(index))
        await asyncio.sleep(0)
        with pytest.raises(ClientQueueClosedError):
            await client_queue.take()

    running(hub, body)
    assert "messages were lost" in caplog.text


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


def test_state_is_told_when_it_changes_only() -> None:
    hub = new_hub()

    async def body() -> None:
        client_queue = joined(hub)
        await words(client_queue)
        told = []
        for index in range(30):
            activity = Activity.RUNNING if index < 15 else Activity.WALKING
            hub.publish_frame(plain_frame(index), None, gait_state(index, activity))
            await asyncio.sleep(0)
            told += [m for m in await words(client_queue) if m["type"] == "state"]
        assert [m["activity"] for m in told] == ["running", "walking"]

    running(hub, body)


def test_poses_states_and_strides_are_passed_over() -> None:
    hub = new_hub()

    async def body() -> None:
        client_queue = joined(hub)
        for message in (gait_state(1), raw_pose(1), whole_stride(), stride_curves()):
            hub.publish(message)
        assert [m["type"] for m in await words(client_queue)] == ["hello", "runner", "curves"]
        # A page that comes later draws the same strides.
        later = await words(joined(hub))
        assert [m["knee_deg"] for m in later if m["type"] == "curves"] == [[0.0] * CURVE_POINTS]

    running(hub, body)


def test_no_more_clients_than_allowed() -> None:
    hub = new_hub(max_clients=2)

    async def body() -> None:
        first = joined(hub)
        joined(hub)
        assert hub.join() is None
        hub.leave(first)
        assert hub.join() is not None
        assert hub.clients == 2

    running(hub, body)


def test_health_is_renewed_not_queued() -> None:
    hub = new_hub()

    async def body() -> None:
        client_queue = joined(hub)
        await words(client_queue)
        for state in (StationState.STARTING, StationState.LIVE, StationState.NO_CAMERA):
            hub.publish_health(healthy(state))
            await asyncio.sleep(0)
        assert [m["state"] for m in await words(client_queue)] == ["no_camera"]

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
