"""Secure deletion of files."""

import os
import shutil
from pathlib import Path

from edge.record.pose_log import segment_files
from edge.record.video_files import video_files


def erase_folder(folder: Path) -> None:
    """Overwrite the recordings in a session's folder, and remove it; raises ``OSError``."""
    if folder.exists():
        for path in (*video_files(folder), *segment_files(folder)):
            _overwrite(path)
        shutil.rmtree(folder)


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
