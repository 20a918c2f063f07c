"""A file of lines that is only ever added to, and whose lines are whole even on a full disk."""

import os
from errno import EIO
from io import FileIO
from pathlib import Path


class LineFile:
    """A new file of whole lines, unbuffered below its own list of waiting lines.

    Parameters
    ----------
    path
        Must not exist yet.

    Raises
    ------
    OSError
        From every method, as the operating system says it.
    """

    def __init__(self, path: Path) -> None:
        # Not a buffered file: that would hold on to what failed and try it again on closing.
        self._file = FileIO(path, "xb")
        self._waiting: list[bytes] = []
        self._size = 0

    def append(self, line: str) -> None:
        """Keep a line, given without its end, for the next flush."""
        self._waiting.append(line.encode("utf-8", "replace") + b"\n")

    def flush(self) -> None:
        """Hand the waiting lines to the operating system.

        When that fails, the whole lines that did get through stay, half a line is cut off, and the
        rest are given up.
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
        """Let go of the file; what still waits is not written."""
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
            # The first error is the one to tell; half a last line harms no reader of lines.
            return
