"""The head of an audit: number and hash of its last line, in a file of their own."""

import fcntl
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge.record.durable import sync_names

BEFORE_ALL: Final = ""
_HEAD: Final = re.compile(rb"([0-9]{20}) ([0-9a-f]{64})\n")
_HEAD_BYTES: Final = 86

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last line: its number and hash; 0 and empty where there is none."""

    number: int = 0
    hash: str = BEFORE_ALL


def keep_head(path: Path, head: Head) -> None:
    """Write the head down, unless another program has written a later one."""
    try:
        with _locked(path) as number:
            if _number_in(os.pread(number, _HEAD_BYTES, 0)) >= head.number:
                return
            # One small write in place: after a power cut it is there as a whole or not.
            os.pwrite(number, _head_bytes(head), 0)
    except OSError as error:
        # The line itself is on disk; ``verify`` compares with the head before.
        _log.error("cannot write %s: %s", path, error.strerror)


def begin_head(path: Path) -> None:
    """Begin a head anew: before any line.

    It is on disk when this returns. Afterwards a power cut may bring back an older head, but
    neither an empty file nor none. Callers hold the lock of a transaction.
    """
    try:
        with _locked(path) as number:
            os.ftruncate(number, 0)
            os.pwrite(number, _head_bytes(Head(hash="0" * 64)), 0)
            os.fsync(number)
        sync_names(path.parent)
    except OSError as error:
        _log.error("cannot write %s: %s", path, error.strerror)


def _head_bytes(head: Head) -> bytes:
    return f"{head.number:020d} {head.hash}\n".encode()


def _number_in(data: bytes) -> int:
    """Return the number of a head as written; 0 if it is new or torn."""
    try:
        return _parsed(data).number
    except ValueError:
        return 0


def read_head(path: Path) -> Head:
    """Return a head; raises ``OSError`` or ``ValueError`` if it is gone or torn."""
    return _parsed(path.read_bytes())


def _parsed(data: bytes) -> Head:
    """Return a head as written; raises ``ValueError`` if it is torn."""
    found = _HEAD.fullmatch(data)
    if found is None:
        raise ValueError(data)
    return Head(number=int(found[1]), hash=found[2].decode("ascii"))


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield number
    finally:
        os.close(number)
