"""Hub from the worker thread to the event loop: only the newest picture, but every message."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from msgspec import structs

from edge.messages.frame import Frame
from edge.messages.gait import GaitEvent, GaitState
from edge.messages.health import Health, StageTime
from edge.messages.message import Message
from edge.messages.notice import NoticeChange
from edge.messages.pose import Pose
from edge.messages.stride import KeyPose, StrideCurves, StrideMetrics
from edge.messages.verdict import Cue, Verdict
from edge.numerics.timing import StageTimes
from edge.serve.live.client_queue import GOING_AWAY, MAX_WAITING, TRY_AGAIN_LATER, ClientQueue
from edge.serve.live.history import OF_RUNNER, OF_SESSION, RENEWED, History, Still
from edge.serve.live.inbox import Inbox, Item, Sign
from edge.serve.live.picture_gate import PictureGate
from edge.serve.live.picture_sender import PictureSender
from edge.serve.live.pictures import Picture
from edge.serve.live.preview import Preview, Shot
from edge.serve.live.runner_turns import RunnerTurns, Turn
from edge.serve.live.standing_notices import StandingNotices
from edge.serve.live.stride_replay import Replay
from edge.serve.wire import greeting, protocol, session_messages
from edge.serve.wire.commands import Shown
from edge.serve.wire.encode import text_for
from edge.serve.wire.feedback_messages import Feedback
from edge.serve.wire.status_messages import Display, Limits, Mark, You
from edge.serve.wire.wire_types import ToClient
from edge.settings.serve_settings import ServeSettings

# What is measured, and so is about one runner.
_MEASURED: Final = GaitEvent | StrideMetrics | StrideCurves | Verdict | Cue

_log = logging.getLogger(__name__)


class Hub:
    """Fan-out of the worker thread's messages to every client.

    The ``publish`` methods may be called from any thread at any time, also before and after
    ``run``; they only store a reference and wake the event loop. All other methods must be called
    on the event loop.

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
    on_feedback
        Called on the event loop with the feedback allowed from now on.
    """

    def __init__(
        self, settings: ServeSettings, hello: greeting.Hello, *, max_waiting: int = MAX_WAITING
    ) -> None:
        self.on_session: Callable[[], None] = lambda: None
        self.on_feedback: Callable[[Feedback], None] = lambda _: None
        self.settings = settings
        self._max_waiting = max_waiting
        self._times = StageTimes()
        self._gate = PictureGate()
        self._preview = Preview(settings, self._gate, self._times, hello)
        self._inbox = Inbox(self._gate, self._drain)
        # Below: used only on the event loop.
        self._notices = StandingNotices()
        self._turns = RunnerTurns()
        self._history = History(hello, self._turns.runner)
        self._pictures = PictureSender(self._preview, self._gate, self._turns.runner.runner_key)
        self._outboxes: set[ClientQueue] = set()
        self._work = asyncio.Event()

    # From any thread.

    def publish_frame(self, frame: Frame, pose: Pose | None, state: GaitState | None) -> None:
        """Publish a processed frame; it replaces one that the event loop has not taken yet."""
        self._inbox.publish_frame(frame, pose, state)

    def publish_another_runner(self) -> None:
        """Say that what is published from now on may be about another runner."""
        self._inbox.publish_another_runner()

    def publish(self, message: Message | protocol.Text) -> None:
        """Send every client an event, stride metrics, verdict, cue, key pose or wire message.

        Poses, gait states, strides and sensor readings are skipped: ``publish_frame`` carries the
        first two, and a stride is sent as its metrics. Exercise updates are sent by
        ``ExerciseControl``, and points set by hand by ``PointsControl``.
        """
        self._inbox.publish(message)

    def publish_health(self, health: Health) -> None:
        """Publish the station's health; a newer report replaces an unsent older one."""
        self._inbox.publish_health(health)

    def limit_preview(self, rate_hz: float, rows: float) -> None:
        """Limit the rate and the height in rows of pictures from now on."""
        self._preview.limit(rate_hz, rows)

    def times(self) -> tuple[StageTime, ...]:
        """Return the latencies of encoding, sending and painting; callable from any thread."""
        return self._times.summaries()

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
                await self._pictures.send(self._outboxes)

    @property
    def replay(self) -> Replay:
        """The pictures of the last seconds."""
        return self._pictures.replay

    @property
    def skeleton_only(self) -> bool:
        """Whether no picture may leave the station now."""
        return self._gate.hidden

    def broadcast(self, message: protocol.Text) -> None:
        """Send a message to every client, and to later clients while it is current."""
        match message:
            case session_messages.Session():
                self._begin(self._turns.follow(message))
            case Mark() if message.session != self._turns.session_name:
                # Its session has ended meanwhile.
                return
            case Limits() if self._turns.waiting:
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
        for still in self._history.stills:
            self._pictures.take_still(still, (client_queue,))
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
        self._inbox.attach(asyncio.get_running_loop())
        self._drain()
        try:
            yield
        finally:
            self._inbox.detach()
            self._close(GOING_AWAY, "the station stops")

    def _close(self, code: int, why: str) -> None:
        for client_queue in self._outboxes:
            client_queue.close(code, why)

    def _drain(self) -> None:
        """Take everything published since the last call."""
        published = self._inbox.take()
        if published.lost:
            _log.warning("messages were lost before they reached the clients: closing them")
            self._close(TRY_AGAIN_LATER, "messages were lost")
        # The messages of a frame are published after it, but a sign that precedes it before.
        for item in published.items:
            self._take(item)
        if published.shot is not None:
            self._take_shot(published.shot)
        if published.health is not None:
            self.broadcast(text_for(published.health))

    def _take(self, item: Item) -> None:
        if isinstance(item, Sign):
            self._begin(self._turns.another())
        elif self._turns.waiting and isinstance(item, tuple | _MEASURED):
            # Measured on the previous runner, after the operator began another session.
            pass
        elif isinstance(item, tuple):
            self._take_key_pose(*item)
        elif isinstance(item, NoticeChange):
            self.broadcast(self._notices.update(item))
        else:
            text = item if isinstance(item, ToClient) else self._turns.text(item)
            self.broadcast(text)
            if isinstance(text, Feedback):
                self.on_feedback(text)

    def _begin(self, turn: Turn | None) -> None:
        """Tell every page of another runner, and drop everything about the previous one."""
        if turn is None:
            return
        limits = self._history.forget_runner()
        self._pictures.begin_runner(turn.runner.runner_key)
        for client_queue in self._outboxes:
            client_queue.withdraw(*(kind.__name__ for kind in OF_RUNNER))
        self._send(turn.runner)
        if limits is not None:
            self.broadcast(limits.without_cadence())
        if turn.another_session:
            self._history.forget_session()
            for client_queue in self._outboxes:
                client_queue.withdraw(*(kind.__name__ for kind in OF_SESSION))
            self.on_session()

    def _take_shot(self, shot: Shot) -> None:
        if self._turns.waiting:
            return
        key = self._turns.runner.runner_key
        self._pictures.take_shot(replace(shot, runner_key=key))
        if shot.state is not None and self._turns.changes(shot.state):
            self.broadcast(structs.replace(text_for(shot.state), runner_key=key))
        self._work.set()

    def _take_key_pose(self, key: KeyPose, picture: Picture | None) -> None:
        still = Still(
            key=key,
            picture=None if self._gate.hidden else picture,
            facing=self._turns.facing,
            runner_key=self._turns.runner.runner_key,
        )
        self._history.note_still(still)
        self._pictures.take_still(still, self._outboxes)
        self._work.set()

    def _show(self, shown: Shown) -> None:
        """Switch between pictures and skeletons only; every picture that is kept is dropped."""
        if not self._gate.switch(hidden=shown is Shown.SKELETON):
            return
        self._pictures.hide_or_show()
        if self._gate.hidden:
            self._history.hide_pictures()
            for client_queue in self._outboxes:
                client_queue.hide_pictures()
