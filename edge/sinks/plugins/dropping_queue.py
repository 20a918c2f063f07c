"""A bounded queue that never blocks the producer: when full, it drops the oldest item."""

from collections import deque
from collections.abc import Iterator
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class DroppingQueue(Generic[T]):
    """A thread-safe bounded queue that drops its oldest item when full.

    Parameters
    ----------
    most
        Maximum length.

    Attributes
    ----------
    dropped
        Number of items dropped.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[T] = deque()
        self._changed = Condition()
        self._closed = False
        self.dropped = 0

    def put(self, item: T) -> bool:
        """Add an item; return False if the oldest was dropped. Ignored after ``close``."""
        with self._changed:
            if self._closed:
                return True
            full = len(self._waiting) >= self._most
            if full:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(item)
            self._changed.notify()
            return not full

    def close(self) -> None:
        """Accept no more items; queued ones can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def __iter__(self) -> Iterator[T]:
        """Yield items as they arrive, until closed and empty."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if not self._waiting:
                    return
                item = self._waiting.popleft()
            yield item
