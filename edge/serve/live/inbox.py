"""What the worker thread publishes, on its way to the event loop."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from threading import Lock
from typing import Final

from edge.messages.exercise import ExerciseUpdate
from edge.messages.frame import Frame
from edge.messages.gait import GaitState
from edge.messages.health import Health
from edge.messages.message import Message
from edge.messages.notice import NoticeChange
from edge.messages.points_by_hand import PointsChange
from edge.messages.pose import Pose
from edge.messages.reading import Reading
from edge.messages.stride import KeyPose, Stride
from edge.serve.live.picture_gate import PictureGate
from edge.serve.live.pictures import Picture
from edge.serve.live.preview import Shot
from edge.serve.wire import protocol
from edge.serve.wire.encode import Broadcast

# Minutes of messages: only a blocked event loop lets the inbox grow this long.
MAX_INBOX: Final = 10_000


class Sign(Enum):
    """An inbox item without content."""

    ANOTHER_RUNNER = "another_runner"


Item = protocol.Text | Broadcast | NoticeChange | tuple[KeyPose, Picture | None] | Sign
"""A wire message, a message yet to be converted, or a sign."""


@dataclass(slots=True, kw_only=True)
class Published:
    """Everything published since the inbox was last emptied.

    Attributes
    ----------
    shot, health
        The newest; None if there is none.
    items
        All others, in order.
    lost
        Whether some were lost because there were too many.
    """

    shot: Shot | None = None
    health: Health | None = None
    items: deque[Item] = field(default_factory=deque)
    lost: bool = False


class Inbox:
    """Hand-over from any thread to the event loop: only the newest picture, but every message.

    The ``publish`` methods may be called from any thread at any time; they only store a reference
    and wake the event loop, with at most one wake-up pending. All others belong to the event loop.

    Parameters
    ----------
    gate
        Keeps the pictures, for stills.
    on_published
        Called on the event loop when there is something to take.
    """

    def __init__(self, gate: PictureGate, on_published: Callable[[], None]) -> None:
        self._gate = gate
        self._on_published = on_published
        self._lock = Lock()
        # Below: under the lock.
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = False
        self._published = Published()

    def publish_frame(self, frame: Frame, pose: Pose | None, state: GaitState | None) -> None:
        """Publish a processed frame; it replaces one that the event loop has not taken yet."""
        if not self._gate.keep(frame):
            return
        with self._lock:
            self._published.shot = Shot(frame=frame, pose=pose, state=state)
            self._wake()

    def publish_another_runner(self) -> None:
        """Say that what is published from now on may be about another runner."""
        self._put(Sign.ANOTHER_RUNNER)

    def publish(self, message: Message | protocol.Text) -> None:
        """Publish a message for every client; see ``Hub.publish``."""
        if isinstance(message, Pose | GaitState | Stride | Reading | ExerciseUpdate | PointsChange):
            return
        if isinstance(message, KeyPose):
            # Looked up now: the picture may be gone when the loop comes to it.
            self._put((message, self._gate.picture(message.frame_index)))
        else:
            self._put(message)

    def publish_health(self, health: Health) -> None:
        """Publish the station's health; a newer report replaces an unsent older one."""
        with self._lock:
            self._published.health = health
            self._wake()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake this loop from now on."""
        with self._lock:
            self._loop = loop

    def detach(self) -> None:
        """Wake no loop; what is published is kept."""
        with self._lock:
            self._loop = None
            self._woken = False

    def take(self) -> Published:
        """Return everything published since the last call."""
        with self._lock:
            self._woken = False
            published, self._published = self._published, Published()
        return published

    def _put(self, item: Item) -> None:
        with self._lock:
            items = self._published.items
            if len(items) >= MAX_INBOX:
                items.popleft()
                self._published.lost = True
            items.append(item)
            self._wake()

    def _wake(self) -> None:
        # At most one pending call: they must not pile up while the loop is blocked.
        if self._loop is not None and not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._on_published)
