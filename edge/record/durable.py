"""Bytes that reach the disk whole, and names that outlast a power cut."""

import os
from errno import EIO
from io import FileIO
from pathlib import Path


def write_whole(file: FileIO, data: bytes) -> None:
    """Write all of ``data`` to an unbuffered file; what of it got through is not told.

    Raises
    ------
    OSError
        As the operating system says it; also where it takes nothing and says nothing.
    """
    rest = memoryview(data)
    while rest:
        written = file.write(rest)
        if not written:
            raise OSError(EIO, os.strerror(EIO))
        rest = rest[written:]


def sync_names(folder: Path) -> None:
    """Make a folder's own entries last through a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
