"""Make the items of an iteration ahead, in a thread of its own."""

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

T = TypeVar("T")

_WAIT_S = 0.2


def prefetch(items: Iterable[T], name: str, most: int) -> Generator[T]:
    """Yield the items in their order, made up to ``most`` ahead.

    Parameters
    ----------
    items
        Iterated in the thread alone; a generator is closed there at the end.
    name
        Of the thread.
    most
        Items that may wait.

    Notes
    -----
    What making an item raises comes out where that item would. Closing the iteration waits until
    the thread has ended.
    """

    def make(put: Callable[[T], bool]) -> None:
        try:
            for item in items:
                if not put(item):
                    break
        finally:
            if isinstance(items, Generator):
                # It may have a thread of its own.
                items.close()

    return prefetch_from(make, name, most)


def prefetch_from(
    make: Callable[[Callable[[T], bool]], None], name: str, most: int
) -> Generator[T]:
    """Yield what ``make`` puts, in a thread of its own; as ``ahead``.

    Parameters
    ----------
    make
        Called in the thread with what takes an item, waits for room, and returns whether another
        one is wanted.
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
        # Room for an item that is on its way.
        with suppress(Empty):
            self.made.get_nowait()

    def _put(self, item: tuple[T] | BaseException | None) -> bool:
        while not self._stop.is_set():
            with suppress(Full):
                self.made.put(item, timeout=_WAIT_S)
                return True
        return False
