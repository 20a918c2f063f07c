"""Complete writes, and directory entries that survive a power cut."""

import os
from contextlib import suppress
from errno import EIO
from io import FileIO
from pathlib import Path
from typing import Final

# Poses and pictures of a session are in files of this length, so that damage to one leaves the
# others; they are synced so often, which is what a power cut may cost.
ROTATE_S: Final = 60.0
SYNC_S: Final = 1.0


def write_whole(file: FileIO, data: bytes) -> None:
    """Write all of ``data`` to an unbuffered file; after an error, part may have been written.

    Raises
    ------
    OSError
        From the operating system, or if a write makes no progress.
    """
    rest = memoryview(data)
    while rest:
        written = file.write(rest)
        if not written:
            raise OSError(EIO, os.strerror(EIO))
        rest = rest[written:]


def append_whole(file: FileIO, data: bytes, size: int, *, sync: bool = False) -> None:
    """Append ``data`` to an unbuffered file of ``size`` bytes; it is cut back after an error.

    Parameters
    ----------
    file
        The file, positioned at its end.
    data
        The bytes to append.
    size
        Length of the file before.
    sync
        Whether to sync the file, too.

    Raises
    ------
    OSError
        From the operating system. If the file cannot be cut back either, a part of ``data`` may
        stay at its end, which readers must tolerate.
    """
    try:
        write_whole(file, data)
        if sync:
            os.fsync(file.fileno())
    except OSError:
        # The first error is the one to report.
        with suppress(OSError):
            file.truncate(size)
            file.seek(size)
        raise


def sync_names(folder: Path) -> None:
    """Sync a folder, so that its entries survive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
