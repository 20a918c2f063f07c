"""A video file: its path, or ``file:PATH``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge.capture.kind import Opening, SourceKind, file_path

if TYPE_CHECKING:
    from edge.capture.port import FrameSource


def _open(src: str, opening: Opening) -> "FrameSource":
    from edge.capture.playback import ReplaySource

    return ReplaySource(
        Path(file_path(src)),
        own_pace=opening.own_pace,
        loop=opening.loop,
        clock=opening.clock,
        sleep=opening.sleep,
        settings=opening.settings,
    )


def _is_path(src: str) -> bool:
    """Return whether this may be a path; a bare word is more likely an unknown kind of source."""
    path = Path(src)
    bare = not path.suffix and len(path.parts) <= 1
    return bool(src) and "://" not in src and (not bare or os.path.lexists(src))


KIND: Final = SourceKind(
    schemes=("file",), forms=("a file", "file:PATH"), live=False, open=_open, short=_is_path
)
