"""Files made for a download: each in a folder that is locked until the file has been sent."""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

HANDED_OUT: Final = "handed_out"


class Place:
    """A new folder for one download, inside the data folder; locked until it is removed.

    Parameters
    ----------
    folder
        Where it is made.

    Raises
    ------
    OSError
        If it cannot be made.
    """

    def __init__(self, folder: Path | None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="toeline-", dir=folder))
        self._lock = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def remove(self) -> None:
        """Remove the folder and everything in it; a second call does nothing."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def sweep(data: Path) -> None:
    """Remove what a killed program left under a data folder; an unreadable disk is left alone."""
    with suppress(OSError):
        for place in list((data / HANDED_OUT).iterdir()):
            if not _is_in_use(place):
                shutil.rmtree(place, ignore_errors=True)


def _is_in_use(place: Path) -> bool:
    lock = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
