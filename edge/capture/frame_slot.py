"""Handover from the capture thread to the worker: newest frame wins, or lossless."""

from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Condition, Event
from typing import Generic, Protocol, TypeVar

from edge.messages.frame import Frame

T = TypeVar("T")

_WAIT_S = 0.25


class Slot(Generic[T]):
    """A one-item slot in which the newest item wins, so that a slow consumer never falls behind.

    Examples
    --------
    >>> slot: Slot[int] = Slot()
    >>> slot.put(1)
    >>> slot.put(2)
    >>> slot.take(0.0), slot.dropped
    (2, 1)
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._item: T | None = None
        self._dropped = 0
        self._closed = False

    @property
    def dropped(self) -> int:
        """Number of items replaced before they were taken."""
        with self._changed:
            return self._dropped

    @property
    def closed(self) -> bool:
        """Whether the slot was closed; one last item may still be in it."""
        with self._changed:
            return self._closed

    def put(self, item: T) -> None:
        """Store ``item``, replacing any unread one; never blocks. Does nothing once closed."""
        with self._changed:
            if self._closed:
                return
            self._dropped += self._item is not None
            self._item = item
            self._changed.notify()

    def take(self, timeout_s: float) -> T | None:
        """Return the item, waiting up to ``timeout_s``; None on timeout or if closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._closed, timeout_s)
            item, self._item = self._item, None
            return item

    def close(self) -> None:
        """Wake every waiting consumer; an item already put can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Handover(Protocol):
    """The link between the capture thread and the worker."""

    @property
    def dropped(self) -> int:
        """Number of frames replaced unread."""
        ...

    @property
    def closed(self) -> bool:
        """Whether the handover was closed; one last frame may still be waiting."""
        ...

    def put(self, item: Frame) -> None:
        """Pass on one frame; does nothing once closed."""
        ...

    def take(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None after ``timeout_s`` or at the end."""
        ...

    def close(self) -> None:
        """Signal that no more frames will come."""
        ...


class Lossless:
    """A handover that makes the source wait, so that no frame of a recording is lost."""

    dropped = 0

    def __init__(self) -> None:
        self._frames: Queue[Frame] = Queue(1)
        self._closed = Event()

    @property
    def closed(self) -> bool:
        """Whether the handover was closed; one last frame may still be waiting."""
        return self._closed.is_set()

    def put(self, item: Frame) -> None:
        """Store ``item``, waiting until there is room or the handover is closed."""
        while not self._closed.is_set():
            with suppress(Full):
                self._frames.put(item, timeout=_WAIT_S)
                return

    def take(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None after ``timeout_s``."""
        with suppress(Empty):
            return self._frames.get(timeout=timeout_s)
        return None

    def close(self) -> None:
        """Release a waiting source."""
        self._closed.set()
