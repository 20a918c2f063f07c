"""File format and reader of a session's recorded pictures.

A segment is ``NNNNNN.mjpeg``, a plain sequence of JPEGs that any Motion JPEG player plays,
truncated or not. The index ``NNNNNN.frames.csv`` gives each frame's position and CRC-32. The index
may lag behind the pictures, never the reverse.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final
from zlib import crc32

from edge.messages.errors import RecordError

PICTURES: Final = ".mjpeg"
INDEX: Final = ".frames.csv"
COLUMNS: Final = ("frame", "time_s", "width_px", "height_px", "offset", "length", "crc32")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureAt:
    """The position of one picture; ``size_px`` is the frame size that keypoints refer to."""

    frame_index: int
    time_s: float
    size_px: tuple[int, int]
    offset: int
    length: int
    crc: int

    def line(self) -> str:
        """Return the index line."""
        width, height = self.size_px
        place = f"{self.offset},{self.length},{self.crc:08x}"
        return f"{self.frame_index},{self.time_s:.6f},{width},{height},{place}"


def picture_at(line: str) -> PictureAt:
    """Parse an index line.

    Raises
    ------
    ValueError
        If the line is invalid.
    """
    cells = line.split(",")
    if len(cells) != len(COLUMNS):
        raise ValueError(f"a line of the index has {len(COLUMNS)} cells, got {len(cells)}")
    place = PictureAt(
        frame_index=int(cells[0]),
        time_s=float(cells[1]),
        size_px=(int(cells[2]), int(cells[3])),
        offset=int(cells[4]),
        length=int(cells[5]),
        crc=int(cells[6], 16),
    )
    if not isfinite(place.time_s) or min(*place.size_px, place.offset, place.length) < 0:
        raise ValueError(f"no picture lies at {line}")
    return place


def video_files(folder: Path) -> list[Path]:
    """Return all picture and index files of a session, in order."""
    return sorted((*folder.glob(f"*{PICTURES}"), *folder.glob(f"*{INDEX}")))


class VideoReader:
    """Reader of a session's pictures; truncated or damaged ones are skipped.

    Parameters
    ----------
    folder
        The session's folder, which need not hold pictures.

    Raises
    ------
    RecordError
        From every method, if a file cannot be read at all.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def places(self) -> list[PictureAt]:
        """Return the positions of the pictures from the index, in order."""
        return [place for _, places in self._segments() for place in places]

    def nbytes(self) -> int:
        """Return the size of pictures and index on disk."""
        try:
            return sum(path.stat().st_size for path in video_files(self._folder))
        except OSError as error:
            raise RecordError(f"cannot read {self._folder}: {error.strerror or error}") from error

    def pictures(self, frames: Container[int] | None = None) -> Iterator[tuple[PictureAt, bytes]]:
        """Yield the intact pictures as JPEG, in order: all, or those of some frames."""
        for path, places in self._segments():
            wanted = [p for p in places if frames is None or p.frame_index in frames]
            if not wanted:
                continue
            try:
                with path.open("rb") as file:
                    for place in wanted:
                        file.seek(place.offset)
                        jpeg = file.read(place.length)
                        if len(jpeg) == place.length and crc32(jpeg) == place.crc:
                            yield place, jpeg
            except OSError as error:
                raise RecordError(f"cannot read {path}: {error.strerror or error}") from error

    def _segments(self) -> Iterator[tuple[Path, list[PictureAt]]]:
        for index in sorted(self._folder.glob(f"*{INDEX}")):
            try:
                text = index.read_text(encoding="ascii", errors="replace")
            except OSError as error:
                raise RecordError(f"cannot read {index}: {error.strerror or error}") from error
            number = index.name.removesuffix(INDEX)
            yield index.with_name(number + PICTURES), _places(text)


def _places(text: str) -> list[PictureAt]:
    """Parse index lines after the header, up to the end, truncation or first invalid line."""
    places = []
    for line in text.split("\n")[1:-1]:
        try:
            places.append(picture_at(line))
        except ValueError:
            break
    return places
