"""Prefetching makes items in order, on a thread that always ends with the iteration."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from threading import Event, Semaphore

import pytest
from fakes import PATIENCE_S

from edge.offline.prefetch import prefetch, prefetch_from


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def counted(count: int, made: list[int]) -> Generator[int]:
    for number in range(count):
        made.append(number)
        yield number


@pytest.mark.parametrize("count", [0, 1, 3, 100])
def test_everything_comes_in_order(count: int) -> None:
    assert list(prefetch(counted(count, []), "maker", 3)) == list(range(count))


def test_none_is_an_item_like_any_other() -> None:
    assert list(prefetch([None, 1, None], "maker", 2)) == [None, 1, None]


def test_an_error_comes_where_its_item_would() -> None:
    def failing() -> Generator[int]:
        yield 0
        yield 1
        raise OSError("no third")

    came: list[int] = []

    def take() -> None:
        for number in prefetch(failing(), "maker", 5):
            came.append(number)

    with pytest.raises(OSError, match="no third"):
        take()
    assert came == [0, 1]


def test_no_more_is_made_than_may_wait() -> None:
    made: list[int] = []
    third = Event()

    def watched() -> Generator[int]:
        for number in counted(50, made):
            if number == 3:
                third.set()
            yield number

    with closing(prefetch(watched(), "maker", 2)) as items:
        assert next(items) == 0
        assert third.wait(PATIENCE_S)
        # One was taken, two wait, and one is in the maker's hand.
        assert made == [0, 1, 2, 3]


def test_closing_ends_a_chain_of_makers_and_closes_what_they_make_from() -> None:
    closed = []

    def source() -> Generator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            closed.append(threading.current_thread().name)

    def doubled(items: Generator[int]) -> Generator[int]:
        with closing(items):
            for item in items:
                yield 2 * item

    with closing(prefetch(doubled(prefetch(source(), "first", 2)), "second", 2)) as items:
        assert [next(items) for _ in range(5)] == [0, 2, 4, 6, 8]
    assert closed == ["first"]


def test_the_maker_works_while_the_taker_does() -> None:
    let = Semaphore(0)

    def waiting() -> Generator[int]:
        for number in range(4):
            yield number
            # Only the taker can let it go on, so that the two must run side by side.
            assert let.acquire(timeout=PATIENCE_S)

    came = []
    for number in prefetch(waiting(), "maker", 1):
        came.append(number)
        let.release()
    assert came == [0, 1, 2, 3]


def test_who_puts_is_told_when_no_more_is_wanted() -> None:
    answers: list[bool] = []

    def make(put: Callable[[int], bool]) -> None:
        for number in range(100):
            answers.append(put(number))
            if not answers[-1]:
                return

    with closing(prefetch_from(make, "maker", 2)) as items:
        assert next(items) == 0
    assert answers[0]
    assert not answers[-1]
    assert len(answers) < 100
