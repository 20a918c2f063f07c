"""A queue that never makes the giver wait: beyond its bound the oldest give way."""

from collections import deque
from collections.abc import Iterator
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class DroppingQueue(Generic[T]):
    """Hand over from one thread to another.

    Parameters
    ----------
    most
        How many may wait.

    Attributes
    ----------
    dropped
        How many were dropped to make room.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[T] = deque()
        self._changed = Condition()
        self._closed = False
        self.dropped = 0

    def put(self, item: T) -> bool:
        """Add one; returns False where the oldest had to go for it. After ``close``, nothing."""
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
        """Take no more; what waits can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def __iter__(self) -> Iterator[T]:
        """Give each as it comes, until closed and empty."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if not self._waiting:
                    return
                item = self._waiting.popleft()
            yield item
