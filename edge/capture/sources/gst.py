"""A GStreamer pipeline: ``gst:PIPELINE``."""

from functools import partial
from typing import TYPE_CHECKING, Final

from edge.capture.kind import Opening, SourceKind, after_scheme

if TYPE_CHECKING:
    from edge.capture.port import FrameSource


def _open(src: str, opening: Opening) -> "FrameSource":
    from edge.capture.opencv import open_gstreamer

    return opening.camera(partial(open_gstreamer, after_scheme(src, "gst")), "GStreamer pipeline")


KIND: Final = SourceKind(schemes=("gst",), forms=("gst:PIPELINE",), live=True, open=_open)
