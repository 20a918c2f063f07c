"""A session's video in its result folder: one file, and the offset of each frame in it."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.video_files import COLUMNS

VIDEO: Final = "video.mjpeg"
FRAMES: Final = "video.csv"


def export_video(store: Store, session: StoredSession, folder: Path) -> int:
    """Write ``video.mjpeg`` and ``video.csv``, and return the number of pictures.

    Without pictures nothing is written. Frames and times count from the session's first frame, as
    in ``poses.jsonl``.

    Raises
    ------
    OSError
        If a file cannot be written.
    RecordError
        If the session cannot be read.
    """
    if not store.read(session).video().places():
        return 0
    count = offset = 0
    with (folder / VIDEO).open("xb") as video, (folder / FRAMES).open("x", newline="") as frames:
        frames.write(",".join(COLUMNS) + "\n")
        for place, jpeg in store.read(session).video().pictures():
            video.write(jpeg)
            moved = replace(
                place,
                frame_index=place.frame_index - session.first_frame,
                time_s=place.time_s - session.origin_s,
                offset=offset,
            )
            frames.write(moved.line() + "\n")
            offset += len(jpeg)
            count += 1
    return count
