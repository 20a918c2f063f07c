"""Spread independent jobs over processes, one core each."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from edge.messages.errors import EvaluationError
from edge.station.signals import stopped_by_signals

Job = TypeVar("Job")
Result = TypeVar("Result")
Progress = Callable[[int, int | None], None]


def run_all(
    work: Callable[[Job], Result], jobs: Sequence[Job], progress: Progress, processes: int = 0
) -> list[Result]:
    """Do every job and return the results in the order of the jobs.

    Parameters
    ----------
    work
        A function of a module; what it is given and gives back must be picklable.
    jobs
        Each done in one process.
    progress
        Told how many of how many are done.
    processes
        How many at a time; 0 is one a core. One does all the work in this process.

    Raises
    ------
    EvaluationError
        If a process was ended from outside, as by a machine that ran out of memory.
    """
    count = min(processes or _cores(), len(jobs))
    progress(0, len(jobs))
    if count <= 1:
        results = []
        for job in jobs:
            results.append(work(job))
            progress(len(results), len(jobs))
        return results
    # A new interpreter each: a copy of this one would share its threads' locks without them.
    context = multiprocessing.get_context("spawn")
    with (
        stopped_by_signals(_interrupt),
        ProcessPoolExecutor(count, mp_context=context, initializer=_end_with_parent) as pool,
    ):
        try:
            futures = [pool.submit(work, job) for job in jobs]
            for done, future in enumerate(as_completed(futures), start=1):
                # Here and not at the end, so that the first failure ends it all.
                future.result()
                progress(done, len(jobs))
            return [future.result() for future in futures]
        except BrokenProcessPool as error:
            raise EvaluationError("a process of the evaluation was ended from outside") from error
        except BaseException:
            # Nothing of an interrupted evaluation is kept, so nothing is waited for.
            for child in multiprocessing.active_children():
                child.terminate()
            pool.shutdown(cancel_futures=True)
            raise


def _cores() -> int:
    # The cores this process may use, which in a container are not all of the machine.
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def _interrupt() -> None:
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    """Let Ctrl-C end a process without a traceback, and none outlive the one that asked for it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
