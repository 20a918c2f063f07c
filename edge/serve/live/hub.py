"""Hub from the worker thread to the event loop: only the newest picture, but every message."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from math import inf
from threading import Lock
from typing import Final

from msgspec import structs

from edge.messages.arrays import Image
from edge.messages.exercise import ExerciseUpdate
from edge.messages.frame import Frame
from edge.messages.gait import GaitEvent, GaitState
from edge.messages.health import Health, StageTime
from edge.messages.message import Message
from edge.messages.notice import NoticeChange
from edge.messages.points_by_hand import PointsChange
from edge.messages.pose import Pose
from edge.messages.reading import Reading
from edge.messages.stride import KeyPose, Stride, StrideCurves, StrideMetrics
from edge.messages.verdict import Cue, Verdict
from edge.numerics.timing import StageTimes
from edge.serve.live.client_queue import GOING_AWAY, MAX_WAITING, TRY_AGAIN_LATER, ClientQueue
from edge.serve.live.history import OF_RUNNER, OF_SESSION, RENEWED, History, Still
from edge.serve.live.pictures import Picture, PictureRing
from edge.serve.live.preview import Preview, Shot
from edge.serve.live.recent_strides import RecentStrides
from edge.serve.live.runner_watch import RunnerWatch
from edge.serve.live.standing_notices import StandingNotices
from edge.serve.live.stride_replay import Replay
from edge.serve.wire import protocol
from edge.serve.wire.commands import Shown
from edge.serve.wire.encode import Broadcast, text_for
from edge.serve.wire.status_messages import Display, Limits, Mark, You
from edge.serve.wire.wire_types import ToClient
from edge.settings.serve_settings import ServeSettings

# Minutes of messages: only a blocked event loop lets the inbox grow this long.
MAX_INBOX: Final = 10_000


class _Sign(Enum):
    """An inbox item without content."""

    ANOTHER_RUNNER = "another_runner"


# An inbox item: a wire message, a message yet to be converted, or a sign.
_Item = protocol.Text | Broadcast | NoticeChange | tuple[KeyPose, Picture | None] | _Sign
# What is measured, and so is about one runner.
_MEASURED: Final = GaitEvent | StrideMetrics | StrideCurves | Verdict | Cue

_log = logging.getLogger(__name__)


class Hub:
    """Fan-out of the worker thread's messages to every client.

    The ``publish`` methods may be called from any thread at any time, also before and after
    ``run``; they only store a reference and wake the event loop, with at most one wake-up pending.
    All other methods must be called on the event loop.

    Parameters
    ----------
    settings
        Preview size and quality, and the maximum number of clients.
    hello
        The greeting for every client.
    max_waiting
        Messages that may be queued for one client before it is disconnected.

    Attributes
    ----------
    on_session
        Called on the event loop when the runner's session is over and another begins.
    """

    def __init__(
        self, settings: ServeSettings, hello: protocol.Hello, *, max_waiting: int = MAX_WAITING
    ) -> None:
        self.on_session: Callable[[], None] = lambda: None
        self.settings = settings
        self._max_waiting = max_waiting
        self._times = StageTimes()
        self._preview = Preview(settings, self._keep_smaller, self._times, hello)
        self._lock = Lock()
        # Below: shared with the worker, under the lock.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = False
        self._shot: Shot | None = None
        self._health: Health | None = None
        self._inbox: deque[_Item] = deque()
        self._inbox_lost = False
        self._ring = PictureRing()
        # A frame that arrived before is not sent, nor its picture kept.
        self._shown_from_s = -inf
        # Below: used only on the event loop.
        self._recent = RecentStrides()
        self._notices = StandingNotices()
        self._watch = RunnerWatch()
        self._runner = self._watch.told
        self._history = History(hello, self._runner)
        self.replay = Replay()
        self._outboxes: set[ClientQueue] = set()
        self._seq = 0
        # Strides of this session.
        self._count = 0
        # The last encoded frame, for clients that have room for it later.
        self._made = (0, b"")
        self._newest: Shot | None = None
        self._state: GaitState | None = None
        self._stills: deque[tuple[Still, tuple[ClientQueue, ...]]] = deque()
        self._work = asyncio.Event()

    # From the worker thread.

    def publish_frame(self, frame: Frame, pose: Pose | None, state: GaitState | None) -> None:
        """Publish a processed frame; it replaces one that the event loop has not taken yet."""
        if frame.arrived_s < self._shown_from_s:
            # Taken while pictures were hidden, and processed only now.
            return
        with self._lock:
            self._ring.add(frame)
            self._shot = Shot(frame=frame, pose=pose, state=state)
            self._wake()

    def publish_another_runner(self) -> None:
        """Say that what is published from now on may be about another runner."""
        with self._lock:
            self._put(_Sign.ANOTHER_RUNNER)
            self._wake()

    def publish(self, message: Message | protocol.Text) -> None:
        """Send every client an event, stride metrics, verdict, cue, key pose or wire message.

        Poses, gait states, strides and sensor readings are skipped: ``publish_frame`` carries the
        first two, and a stride is sent as its metrics. Exercise updates are sent by
        ``ExerciseControl``, and points set by hand by ``PointsControl``.
        """
        if isinstance(message, Pose | GaitState | Stride | Reading | ExerciseUpdate | PointsChange):
            return
        with self._lock:
            if isinstance(message, KeyPose):
                # Looked up now: the picture may be gone when the loop comes to it.
                hidden = self._preview.skeleton_only
                picture = None if hidden else self._ring.get(message.frame_index)
                self._put((message, picture))
            else:
                self._put(message)
            self._wake()

    def publish_health(self, health: Health) -> None:
        """Publish the station's health; a newer report replaces an unsent older one."""
        with self._lock:
            self._health = health
            self._wake()

    def limit_preview(self, rate_hz: float, rows: float) -> None:
        """Limit the rate and the height in rows of pictures from now on."""
        self._preview.limit(rate_hz, rows)

    def times(self) -> tuple[StageTime, ...]:
        """Return the latencies of encoding, sending and painting; callable from any thread."""
        return self._times.summaries()

    def _put(self, item: _Item) -> None:
        if len(self._inbox) >= MAX_INBOX:
            self._inbox.popleft()
            self._inbox_lost = True
        self._inbox.append(item)

    def _wake(self) -> None:
        # At most one pending call: they must not pile up while the loop is blocked.
        if self._loop is not None and not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._drain)

    # On the event loop.

    async def run(self) -> None:
        """Deliver published messages and encode frames that clients can take, until cancelled.

        Raises
        ------
        PictureError
            If a picture cannot be encoded.
        """
        with self._preview.running(), self._attached():
            while True:
                await self._work.wait()
                self._work.clear()
                await self._send_stills()
                await self._send_frame()

    def broadcast(self, message: protocol.Text) -> None:
        """Send a message to every client, and to later clients while it is current."""
        match message:
            case protocol.Session():
                self._watch.follow(message)
                self._turn()
            case Mark() if message.session != self._watch.name:
                # Its session has ended meanwhile.
                return
            case Limits() if self._watch.waiting:
                message = message.without_cadence()
        self._send(message)

    def _send(self, message: protocol.Text) -> None:
        text = protocol.encode_text(message)
        self._history.note(message, text)
        if isinstance(message, Display):
            self._show(message.shown)
        for client_queue in self._outboxes:
            if isinstance(message, RENEWED):
                client_queue.renew(type(message).__name__, text)
            else:
                client_queue.post(text)

    def join(self, you: You | None = None) -> ClientQueue | None:
        """Add a client and return its queue, filled with the greeting; None if there are too many.

        There is no ``await`` between filling the queue and registering it, so a client misses
        nothing and gets nothing twice. ``you`` is the client's identity.
        """
        if len(self._outboxes) >= self.settings.max_clients:
            return None
        client_queue = ClientQueue(self._work.set, self._max_waiting, self._times)
        for text in self._history.greeting(you):
            client_queue.post(text)
        self._outboxes.add(client_queue)
        self._stills.extend((still, (client_queue,)) for still in self._history.stills)
        self._work.set()
        return client_queue

    def aged(self, display: Display) -> Display:
        """Return a display with the age of its metronome ramp, if it is the last one sent."""
        return self._history.aged(display)

    def leave(self, client_queue: ClientQueue) -> None:
        """Remove a client."""
        self._outboxes.discard(client_queue)

    @property
    def clients(self) -> int:
        """Number of connected clients."""
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
            for client_queue in self._outboxes:
                client_queue.close(GOING_AWAY, "the station stops")

    def _drain(self) -> None:
        """Take everything published since the last call."""
        with self._lock:
            self._woken = False
            shot, self._shot = self._shot, None
            health, self._health = self._health, None
            inbox, self._inbox = self._inbox, deque()
            lost, self._inbox_lost = self._inbox_lost, False
        if lost:
            _log.warning("messages were lost before they reached the clients: closing them")
            for client_queue in self._outboxes:
                client_queue.close(TRY_AGAIN_LATER, "messages were lost")
        # The messages of a frame are published after it, but a sign that precedes it before.
        for item in inbox:
            self._take(item)
        if shot is not None:
            self._take_shot(shot)
        if health is not None:
            self.broadcast(text_for(health))

    def _take(self, item: _Item) -> None:
        if isinstance(item, _Sign):
            self._watch.another()
            self._turn()
        elif self._watch.waiting and isinstance(item, tuple | _MEASURED):
            # Measured on the previous runner, after the operator began another session.
            pass
        elif isinstance(item, tuple):
            self._take_key_pose(*item)
        elif isinstance(item, NoticeChange):
            self.broadcast(self._notices.update(item))
        else:
            self.broadcast(item if isinstance(item, ToClient) else self._text(item))

    def _turn(self) -> None:
        """If the runner has changed, tell every page and drop everything about the previous one."""
        told, before = self._watch.told, self._runner
        if told == before:
            return
        self._runner = told
        limits = self._history.forget_runner()
        self._recent.clear()
        self._stills.clear()
        self.replay.clear()
        self._made, self._newest, self._state = (0, b""), None, None
        for client_queue in self._outboxes:
            client_queue.withdraw(*(kind.__name__ for kind in OF_RUNNER))
        self._send(told)
        if limits is not None:
            self.broadcast(limits.without_cadence())
        if told.session_key != before.session_key:
            self._history.forget_session()
            for client_queue in self._outboxes:
                client_queue.withdraw(*(kind.__name__ for kind in OF_SESSION))
            self._count = 0
            self.on_session()

    def _text(self, record: Broadcast) -> protocol.Text:
        text = text_for(record)
        if isinstance(record, StrideMetrics):
            self._count += 1
            return structs.replace(text, recent=self._recent.update(record), count=self._count)
        return text

    def _take_shot(self, shot: Shot) -> None:
        if self._watch.waiting:
            return
        key = self._runner.runner_key
        self._seq += 1
        self._newest = replace(shot, runner_key=key)
        if shot.state is not None:
            before, self._state = self._state, shot.state
            if before is None or before.gist != shot.state.gist:
                self.broadcast(structs.replace(text_for(shot.state), runner_key=key))
        self._work.set()

    def _take_key_pose(self, key: KeyPose, picture: Picture | None) -> None:
        if self._preview.skeleton_only:
            picture = None
        still = Still(
            key=key,
            picture=picture,
            facing=self._state.facing if self._state else None,
            runner_key=self._runner.runner_key,
        )
        self._history.note_still(still)
        if self._outboxes:
            self._stills.append((still, tuple(self._outboxes)))
            self._work.set()

    def _show(self, shown: Shown) -> None:
        """Switch between pictures and skeletons only.

        Every picture that is kept is dropped, at the switch back, too: one taken in between must
        not be sent later.
        """
        hidden = shown is Shown.SKELETON
        if hidden == self._preview.skeleton_only:
            return
        self._preview.skeleton_only = hidden
        with self._lock:
            self._ring = PictureRing()
        self.replay.clear()
        self._made = (0, b"")
        if not hidden:
            self._shown_from_s = time.monotonic()
            self._newest = None
        else:
            self._history.hide_pictures()
            for still, _ in self._stills:
                still.picture = still.packet = None
            for client_queue in self._outboxes:
                client_queue.hide_pictures()

    @property
    def skeleton_only(self) -> bool:
        """Whether no picture may leave the station now."""
        return self._preview.skeleton_only

    async def _send_stills(self) -> None:
        while self._stills:
            still, outboxes = self._stills.popleft()
            packet = still.packet or await self._still_packet(still)
            if still.runner_key != self._runner.runner_key:
                continue
            for client_queue in outboxes:
                client_queue.post(packet)

    async def _still_packet(self, still: Still) -> bytes:
        """Return a still's packet, encoded anew if pictures were hidden meanwhile."""
        while True:
            skeleton_only = self._preview.skeleton_only
            packet = await self._preview.of_still(still)
            if skeleton_only == self._preview.skeleton_only:
                still.packet, still.picture = packet, None
                return packet

    async def _send_frame(self) -> None:
        shot, seq = self._newest, self._seq
        if shot is None or not self._outboxes:
            return
        # A client that does not read does not reduce the others' frame rate. The replay takes
        # every frame while any client is connected.
        wanting = sum(client_queue.wants_frame(seq) for client_queue in self._outboxes)
        made_seq, packet = self._made
        fresh = seq > made_seq
        if not (wanting or fresh) or not self._preview.is_due(shot, wanting):
            return
        if fresh:
            skeleton_only = self._preview.skeleton_only
            packet = await self._preview.of_frame(seq, shot)
            another = shot.runner_key != self._runner.runner_key
            if another or skeleton_only != self._preview.skeleton_only:
                # Encoded before the switch; the next frame will be right.
                return
            self._made = (seq, packet)
            self.replay.add(shot.frame.time_s, packet)
        for client_queue in self._outboxes:
            if client_queue.wants_frame(seq):
                client_queue.offer(seq, packet, shot.frame.arrived_s)

    def _keep_smaller(self, index: int, image: Image) -> None:
        """Keep a smaller picture in place of the original; runs on the encoder's thread."""
        with self._lock:
            self._ring.replace(index, image)
