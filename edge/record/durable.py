"""Complete writes, and directory entries that survive a power cut."""

import os
from errno import EIO
from io import FileIO
from pathlib import Path


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


def sync_names(folder: Path) -> None:
    """Sync a folder, so that its entries survive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
