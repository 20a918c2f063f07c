"""A USB camera, through V4L2: ``usb:0``, ``usb:/dev/video0``, ``0`` or ``/dev/video0``."""

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from edge.capture.kind import Opening, SourceKind, after_scheme
from edge.messages.errors import CaptureError

if TYPE_CHECKING:
    from edge.capture.port import FrameSource

_NUMBER: Final = r"\d{1,3}"


def _open(src: str, opening: Opening) -> "FrameSource":
    from edge.capture.opencv import open_v4l2

    target = after_scheme(src, "usb")
    if not re.fullmatch(rf"{_NUMBER}|/.+", target):
        raise CaptureError(f"usb: takes a camera number or a path in /dev, got {target!r}")
    device = int(target) if target.isdecimal() else target
    connect = partial(open_v4l2, device, opening.settings, clock=opening.clock)
    return opening.camera(connect, f"camera {device}")


KIND: Final = SourceKind(
    schemes=("usb",),
    forms=("usb:0", "a camera number", "/dev/video*"),
    live=True,
    open=_open,
    short=lambda src: bool(re.fullmatch(rf"{_NUMBER}|/dev/(video|v4l/).*", src)),
)
