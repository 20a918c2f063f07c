"""The result folder of one recording, written during the recording."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from edge.exercises.calf_raise.calf_raise import CALF_RAISE
from edge.messages.errors import RecordError, record_error
from edge.messages.exercise import ExerciseUpdate
from edge.messages.gait import GaitEvent
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.raises import RaiseSet
from edge.messages.stride import StrideMetrics
from edge.record.line_file import LineFile
from edge.record.raises_data import RAISE_COLUMNS
from edge.record.tables import (
    EVENT_COLUMNS,
    STRIDE_COLUMNS,
    csv_line,
    event_row,
    pose_line,
    raise_row,
    stride_row,
)

EVENTS: Final = "events.csv"
STRIDES: Final = "strides.csv"
POSES: Final = "poses.jsonl"
RAISES: Final = "raises.csv"
SESSION: Final = "session.json"
_PART: Final = "session.json.part"

_FLUSH_S: Final = 1.0

_log = logging.getLogger(__name__)


class ResultFolder:
    """Write events, strides and poses as they come, and the session's summary at the end.

    For what can be made again, from a recording or from the store: nothing waits for the storage
    device. A killed program loses at most the last second of poses.

    Parameters
    ----------
    directory
        Made with its parents if it is not there. The files of an earlier result in it are removed
        first; other files stay.

    Raises
    ------
    RecordError
        From every method, when the disk is full or may not be written. What was written before
        stays valid, and every later ``write`` raises the same sentence, so that no file has a hole
        in the middle.

    Notes
    -----
    Not for use from several threads.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._failure = ""
        self._closed = False
        self._flushed_s = -inf
        self._files: dict[str, LineFile] = {}
        try:
            self._open()
        except OSError as error:
            self._let_go()
            raise record_error(directory, error) from error

    def __enter__(self) -> Self:
        """Return the folder itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the folder; without a summary there is no session file."""
        try:
            self.close()
        except RecordError as failure:
            # The error that ended the recording matters more than a failure to write its tail.
            if error is None:
                raise
            _log.warning("%s", failure)

    def write(self, message: Message) -> None:
        """Keep a confirmed event, a stride's metrics, a pose or raises; others are not for files.

        Raises
        ------
        RecordError
            See the class.
        ValueError
            If the folder is closed.
        """
        with self._guarded():
            match message:
                case GaitEvent(confirmed=True):
                    self._append(EVENTS, csv_line(event_row(message)))
                case StrideMetrics():
                    self._append(STRIDES, csv_line(stride_row(message)))
                case ExerciseUpdate(kind=kind) if kind == CALF_RAISE:
                    self._keep_raises(message.raises)
                case Pose():
                    self._files[POSES].append(pose_line(message))
                    self._flush_at(message.time_s)

    def close(self, summary: Mapping[str, Any] | None = None) -> None:
        """Write what waits and, if given, the final summary; let go of all files.

        A second call does nothing.

        Raises
        ------
        RecordError
            If any of it failed; the rest was done all the same.
        ValueError
            If the summary is not strict JSON; nothing is closed then.
        """
        if self._closed:
            return
        steps: list[Callable[[], None]] = [file.flush for file in self._files.values()]
        if summary is not None:
            steps.append(partial(self._put_session, _encoded(summary)))
        self._closed = True
        failures = [error for step in steps if (error := _failure_of(step))]
        self._let_go()
        if failures:
            raise record_error(self.directory, failures[0]) from failures[0]

    def _open(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        # The session file first: without it, remains of an old result cannot pass for complete.
        for name in (SESSION, _PART, EVENTS, STRIDES, POSES, RAISES):
            (self.directory / name).unlink(missing_ok=True)
        for name in (EVENTS, STRIDES, POSES):
            self._files[name] = LineFile(self.directory / name)
        self._append(EVENTS, csv_line(EVENT_COLUMNS))
        self._append(STRIDES, csv_line(STRIDE_COLUMNS))
        self._flush()

    def _keep_raises(self, done: RaiseSet | None) -> None:
        """Write a set of raises; the file is there from the exercise's first update."""
        if RAISES not in self._files:
            self._files[RAISES] = LineFile(self.directory / RAISES)
            self._append(RAISES, csv_line(RAISE_COLUMNS))
        for each in done.raises if done else ():
            self._append(RAISES, csv_line(raise_row(each)))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        if self._closed:
            raise ValueError(f"result folder {self.directory} is closed")
        if self._failure:
            raise RecordError(self._failure)
        try:
            yield
        except OSError as error:
            failure = record_error(self.directory, error)
            self._failure = str(failure)
            raise failure from error

    def _append(self, name: str, line: str) -> None:
        self._files[name].append(line)
        self._files[name].flush()

    def _flush_at(self, time_s: float) -> None:
        # Phrased so that a time that goes back, or is NaN, flushes too.
        if not 0 <= time_s - self._flushed_s < _FLUSH_S:
            self._flush()
            self._flushed_s = time_s

    def _flush(self) -> None:
        for file in self._files.values():
            file.flush()

    def _put_session(self, data: bytes) -> None:
        part = self.directory / _PART
        try:
            part.write_bytes(data)
            part.replace(self.directory / SESSION)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise

    def _let_go(self) -> None:
        for file in self._files.values():
            # Everything that matters has been flushed by now.
            with suppress(OSError):
                file.close()


def _encoded(summary: Mapping[str, Any]) -> bytes:
    text = json.dumps(summary, allow_nan=False, ensure_ascii=False, indent=2)
    # An undecodable file name must not lose the whole summary.
    return text.encode("utf-8", "replace") + b"\n"


def _failure_of(step: Callable[[], None]) -> OSError | None:
    try:
        step()
    except OSError as error:
        return error
    return None
