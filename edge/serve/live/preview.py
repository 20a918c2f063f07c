"""Preview pictures for the clients: rate, size and encoding."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import inf, nan
from threading import get_native_id
from typing import Final, TypeVar

from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.messages.gait import GaitState
from edge.messages.pose import Pose
from edge.numerics.timing import StageTimes
from edge.serve.live.history import Still
from edge.serve.live.picture_gate import PictureGate
from edge.serve.live.pictures import jpeg_bytes, own_jpeg, shrink
from edge.serve.wire import binary, greeting
from edge.serve.wire.encode import frame_header, still_header
from edge.settings.serve_settings import ServeSettings

T = TypeVar("T")

# Niceness of the encoder: measuring has priority over showing.
_NICER: Final = 5
# Tolerance for jitter: a limit of 15 Hz must not turn 60 Hz into 12.
_EARLY: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """A frame with its pose and gait state, to be sent to the clients, and the runner's key."""

    frame: Frame
    pose: Pose | None
    state: GaitState | None
    runner_key: str = ""


@dataclass(frozen=True, slots=True)
class _Limit:
    rate_hz: float
    rows: float


class Preview:
    """Encoder of packets on a separate thread, so that neither worker nor event loop waits.

    Parameters
    ----------
    settings
        Size and quality.
    gate
        Takes smaller pictures; while it hides them, no picture is encoded.
    times
        Records the encoding time.
    hello
        Gives the keypoint order of stills.
    """

    def __init__(
        self,
        settings: ServeSettings,
        gate: PictureGate,
        times: StageTimes,
        hello: greeting.Hello,
    ) -> None:
        self._settings = settings
        self._gate = gate
        self._times = times
        self._hello = hello
        # Replaced as a whole, so that any thread may read it.
        self._limit = _Limit(inf, inf)
        self._shown_s = nan
        self._encoder: ThreadPoolExecutor | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the encoder's thread within the context."""
        with ThreadPoolExecutor(1, "preview", initializer=_give_way) as self._encoder:
            yield

    def limit(self, rate_hz: float, rows: float) -> None:
        """Limit the rate and the height in rows from now on; callable from any thread."""
        self._limit = _Limit(rate_hz, rows)

    def is_due(self, shot: Shot, clients: int = 1) -> bool:
        """Return whether the rate limit allows sending this frame to this many clients."""
        rate_hz = min(self._limit.rate_hz, self._settings.pictures_hz / max(clients, 1))
        since_s = shot.frame.time_s - self._shown_s
        # Phrased so that a frame is due if time went back or no frame was sent before.
        return not 0 < since_s < _EARLY / rate_hz

    async def of_frame(self, seq: int, shot: Shot) -> bytes:
        """Return the packet of a live frame."""
        self._shown_s = shot.frame.time_s
        return await self._run(lambda: self._frame_packet(seq, shot))

    async def of_still(self, still: Still) -> bytes:
        """Return the packet of a still."""
        return await self._run(lambda: self._still_packet(still))

    async def _run(self, make: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._encoder, make)

    # On the encoder's thread.

    def _frame_packet(self, seq: int, shot: Shot) -> bytes:
        began_s = time.perf_counter()
        jpeg = b"" if self._gate.hidden else self._frame_jpeg(shot.frame)
        header = frame_header(seq, shot.frame, shot.pose, shot.state, shot.runner_key)
        packet = binary.pack(header, jpeg)
        self._times.add("encode", 1000 * (time.perf_counter() - began_s))
        return packet

    def _frame_jpeg(self, frame: Frame) -> bytes:
        jpeg = own_jpeg(frame)
        if jpeg is not None and self._limit.rows >= frame.image.shape[0]:
            return jpeg
        small = self._shrunk(frame)
        shown = shrink(small, int(min(self._limit.rows, small.shape[0])))
        return jpeg_bytes(shown, self._settings.jpeg_quality)

    def _shrunk(self, frame: Frame) -> Image:
        """Return a frame's picture at preview size; it replaces the original in the ring."""
        small = shrink(frame.image, self._settings.preview_height)
        if small is not frame.image:
            self._gate.replace(frame.index, small)
        return small

    def _still_packet(self, still: Still) -> bytes:
        picture = still.picture
        size_px = None if picture is None else picture.size_px
        header = still_header(still.key, size_px, still.facing, self._hello, still.runner_key)
        if picture is None:
            return binary.pack(header, b"")
        jpeg = b"" if self._gate.hidden else picture.jpeg
        if jpeg is None:
            small = shrink(picture.image, self._settings.preview_height)
            jpeg = jpeg_bytes(small, self._settings.jpeg_quality)
        return binary.pack(header, jpeg)


def _give_way() -> None:
    """Lower this thread's priority below the worker's; Linux has per-thread priorities."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, get_native_id(), _NICER)
