"""What a hub tells its clients: what is true now, in order, and nothing of another runner."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from feed import healthy, new_hub, plain_frame
from hub_messages import (
    event,
    gait_state,
    joined,
    key_pose,
    limits,
    next_packet,
    operators,
    running,
    stride,
    stride_curves,
    verdict,
    whole_stride,
    words,
)
from stored import raw_pose

from edge.messages.gait import Activity
from edge.messages.health import StationState
from edge.messages.stride import CURVE_POINTS
from edge.messages.verdict import Cue, VerdictState
from edge.serve.live import inbox as inbox_module
from edge.serve.live.client_queue import ClientQueueClosedError
from edge.serve.wire import binary, session_messages
from edge.serve.wire.status_messages import Mark


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
