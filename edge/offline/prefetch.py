"""Prefetching: produce an iterator's items ahead of use, in a separate thread."""

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

T = TypeVar("T")

_WAIT_S = 0.2


def prefetch(items: Iterable[T], name: str, most: int) -> Generator[T]:
    """Yield the items in order, produced up to ``most`` ahead.

    Parameters
    ----------
    items
        Iterated only in the thread; a generator is closed there at the end.
    name
        The thread's name.
    most
        Maximum number of items that wait.

    Notes
    -----
    An exception while producing an item is raised in that item's place. Closing the iterator waits
    for the thread to end.
    """

    def make(put: Callable[[T], bool]) -> None:
        try:
            for item in items:
                if not put(item):
                    break
        finally:
            if isinstance(items, Generator):
                # The generator may itself own a thread.
                items.close()

    return prefetch_from(make, name, most)


def prefetch_from(
    make: Callable[[Callable[[T], bool]], None], name: str, most: int
) -> Generator[T]:
    """Run ``make`` in a separate thread and yield the items it puts; as ``prefetch``.

    Parameters
    ----------
    make
        Called in the thread with a function ``put``, which takes an item, blocks while the queue is
        full, and returns whether more items are wanted.
    """
    maker = _Maker(make, most)
    thread = threading.Thread(target=maker.run, name=name, daemon=True)
    thread.start()
    try:
        while True:
            item = maker.made.get()
            if isinstance(item, BaseException):
                raise item
            if item is None:
                return
            yield item[0]
    finally:
        maker.stop()
        thread.join()


class _Maker(Generic[T]):
    def __init__(self, make: Callable[[Callable[[T], bool]], None], most: int) -> None:
        self.made: Queue[tuple[T] | BaseException | None] = Queue(most)
        self._make = make
        self._stop = threading.Event()

    def run(self) -> None:
        ending: BaseException | None = None
        try:
            self._make(lambda item: self._put((item,)))
        except Exception as error:
            ending = error
        finally:
            self._put(ending)

    def stop(self) -> None:
        self._stop.set()
        # Make room for an item that is being put.
        with suppress(Empty):
            self.made.get_nowait()

    def _put(self, item: tuple[T] | BaseException | None) -> bool:
        while not self._stop.is_set():
            with suppress(Full):
                self.made.put(item, timeout=_WAIT_S)
                return True
        return False
