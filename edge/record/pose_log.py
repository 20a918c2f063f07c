"""Log of one session's poses: rotating segment files, synced once a second."""

from collections.abc import Iterator, Sequence
from io import FileIO
from math import inf
from pathlib import Path
from typing import Final

from edge.messages.errors import RecordError
from edge.messages.gait import GaitState
from edge.messages.pose import Pose
from edge.messages.seen import Seen
from edge.record.durable import ROTATE_S, SYNC_S, append_whole, sync_names
from edge.record.pose_codec import (
    CONDITIONS,
    LAYOUT,
    SEEN,
    SETTLED,
    Conditions,
    Gait,
    Layout,
    decode_conditions,
    decode_layout,
    decode_seen,
    decode_settled,
    encode_conditions,
    encode_layout,
    encode_seen,
    encode_settled,
    first_layout,
)
from edge.record.segments import MAGIC, SegmentError, framed, read_segment

SUFFIX: Final = ".poses"


class PoseLog:
    """Writer of a session's poses; a power cut loses at most the last second.

    Parameters
    ----------
    folder
        The session's folder, which must exist. Existing segments are never touched.

    Raises
    ------
    OSError
        From every method, raised by the operating system. Synced data stays intact, and nothing
        more may be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._file: FileIO | None = None
        self._opened_s = self._synced_s = -inf
        self._conditions = self._layout = b""
        self._waiting: list[bytes] = []
        self._size = 0
        self.written_bytes = 0

    def seen(self, seen: Seen, state: GaitState) -> bool:
        """Write one frame; return whether everything so far was just synced."""
        time_s = seen.pose.time_s
        if not 0 <= time_s - self._opened_s < ROTATE_S:
            self._rotate()
            self._opened_s = time_s
        self._lay_out(seen.pose)
        conditions = encode_conditions(seen)
        if conditions != self._conditions:
            self._append(CONDITIONS, conditions)
            self._conditions = conditions
        self._append(SEEN, encode_seen(seen, state))
        if 0 <= time_s - self._synced_s < SYNC_S:
            return False
        self.sync()
        self._synced_s = time_s
        return True

    def settled(self, pose: Pose) -> None:
        """Write one settled pose, after its frame was written."""
        if self._file is None:
            self._rotate()
        self._lay_out(pose)
        self._append(SETTLED, encode_settled(pose))

    def sync(self) -> None:
        """Write and sync the pending records."""
        if self._file is None or not self._waiting:
            return
        data = b"".join(self._waiting)
        self._waiting.clear()
        append_whole(self._file, data, self._size, sync=True)
        self._size += len(data)
        self.written_bytes += len(data)

    def close(self) -> None:
        """Sync and close the file; a second call does nothing."""
        if self._file is None:
            return
        try:
            self.sync()
        finally:
            file, self._file = self._file, None
            file.close()

    def abandon(self) -> None:
        """Close the file without writing the pending records."""
        self._waiting.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _rotate(self) -> None:
        self.close()
        self._number += 1
        # Not a buffered file: that would keep failed data and retry it on closing.
        self._file = FileIO(self._folder / f"{self._number:06}{SUFFIX}", "xb")
        self._size = 0
        self._conditions = self._layout = b""
        self._waiting.append(MAGIC)
        sync_names(self._folder)

    def _lay_out(self, pose: Pose) -> None:
        """Write the layout of the next pose if it has changed."""
        layout = encode_layout(pose)
        if layout != self._layout:
            self._append(LAYOUT, layout)
            self._layout = layout

    def _append(self, kind: int, payload: bytes) -> None:
        self._waiting.append(framed(kind, payload))


def segment_files(folder: Path) -> list[Path]:
    """Return a session's segments in the order in which they were written."""
    return sorted(folder.glob(f"*{SUFFIX}"))


class PoseReader:
    """Reader of a session's poses; truncated or damaged data is skipped and reported.

    Parameters
    ----------
    folder
        The session's folder; a missing one counts as empty.
    files
        Some of its segments; None reads all.

    Attributes
    ----------
    damage
        One sentence for each incomplete segment, filled during reading.

    Raises
    ------
    RecordError
        If a file cannot be read at all, or an intact record is invalid.
    """

    def __init__(self, folder: Path, files: Sequence[Path] | None = None) -> None:
        self._folder = folder
        self._files = files
        self.damage: list[str] = []

    def seen(self) -> Iterator[tuple[Seen, Gait]]:
        """Yield the frames as seen by the pose room, with the runner's gait."""
        conditions = Conditions()
        for kind, payload, layout, path in self._laid_out():
            try:
                if kind == CONDITIONS:
                    conditions = decode_conditions(payload)
                    continue
                if kind != SEEN:
                    continue
                item = decode_seen(payload, conditions, layout)
            except SegmentError as error:
                raise RecordError(f"cannot read {path}: {error}") from error
            yield item

    def settled(self) -> Iterator[Pose]:
        """Yield the poses with their final leg identity; depth is NaN."""
        for kind, payload, layout, path in self._laid_out():
            if kind != SETTLED:
                continue
            try:
                pose = decode_settled(payload, layout)
            except SegmentError as error:
                raise RecordError(f"cannot read {path}: {error}") from error
            yield pose

    def cut(self) -> list[str]:
        """Return the damage after checking all checksums, without decoding poses."""
        for _ in self._records():
            pass
        return self.damage

    def _laid_out(self) -> Iterator[tuple[int, bytes, Layout, Path]]:
        """Yield the records, each with its layout."""
        layout = first_layout()
        for kind, payload, path, first_format in self._records():
            if first_format:
                layout = first_layout()
            if kind != LAYOUT:
                yield kind, payload, layout, path
                continue
            try:
                layout = decode_layout(payload)
            except SegmentError as error:
                raise RecordError(f"cannot read {path}: {error}") from error

    def _records(self) -> Iterator[tuple[int, bytes, Path, bool]]:
        self.damage.clear()
        for path in segment_files(self._folder) if self._files is None else self._files:
            try:
                segment = read_segment(path.read_bytes())
            except OSError as error:
                raise RecordError(f"cannot read {path}: {error.strerror or error}") from error
            except SegmentError as error:
                # A power cut may leave a file of zeros; the other segments are still valid.
                self.damage.append(f"{path.name}: {error}")
                continue
            if not segment.whole:
                self.damage.append(f"{path.name} ends after {segment.good_bytes} whole bytes")
            for kind, payload in segment.records:
                yield kind, payload, path, segment.first_format
