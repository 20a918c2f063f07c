"""Whether only skeletons may be shown and stored; kept in the data folder across restarts."""

import json
import os
import time
from math import inf
from pathlib import Path
from threading import Lock
from typing import Final

from edge.messages.errors import record_error
from edge.record.durable import sync_names
from edge.record.private_folder import FILE_MODE, make_folder

FILE_NAME: Final = "privacy.json"
_KEY: Final = "skeleton_only"


class Privacy:
    """The choice *skeleton only* of one station; safe to use from any thread.

    Parameters
    ----------
    data
        The data folder; None for a station that records nothing, which forgets the choice.
    """

    def __init__(self, data: Path | None = None) -> None:
        self._data = data
        self._lock = Lock()
        self._on = data is not None and skeleton_only(data)
        self._shown_from_s = -inf

    @property
    def skeleton_only(self) -> bool:
        """Whether no picture may be sent, recorded or put into a report."""
        return self._on

    def switch(self, *, on: bool) -> None:
        """Choose for now and for every later start.

        Switching on takes effect even if it cannot be kept; switching off does not.

        Raises
        ------
        RecordError
            If it cannot be written to the data folder.
        """
        with self._lock:
            self._on = self._on or on
            if self._data is not None:
                _write(self._data, on=on)
            if self._on and not on:
                self._shown_from_s = time.monotonic()
            self._on = on

    def hides(self, arrived_s: float) -> bool:
        """Return whether a frame's picture must not be kept: now, or when it arrived.

        ``arrived_s`` is a monotonic host time; frames may wait long for a slow disk.
        """
        return self._on or arrived_s < self._shown_from_s


def skeleton_only(data: Path) -> bool:
    """Return what was chosen last; True where that cannot be read, False before any choice."""
    try:
        text = (data / FILE_NAME).read_text("utf-8")
    except FileNotFoundError:
        return False
    except (OSError, UnicodeError):
        return True
    try:
        kept = json.loads(text)
    except (ValueError, RecursionError):
        return True
    # Nothing but a plain "false" shows pictures.
    return not (isinstance(kept, dict) and kept.get(_KEY) is False)


def _write(data: Path, *, on: bool) -> None:
    """Replace the file as a whole; it survives a power cut when this returns."""
    path, part = data / FILE_NAME, data / f".{FILE_NAME}.part"
    try:
        make_folder(data)
        part.unlink(missing_ok=True)
        with open(part, "x", encoding="utf-8", opener=_private) as file:
            file.write(json.dumps({_KEY: on}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_names(data)
    except OSError as error:
        raise record_error(path, error) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)
