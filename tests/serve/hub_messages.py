"""Messages for a hub, and clients that wait for them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from math import nan
from typing import Any

import numpy as np

from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT
from edge.messages.stride import CURVE_POINTS, KeyPose, Stride, StrideCurves, StrideMetrics
from edge.messages.verdict import Fault, Verdict, VerdictState
from edge.serve.control.control_messages import limits_message
from edge.serve.live.client_queue import ClientQueue
from edge.serve.live.hub import Hub
from edge.serve.wire import binary, session_messages
from edge.serve.wire.status_messages import Limits
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


def operators(name: str, runner: str, started_s: float | None = None) -> session_messages.Session:
    return session_messages.Session(
        name=name, started_at="", recording=True, runner=runner, started_s=started_s
    )


def limits(baseline_spm: float | None) -> Limits:
    return limits_message(CoachingSettings(), (baseline_spm or nan, nan, nan))
