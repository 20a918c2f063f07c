"""Jobs over processes: order, failures, and nothing left behind."""

import multiprocessing
import os

import pytest

from edge.messages.errors import EvaluationError
from edge.offline.evaluate.pool import run_all


def square(number: int) -> int:
    return number * number


def fail_on_two(number: int) -> int:
    if number == 2:
        raise EvaluationError("two is no good")
    return number


def die(_number: int) -> int:
    os._exit(9)


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_the_order_of_the_jobs(processes: int) -> None:
    told: list[tuple[int, int | None]] = []
    results = run_all(square, [3, 1, 2], lambda *done: told.append(done), processes)
    assert results == [9, 1, 4]
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("processes", [1, 2])
def test_the_first_failure_ends_it(processes: int) -> None:
    with pytest.raises(EvaluationError, match="two is no good"):
        run_all(fail_on_two, [1, 2, 3], lambda *_: None, processes)


def test_a_process_that_dies_is_said_in_one_sentence() -> None:
    with pytest.raises(EvaluationError, match="was killed"):
        run_all(die, [1, 2], lambda *_: None, 2)


def test_an_interrupt_leaves_no_process_behind() -> None:
    def interrupt(done: int, _total: int | None) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all(square, list(range(20)), interrupt, 2)
    assert not multiprocessing.active_children()


def test_nothing_to_do_is_done() -> None:
    assert run_all(square, [], lambda *_: None) == []
