"""The Raspberry Pi camera: ``picamera``, or ``picamera:1`` for the second one."""

from functools import partial
from typing import TYPE_CHECKING, Final

from edge.capture.kind import Opening, SourceKind, after_scheme
from edge.messages.errors import CaptureError

if TYPE_CHECKING:
    from edge.capture.port import FrameSource


def _open(src: str, opening: Opening) -> "FrameSource":
    from edge.capture.pi_camera import open_picamera

    number = after_scheme(src, "picamera").removeprefix("picamera") or "0"
    if not number.isdecimal():
        raise CaptureError(f"picamera: takes a camera number, got {number!r}")
    name = "Pi camera" if number == "0" else f"Pi camera {number}"
    return opening.camera(partial(open_picamera, opening.settings, int(number)), name)


KIND: Final = SourceKind(
    schemes=("picamera",),
    forms=("picamera",),
    live=True,
    open=_open,
    short=lambda src: src == "picamera",
)
