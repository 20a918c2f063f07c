"""Lock file that marks the session being recorded."""

import fcntl
from io import FileIO
from pathlib import Path
from typing import Final

from edge.messages.errors import RecordError

LOCK: Final = "recording"


def being_recorded(folder: Path) -> bool:
    """Return whether a running program is recording the session of this folder."""
    try:
        with (folder / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def locked(folder: Path) -> FileIO:
    """Lock the session against other programs until the returned file is closed.

    Raises
    ------
    RecordError
        If the session is being recorded already.
    OSError
        If the folder cannot be written to.
    """
    file = FileIO(folder / LOCK, "wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise RecordError(f"session {folder.name} is being written already") from error
    return file
