"""The one-place hand-over between the capture thread and the worker."""

from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """One place where the newest item wins, so that a slow taker never falls behind.

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
        """How many items were replaced before anyone took them."""
        with self._changed:
            return self._dropped

    @property
    def closed(self) -> bool:
        """Whether the slot was closed; one last item may still lie in it."""
        with self._changed:
            return self._closed

    def put(self, item: T) -> None:
        """Leave ``item`` in place of any unread one; never blocks. Does nothing once closed."""
        with self._changed:
            if self._closed:
                return
            self._dropped += self._item is not None
            self._item = item
            self._changed.notify()

    def take(self, timeout_s: float) -> T | None:
        """Return the item, waiting for one up to ``timeout_s``; None if none came or closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._closed, timeout_s)
            item, self._item = self._item, None
            return item

    def close(self) -> None:
        """Wake every waiting taker; an item already put can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
