"""What is shown of a frame: how often, how large, and the packet that goes to the clients."""

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
from edge.serve.live.pictures import jpeg_bytes, own_jpeg, shrink
from edge.serve.wire import protocol
from edge.serve.wire.encode import frame_header, still_header
from edge.settings.serve_settings import ServeSettings

T = TypeVar("T")

# Showing gives way to measuring, where the two share a processor.
_NICER: Final = 5
# Frames come a little early or late: a limit of 15 must not turn 60 a second into 12.
_EARLY: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """A frame and what was found in it, on its way to the clients."""

    frame: Frame
    pose: Pose | None
    state: GaitState | None


@dataclass(frozen=True, slots=True)
class _Limit:
    rate_hz: float
    rows: float


class Preview:
    """Makes packets in a thread of its own, so that neither worker nor event loop waits for it.

    Parameters
    ----------
    settings
        Size and quality.
    keep
        Told the index of a frame and its smaller picture, from the encoder's thread.
    times
        Takes in how long encoding takes.
    hello
        Says where a body has its points.
    """

    def __init__(
        self,
        settings: ServeSettings,
        keep: Callable[[int, Image], None],
        times: StageTimes,
        hello: protocol.Hello,
    ) -> None:
        self._settings = settings
        self._keep = keep
        self._times = times
        self._hello = hello
        # Replaced as a whole, so that it may be read by any thread.
        self._limit = _Limit(inf, inf)
        self._shown_s = nan
        # Set by the event loop, read by the encoder: no picture leaves the station while it holds.
        self.skeleton_only = False
        self._encoder: ThreadPoolExecutor | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep the encoder's thread."""
        with ThreadPoolExecutor(1, "preview", initializer=_give_way) as self._encoder:
            yield

    def limit(self, rate_hz: float, rows: float) -> None:
        """Show no more pictures a second and none of more rows, from here on; from any thread."""
        self._limit = _Limit(rate_hz, rows)

    def is_due(self, shot: Shot, clients: int = 1) -> bool:
        """Whether a frame may be shown to so many clients, as far as the limits go."""
        rate_hz = min(self._limit.rate_hz, self._settings.pictures_hz / max(clients, 1))
        since_s = shot.frame.time_s - self._shown_s
        # Written so that a time that goes back, or none before, is due.
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
        jpeg = b"" if self.skeleton_only else self._frame_jpeg(shot.frame)
        packet = protocol.pack(frame_header(seq, shot.frame, shot.pose, shot.state), jpeg)
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
        """Return a frame's picture as small as stills need it; it is kept in place of its own."""
        small = shrink(frame.image, self._settings.preview_height)
        if small is not frame.image:
            self._keep(frame.index, small)
        return small

    def _still_packet(self, still: Still) -> bytes:
        picture = still.picture
        if picture is None:
            return protocol.pack(still_header(still.key, None, still.facing, self._hello), b"")
        jpeg = b"" if self.skeleton_only else picture.jpeg
        if jpeg is None:
            small = shrink(picture.image, self._settings.preview_height)
            jpeg = jpeg_bytes(small, self._settings.jpeg_quality)
        header = still_header(still.key, picture.size_px, still.facing, self._hello)
        return protocol.pack(header, jpeg)


def _give_way() -> None:
    """Let this thread step back behind the one that measures; Linux has priorities by thread."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, get_native_id(), _NICER)
