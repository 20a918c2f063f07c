"""Free space on the disk of the recordings."""

import shutil
from pathlib import Path

from edge.messages.errors import RecordError

_MEGABYTE = 1_000_000


def free_bytes(folder: Path) -> int:
    """Return the free space where ``folder`` is or will be."""
    try:
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise RecordError(f"cannot record to {folder}: {error.strerror}") from error


def mount_of(folder: Path) -> Path:
    """Return the mount point of the file system that holds an existing folder."""
    place = folder.resolve()
    while not place.is_mount() and place != place.parent:
        place = place.parent
    return place


def shortage(folder: Path, keep_mb: float) -> str:
    """Return a sentence about missing space; empty if there is enough.

    Raises
    ------
    RecordError
        If the free space cannot be determined.
    """
    free, need = free_bytes(folder), keep_mb * _MEGABYTE
    if free >= need:
        return ""
    return f"{free / _MEGABYTE:.0f} MB are free, {need / _MEGABYTE:.0f} MB must stay so"
