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
    """Run every job and return the results in the order of the jobs.

    Parameters
    ----------
    work
        A module-level function; its argument and result must be picklable.
    jobs
        The arguments, one per call of ``work``.
    progress
        Called with the number of jobs done and the total.
    processes
        Number of parallel processes; 0 for one per core. With 1, everything runs in this process.

    Raises
    ------
    EvaluationError
        If a process was killed, for instance when the machine ran out of memory.
    """
    count = min(processes or _cores(), len(jobs))
    progress(0, len(jobs))
    if count <= 1:
        results = []
        for job in jobs:
            results.append(work(job))
            progress(len(results), len(jobs))
        return results
    # Spawn, not fork: a fork would copy locks held by this process's threads, but not the threads.
    context = multiprocessing.get_context("spawn")
    with (
        stopped_by_signals(_interrupt),
        ProcessPoolExecutor(count, mp_context=context, initializer=_end_with_parent) as pool,
    ):
        try:
            futures = [pool.submit(work, job) for job in jobs]
            for done, future in enumerate(as_completed(futures), start=1):
                # Raise on completion rather than at the end, so that the first failure stops all.
                future.result()
                progress(done, len(jobs))
            return [future.result() for future in futures]
        except BrokenProcessPool as error:
            raise EvaluationError("a process of the evaluation was killed") from error
        except BaseException:
            # An interrupted evaluation keeps nothing, so do not wait for it.
            for child in multiprocessing.active_children():
                child.terminate()
            pool.shutdown(cancel_futures=True)
            raise


def _cores() -> int:
    # The cores available to this process, which in a container may be fewer than the machine's.
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def _interrupt() -> None:
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    """Exit on Ctrl-C without a traceback, and when the parent process ends."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
