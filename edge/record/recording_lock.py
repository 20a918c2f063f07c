"""How programs tell each other which session is being written."""

import fcntl
from io import FileIO
from pathlib import Path
from typing import Final

from edge.messages.errors import RecordError

LOCK: Final = "recording"


def being_recorded(folder: Path) -> bool:
    """Whether a running program is writing the session of this folder."""
    try:
        with (folder / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def locked(folder: Path) -> FileIO:
    """Say to other programs that this session is being written, until the file is closed.

    Raises
    ------
    RecordError
        If it is being written already.
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
