"""An append-only file of lines that stay complete even on a full disk."""

import os
from errno import EIO
from io import FileIO
from pathlib import Path


class LineFile:
    """A new file of complete lines, unbuffered except for its list of pending lines.

    Parameters
    ----------
    path
        Must not exist yet.

    Raises
    ------
    OSError
        From every method, raised by the operating system.
    """

    def __init__(self, path: Path) -> None:
        # Not a buffered file: that would keep failed data and retry it on closing.
        self._file = FileIO(path, "xb")
        self._waiting: list[bytes] = []
        self._size = 0

    def append(self, line: str) -> None:
        """Queue a line, without its line end, for the next flush."""
        self._waiting.append(line.encode("utf-8", "replace") + b"\n")

    def flush(self) -> None:
        """Write the pending lines.

        On an error, the complete lines already written stay, a partial line is cut off, and the
        rest are discarded.
        """
        data = b"".join(self._waiting)
        self._waiting.clear()
        done = 0
        try:
            while done < len(data):
                done += self._write(data[done:])
        except OSError:
            self._cut(self._size + data.rfind(b"\n", 0, done) + 1)
            raise
        self._size += len(data)

    def close(self) -> None:
        """Close the file; pending lines are not written."""
        self._waiting.clear()
        self._file.close()

    def _write(self, data: bytes) -> int:
        written = self._file.write(data)
        if not written:
            raise OSError(EIO, os.strerror(EIO))
        return written

    def _cut(self, size: int) -> None:
        self._size = size
        try:
            self._file.truncate(size)
            self._file.seek(size)
        except OSError:
            # The first error is the one to report; readers tolerate a partial last line.
            return
