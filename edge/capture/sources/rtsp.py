"""A network stream: ``rtsp://...``, and video over HTTP."""

from functools import partial
from typing import TYPE_CHECKING, Final

from edge.capture.credentials import with_credentials
from edge.capture.kind import Opening, SourceKind, shown
from edge.messages.errors import CaptureError

if TYPE_CHECKING:
    from edge.capture.port import FrameSource


def _open(src: str, opening: Opening) -> "FrameSource":
    from edge.capture.opencv import open_stream

    name = shown(src)
    if "://" not in src:
        raise CaptureError(f"{name} is not an address: write it as rtsp://HOST/PATH")
    address = with_credentials(src, opening.settings.credentials)
    return opening.camera(partial(open_stream, address, name, opening.settings), name)


KIND: Final = SourceKind(
    schemes=("rtsp", "rtsps", "http", "https"),
    forms=("rtsp://...",),
    live=True,
    open=_open,
)
