"""The only crossing from the worker thread to the event loop: newest picture wins, no word lost."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Final

from edge import messages
from edge.messages import Frame, GaitState, Health, KeyPose, Message, Pose
from edge.serve import wire
from edge.serve.history import RENEWED, History, Still
from edge.serve.outbox import GOING_AWAY, MAX_WAITING, TRY_AGAIN_LATER, Outbox
from edge.serve.pictures import Picture, PictureRing, jpeg_bytes, shrink
from edge.serve.translate import Told, frame_header, still_header, text_for
from edge.settings import ServeSettings

# Minutes of messages: only a blocked event loop lets so many gather.
MAX_INBOX: Final = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shot:
    """A frame and what was found in it, on its way to the clients."""

    frame: Frame
    pose: Pose | None
    state: GaitState | None


class Hub:
    """Takes records from the worker thread and fans them out to every client.

    The ``publish`` methods may be called from any one thread at any time, also before ``run`` and
    after it; they only put a reference aside and wake the event loop, at most once until it has
    looked. All other methods belong to the event loop.

    Parameters
    ----------
    settings
        Preview size and quality, and how many clients there may be.
    hello
        The greeting of every client.
    max_waiting
        Messages that may wait for one client before it is closed.
    """

    def __init__(
        self, settings: ServeSettings, hello: wire.Hello, *, max_waiting: int = MAX_WAITING
    ) -> None:
        self.settings = settings
        self._max_waiting = max_waiting
        self._lock = Lock()
        # Below: shared with the worker, under the lock.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = False
        self._shot: _Shot | None = None
        self._health: Health | None = None
        self._inbox: deque[wire.Session | Told | tuple[KeyPose, Picture | None]] = deque()
        self._inbox_lost = False
        self._ring = PictureRing()
        # Below: the event loop's own.
        self._history = History(hello)
        self._outboxes: set[Outbox] = set()
        self._seq = 0
        self._newest: _Shot | None = None
        self._state: wire.State | None = None
        self._stills: deque[tuple[Still, tuple[Outbox, ...]]] = deque()
        self._work = asyncio.Event()

    # From the worker thread.

    def publish_frame(self, frame: Frame, pose: Pose | None, state: GaitState | None) -> None:
        """Offer a processed frame; it replaces one that nobody has looked at yet."""
        with self._lock:
            self._ring.add(frame)
            self._shot = _Shot(frame=frame, pose=pose, state=state)
            self._wake()

    def publish(self, message: Message | wire.Session) -> None:
        """Tell every client an event, stride metrics, verdict, cue, key pose or session.

        Poses, gait states and strides are passed over: ``publish_frame`` carries the first two,
        and a stride is told by its metrics.
        """
        if isinstance(message, Pose | GaitState | messages.Stride):
            return
        with self._lock:
            if isinstance(message, KeyPose):
                # Looked up now: the picture may be gone when the loop comes to it.
                self._put((message, self._ring.get(message.frame_index)))
            else:
                self._put(message)
            self._wake()

    def publish_health(self, health: Health) -> None:
        """Tell how the station is running; a newer report replaces an unsent older one."""
        with self._lock:
            self._health = health
            self._wake()

    def _put(self, item: wire.Session | Told | tuple[KeyPose, Picture | None]) -> None:
        if len(self._inbox) >= MAX_INBOX:
            self._inbox.popleft()
            self._inbox_lost = True
        self._inbox.append(item)

    def _wake(self) -> None:
        # One pending call at the most: a blocked loop must not gather a pile of them.
        if self._loop is not None and not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._drain)

    # On the event loop.

    async def run(self) -> None:
        """Serve until cancelled: deliver what is published, and encode what clients can take.

        Raises
        ------
        PictureError
            If a picture cannot be encoded.
        """
        with (
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="preview") as encoder,
            self._attached(),
        ):
            while True:
                await self._work.wait()
                self._work.clear()
                await self._send_stills(encoder)
                await self._send_frame(encoder)

    def join(self) -> Outbox | None:
        """Admit a client, its outbox filled with what it should know; None when there are too many.

        No ``await`` lies between filling the outbox and entering it in the list, so a client
        misses nothing and gets nothing twice.
        """
        if len(self._outboxes) >= self.settings.max_clients:
            return None
        outbox = Outbox(self._work.set, self._max_waiting)
        for text in self._history.greeting():
            outbox.post(text)
        self._outboxes.add(outbox)
        self._stills.extend((still, (outbox,)) for still in self._history.stills)
        self._work.set()
        return outbox

    def leave(self, outbox: Outbox) -> None:
        """Forget a client."""
        self._outboxes.discard(outbox)

    @property
    def clients(self) -> int:
        """How many clients are connected."""
        return len(self._outboxes)

    @contextmanager
    def _attached(self) -> Iterator[None]:
        with self._lock:
            self._loop = asyncio.get_running_loop()
        self._drain()
        try:
            yield
        finally:
            with self._lock:
                self._loop = None
                self._woken = False
            for outbox in self._outboxes:
                outbox.close(GOING_AWAY, "the station stops")

    def _drain(self) -> None:
        """Take over everything that was published since the last call."""
        with self._lock:
            self._woken = False
            shot, self._shot = self._shot, None
            health, self._health = self._health, None
            inbox, self._inbox = self._inbox, deque()
            lost, self._inbox_lost = self._inbox_lost, False
        if lost:
            _log.warning("messages were lost before they reached the clients: closing them")
            for outbox in self._outboxes:
                outbox.close(TRY_AGAIN_LATER, "messages were lost")
        if shot is not None:
            self._take_shot(shot)
        for item in inbox:
            if isinstance(item, tuple):
                self._take_key_pose(*item)
            else:
                self._tell(item if isinstance(item, wire.Session) else text_for(item))
        if health is not None:
            self._tell(text_for(health))

    def _take_shot(self, shot: _Shot) -> None:
        self._seq += 1
        self._newest = shot
        if shot.state is not None:
            state = text_for(shot.state)
            assert isinstance(state, wire.State)
            if _gist(state) != _gist(self._state):
                self._tell(state)
            self._state = state
        self._work.set()

    def _take_key_pose(self, key: KeyPose, picture: Picture | None) -> None:
        still = Still(key=key, picture=picture, facing=self._state.facing if self._state else None)
        self._history.note_still(still)
        if self._outboxes:
            self._stills.append((still, tuple(self._outboxes)))
            self._work.set()

    def _tell(self, message: wire.Text) -> None:
        text = wire.encode_text(message)
        self._history.note(message, text)
        for outbox in self._outboxes:
            if isinstance(message, RENEWED):
                outbox.renew(type(message).__name__, text)
            else:
                outbox.post(text)

    async def _send_stills(self, encoder: ThreadPoolExecutor) -> None:
        while self._stills:
            still, outboxes = self._stills.popleft()
            if still.packet is None:
                still.packet = await asyncio.get_running_loop().run_in_executor(
                    encoder, self._still_packet, still
                )
                still.picture = None
            for outbox in outboxes:
                outbox.post(still.packet)

    async def _send_frame(self, encoder: ThreadPoolExecutor) -> None:
        shot, seq = self._newest, self._seq
        if shot is None or not self._outboxes:
            return
        wanted = any(outbox.wants_frame(seq) for outbox in self._outboxes)
        tall = shot.frame.image.shape[0] > self.settings.preview_height
        if not wanted and not tall:
            return
        packet = await asyncio.get_running_loop().run_in_executor(
            encoder, self._frame_packet, seq, shot, wanted
        )
        for outbox in self._outboxes:
            if packet is not None and outbox.wants_frame(seq):
                outbox.offer(seq, packet)

    # On the encoder thread.

    def _frame_packet(self, seq: int, shot: _Shot, wanted: bool) -> bytes | None:
        """Make a frame's picture small, also for the stills, and encode it where it is wanted."""
        small = shrink(shot.frame.image, self.settings.preview_height)
        if small is not shot.frame.image:
            with self._lock:
                self._ring.replace(shot.frame.index, small)
        if not wanted:
            return None
        header = frame_header(seq, shot.frame, shot.pose, shot.state)
        return wire.pack(header, jpeg_bytes(small, self.settings.jpeg_quality))

    def _still_packet(self, still: Still) -> bytes:
        if still.picture is None:
            return wire.pack(still_header(still.key, None, still.facing), b"")
        header = still_header(still.key, still.picture.size_px, still.facing)
        small = shrink(still.picture.image, self.settings.preview_height)
        return wire.pack(header, jpeg_bytes(small, self.settings.jpeg_quality))


def _gist(state: wire.State | None) -> tuple[object, ...] | None:
    """Return what makes a state worth telling again."""
    if state is None:
        return None
    cadence = None if state.cadence_spm is None else round(state.cadence_spm)
    return (state.activity, state.facing, state.near_side, cadence)
