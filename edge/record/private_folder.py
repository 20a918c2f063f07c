"""Permissions of the data folder: pictures, poses and pairings are for its owner alone."""

import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
# The umask under which a station runs: whatever it or a plug-in writes is for its owner alone.
UMASK: Final = 0o077
# What a station writes. Anything else that lies in the same folder is left as it is.
_OURS: Final = ("toeline.sqlite3*", "privacy.json", "access", "sessions", "handed_out")

_log = logging.getLogger(__name__)


def make_folder(folder: Path, *, parents: bool = True) -> None:
    """Create a folder for its owner alone, if it is not there; raises ``OSError``.

    Missing parents are made so, too, as the XDG specification asks.
    """
    if parents and not folder.parent.exists():
        make_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def tighten(data: Path) -> None:
    """Close the data folder, and what a station wrote there before, to other users.

    A folder that is closed already is not searched, so only the first start takes time. Links are
    not followed. What cannot be changed is reported in the log.
    """
    try:
        found = data.lstat()
    except OSError:
        return
    # A folder that all may write to, as /tmp, is not ours to close.
    if stat.S_ISDIR(found.st_mode) and not found.st_mode & stat.S_ISVTX:
        _close(data, found.st_mode, FOLDER_MODE)
    for pattern in _OURS:
        for path in data.glob(pattern):
            for inner, mode in _open_to_others(path):
                _close(inner, mode, FOLDER_MODE if stat.S_ISDIR(mode) else FILE_MODE)


def _open_to_others(path: Path) -> Iterator[tuple[Path, int]]:
    """Yield a path that others may use, and all inside, folders after what they hold."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode) or not mode & 0o077:
            return
        inside = sorted(path.iterdir()) if stat.S_ISDIR(mode) else []
    except OSError as error:
        _log.warning("cannot look into %s: %s", path, error.strerror)
        return
    for inner in inside:
        yield from _open_to_others(inner)
    yield path, mode


def _close(path: Path, mode: int, wanted: int) -> None:
    if not mode & 0o077:
        return
    try:
        path.chmod(wanted)
    except OSError as error:
        _log.warning("others may read %s: %s", path, error.strerror)
