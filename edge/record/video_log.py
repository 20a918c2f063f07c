"""Writer of one session's pictures: rotating segments, synced once a second.

Used only if the setting ``record.video`` is on.
"""

import os
from errno import EIO
from io import FileIO
from math import inf
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np

from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.record.durable import ROTATE_S, SYNC_S, append_whole, sync_names
from edge.record.line_file import LineFile
from edge.record.video_files import COLUMNS, INDEX, PICTURES, PictureAt, video_files

_QUALITY: Final = 85


class VideoLog:
    """Writer of a session's pictures; a camera's own JPEG is stored unchanged.

    Parameters
    ----------
    folder
        The session's folder, which must exist. Existing segments are never touched.

    Raises
    ------
    OSError
        From every method, raised by the operating system; then call ``abandon``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        numbers = [int(path.name.partition(".")[0]) for path in video_files(folder)]
        self._number = max(numbers, default=0)
        self._file: FileIO | None = None
        self._index: LineFile | None = None
        self._size = 0
        self._opened_s = self._synced_s = -inf

    def picture(self, frame: Frame) -> None:
        """Write a frame's picture; a frame without one is skipped."""
        if not frame.image.size:
            return
        jpeg = frame.jpeg or _encoded(frame.image)
        if not 0 <= frame.time_s - self._opened_s < ROTATE_S:
            self._rotate()
            self._opened_s = self._synced_s = frame.time_s
        assert self._index is not None
        height, width = frame.image.shape[:2]
        place = PictureAt(
            frame_index=frame.index,
            time_s=frame.time_s,
            size_px=(width, height),
            offset=self._size,
            length=len(jpeg),
            crc=crc32(jpeg),
        )
        self._write(jpeg)
        self._index.append(place.line())
        if not 0 <= frame.time_s - self._synced_s < SYNC_S:
            self.sync()
            self._synced_s = frame.time_s

    def sync(self) -> None:
        """Sync the pictures to disk, then write their index lines."""
        if self._file is not None and self._index is not None:
            os.fsync(self._file.fileno())
            self._index.flush()

    def close(self) -> None:
        """Sync and close the files; a second call does nothing."""
        try:
            self.sync()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Close the files without writing pending index lines."""
        if self._file is not None:
            self._file.close()
        if self._index is not None:
            self._index.close()
        self._file = self._index = None
        self._opened_s = -inf

    def _rotate(self) -> None:
        self.close()
        self._number += 1
        stem = f"{self._number:06}"
        self._file = FileIO(self._folder / (stem + PICTURES), "xb")
        self._index = LineFile(self._folder / (stem + INDEX))
        self._index.append(",".join(COLUMNS))
        self._size = 0
        sync_names(self._folder)

    def _write(self, jpeg: bytes) -> None:
        assert self._file is not None
        append_whole(self._file, jpeg, self._size)
        self._size += len(jpeg)


def _encoded(image: Image) -> bytes:
    # Imported on first use: most sessions record no pictures.
    import cv2

    ok, data = cv2.imencode(
        ".jpg", np.ascontiguousarray(image), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    )
    if not ok:
        raise OSError(EIO, f"could not encode a picture of shape {image.shape}")
    return bytes(data.tobytes())
