"""A kind of source: its scheme, and how to open it."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.capture.camera import CameraSource, Device
    from edge.capture.port import Clock, FrameSource, Sleep
    from edge.settings.capture_settings import CaptureSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Options for opening a source, the same for every kind.

    Attributes
    ----------
    settings
        Size, rate and stall time.
    own_pace
        Whether a file's frames come when they are due rather than as fast as they are taken.
    loop
        Whether a file starts over at its end.
    wait
        Whether to wait for a camera that is not there.
    clock, sleep
        The host's monotonic clock and its sleep function.
    """

    settings: "CaptureSettings"
    own_pace: bool
    loop: bool
    wait: bool
    clock: "Clock"
    sleep: "Sleep"

    def camera(self, connect: "Callable[[], Device]", name: str) -> "CameraSource":
        """Return the source for a live device, which ``connect`` opens now and after each loss."""
        from edge.capture.camera import CameraSource

        return CameraSource(
            connect,
            name=name,
            settings=self.settings,
            clock=self.clock,
            sleep=self.sleep,
            wait=self.wait,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """One kind of source.

    Its module must load fast, because ``--help`` lists all kinds: import heavy libraries such as
    OpenCV inside ``open``.

    Attributes
    ----------
    schemes
        Prefixes before the colon, such as ``usb``; each belongs to one kind.
    forms
        How users may write it: ``picamera``, ``rtsp://...``.
    live
        Whether it is a live source, which can be neither looped nor analysed.
    open
        Opens the source, given as written; raises ``CaptureError`` with one sentence.
    short
        Whether a source written without a scheme is of this kind.
    """

    schemes: tuple[str, ...]
    forms: tuple[str, ...]
    live: bool
    open: "Callable[[str, Opening], FrameSource]"
    short: Callable[[str], bool] = lambda _src: False


def after_scheme(src: str, scheme: str) -> str:
    """Return what follows the scheme, or the whole source if it has none.

    Examples
    --------
    >>> after_scheme("usb:0", "usb")
    '0'
    >>> after_scheme("0", "usb")
    '0'
    """
    return src.removeprefix(f"{scheme}:").strip()


def file_path(src: str) -> str:
    """Return the path of a recording, without a leading ``file:``.

    A name may begin or end with blanks: what exists exactly as written is taken first.

    Examples
    --------
    >>> file_path("file:clips/easy.mp4"), file_path(" clips/easy.mp4 ")
    ('clips/easy.mp4', 'clips/easy.mp4')
    """
    for exact in (src.removeprefix("file:"), src):
        if os.path.lexists(exact):
            return exact
    return after_scheme(src.strip(), "file")


def shown(src: str) -> str:
    """Return ``src`` without any password or token in its address.

    Examples
    --------
    >>> shown("rtsp://admin:secret@10.0.0.5/stream?token=abc")
    'rtsp://10.0.0.5/stream'
    >>> shown("clips/easy.mp4")
    'clips/easy.mp4'
    """
    if "://" not in src:
        # A mistyped address, such as rtsp:USER:PASSWORD@HOST.
        return re.sub(r"^([a-z]+):/?[^/]*@", r"\1:", src)
    plain = re.sub(r"://[^/]*@", "://", src).partition("?")[0]
    # A slash in the password: what seems to be the port is no number.
    return re.sub(r"://[^/]*:[^/]*[^/0-9][^/]*/.*@", "://", plain)
