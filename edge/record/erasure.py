"""Secure deletion of files."""

import os
import shutil
from pathlib import Path

from edge.record.moved_aside import files_of
from edge.record.pose_log import segment_files
from edge.record.video_files import video_files


def erase_folder(folder: Path) -> None:
    """Overwrite the recordings in a session's folder, and remove it; raises ``OSError``."""
    if folder.exists():
        for path in (*video_files(folder), *segment_files(folder)):
            _overwrite(path)
        shutil.rmtree(folder)


def erase_copy(copy: Path) -> None:
    """Overwrite a damaged database that was moved aside, and remove it; raises ``OSError``."""
    for path in files_of(copy):
        _overwrite(path)
        path.unlink()


def _overwrite(path: Path) -> None:
    """Overwrite a file once; flash storage may still hold old blocks."""
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            block = bytes(min(left, 1 << 20))
            file.write(block)
            left -= len(block)
        file.flush()
        os.fsync(file.fileno())
