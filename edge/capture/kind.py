"""What a kind of source is: the scheme it goes by, and how it is opened."""

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
    """How a source is to be opened; the same for every kind.

    Attributes
    ----------
    settings
        Size, rate and stall time.
    own_pace
        Whether a file's frames come when they are due, or as fast as they are taken.
    loop
        Whether a file begins again at its end.
    wait
        Whether to wait for a camera that is not there.
    clock, sleep
        The host's monotonic clock and a wait that lets it go on.
    """

    settings: "CaptureSettings"
    own_pace: bool
    loop: bool
    wait: bool
    clock: "Clock"
    sleep: "Sleep"

    def camera(self, connect: "Callable[[], Device]", name: str) -> "CameraSource":
        """Return the frames of a live device that ``connect`` opens, now and after each loss."""
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

    Its module must load fast, because ``--help`` lists all kinds: import OpenCV and the like inside
    ``open``.

    Attributes
    ----------
    schemes
        What stands before the colon, such as ``usb``; each belongs to one kind.
    forms
        How to write it, for people: ``picamera``, ``rtsp://...``.
    live
        Whether it goes on by itself, so that it can be neither looped nor analysed.
    open
        Takes the source as written and how to open it; raises ``CaptureError`` with one sentence.
    short
        Whether a source without a scheme is of this kind.
    """

    schemes: tuple[str, ...]
    forms: tuple[str, ...]
    live: bool
    open: "Callable[[str, Opening], FrameSource]"
    short: Callable[[str], bool] = lambda _src: False


def after_scheme(src: str, scheme: str) -> str:
    """Return what follows the scheme; all of a source written without it.

    Examples
    --------
    >>> after_scheme("usb:0", "usb")
    '0'
    >>> after_scheme("0", "usb")
    '0'
    """
    return src.removeprefix(f"{scheme}:").strip()


def shown(src: str) -> str:
    """Return ``src`` without the secrets that an address may hold.

    Examples
    --------
    >>> shown("rtsp://admin:secret@10.0.0.5/stream?token=abc")
    'rtsp://10.0.0.5/stream'
    >>> shown("clips/easy.mp4")
    'clips/easy.mp4'
    """
    if "://" not in src:
        return src
    return re.sub(r"://[^/]*@", "://", src).partition("?")[0]
