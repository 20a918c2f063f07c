"""Runner of report and export jobs: one at a time, each in a separate process."""

import logging
import os
import subprocess
import sys
from errno import EACCES, EPERM, EROFS
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Final

import msgspec

from edge.record.leftovers import HANDED_OUT, Place, sweep
from edge.serve.sessions.archive import ArchiveError, BusyError, Made
from edge.serve.sessions.job_task import LIMIT_S, Task
from edge.settings import paths

MOST_WAITING: Final = 4
TURN_S: Final = 60.0
_WRITE_PROTECTED: Final = (EACCES, EPERM, EROFS)

_log = logging.getLogger(__name__)


class JobRunner:
    """Makes one file at a time, in a separate process.

    Reading thousands of strides in a thread would hold the GIL, which the worker needs for every
    frame.

    Parameters
    ----------
    data
        The data folder. Files are made in a subfolder, not in ``/tmp``, which may be in memory.
    turn_s
        Longest wait for other jobs, in seconds.
    """

    def __init__(self, data: Path, turn_s: float = TURN_S) -> None:
        self._folder = data / HANDED_OUT
        self._turn_s = turn_s
        self._waiting = BoundedSemaphore(MOST_WAITING)
        self._turn = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._over = False
        sweep(data)

    def make(self, task: Task) -> Made:
        """Run a task and wait for its file.

        Raises
        ------
        BusyError
            If too many jobs are waiting, or the job times out.
        ArchiveError
            If the job fails.
        """
        if not self._waiting.acquire(blocking=False):
            raise BusyError("too much is being made already: try again in a minute")
        try:
            if not self._turn.acquire(timeout=self._turn_s):
                raise BusyError("others are being served: try again in a minute")
            try:
                return self._make(task)
            finally:
                self._turn.release()
        finally:
            self._waiting.release()

    def close(self) -> None:
        """Cancel the job in progress and accept no more."""
        self._over = True
        if (process := self._process) is not None:
            process.kill()

    def _make(self, task: Task) -> Made:
        if self._over:
            raise ArchiveError("the station is being ended")
        place = self._new_place()
        try:
            return Made(path=place.path / self._run(task, place.path), discard=place.remove)
        except BaseException:
            place.remove()
            raise

    def _new_place(self) -> Place:
        """Return an empty folder; outside the data folder if that is write-protected."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            return Place(self._folder)
        except OSError as error:
            if error.errno in _WRITE_PROTECTED:
                return Place(None)
            raise ArchiveError(f"cannot write to {self._folder}: {error.strerror}") from error

    def _run(self, task: Task, place: Path) -> str:
        with subprocess.Popen(
            [
                sys.executable,
                "-m",
                "edge.serve.sessions.job_process",
                msgspec.json.encode(task).decode(),
            ],
            cwd=place,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Ctrl-C goes to the station only, which ends this process when it ends.
            start_new_session=True,
        ) as process:
            self._process = process
            if self._over:
                process.kill()
            try:
                said, complaint = process.communicate(timeout=LIMIT_S)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise BusyError("this took too long and was given up") from error
            finally:
                self._process = None
        if process.returncode == 0:
            return said
        if process.returncode == 1 and complaint.strip() and "\n" not in complaint.strip():
            raise ArchiveError(complaint.strip())
        _log.error("%s ended with %d: %s", task.what, process.returncode, complaint)
        raise ArchiveError(f"the {task.what} could not be made; the station's log says why")


def _environment() -> dict[str, str]:
    """Return the environment in which the process finds this package and uses one core."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    own = {"PYTHONPATH": str(paths.PACKAGE.parent), "ARROW_DEFAULT_MEMORY_POOL": "system"}
    return os.environ | one | own
