"""A SQLite file that cannot be written to, opened for reading."""

import os
import shutil
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_REFUSALS: Final = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)
_LOG: Final = "-wal"


def is_write_protected(path: Path) -> bool:
    """Return whether an existing file, or the folder that needs its log, may not be written to."""
    return path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def cannot_be_written(path: Path, error: Exception) -> bool:
    """Return whether an existing file failed to open because it, or its folder, is read-only."""
    if not path.is_file():
        return False
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return isinstance(error, OSError)
    return code & 0xFF in _REFUSALS


class ReadableFile:
    """Access for reading to a file in a place where nothing can be written.

    Parameters
    ----------
    path
        The file.

    Attributes
    ----------
    uri
        Opens the file where it is.

    Notes
    -----
    A file without a write-ahead log cannot change here, so SQLite may read it without locks. With a
    log, SQLite needs a shared index beside it: that of a running station, or else of a copy.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(path.name + _LOG)
        self._copy: TemporaryDirectory[str] | None = None
        how = "mode=ro" if os.path.lexists(self._log) else "mode=ro&immutable=1"
        self.uri = f"{path.absolute().as_uri()}?{how}"

    def copied(self) -> str:
        """Return what opens a temporary copy of the file and its log."""
        self._copy = TemporaryDirectory(prefix="toeline-")
        folder = Path(self._copy.name)
        for source in (self._path, self._log):
            if source.exists():
                shutil.copyfile(source, folder / source.name)
        return (folder / self._path.name).as_uri()

    def close(self) -> None:
        """Remove the copy, if there is one."""
        if self._copy is not None:
            self._copy.cleanup()
