"""From what a user names to the frames it gives."""

import re
import time
from functools import partial
from pathlib import Path

from edge.capture.port import Clock, FrameSource, Sleep
from edge.messages.errors import CaptureError
from edge.settings.capture_settings import CaptureSettings

KINDS = "a camera number, /dev/video*, rtsp://..., a file, picamera or gst:PIPELINE"


def open_source(
    src: str,
    settings: CaptureSettings,
    *,
    own_pace: bool,
    loop: bool = False,
    wait: bool = False,
    clock: Clock = time.monotonic,
    sleep: Sleep = time.sleep,
) -> FrameSource:
    """Open what ``src`` names: a camera number, a device, a stream, a file, picamera or gst:.

    Parameters
    ----------
    src
        As on the command line.
    own_pace
        Whether a file's frames come when they are due, or as fast as they are taken.
    loop
        Whether a file begins again at its end.
    wait
        Whether a camera that is not there is waited for; what can be none is an error all the same.
    clock, sleep
        The host's monotonic clock and a wait that lets it go on.

    Raises
    ------
    CaptureError
        If the source is not known, not there or not usable.
    """
    src = src.strip()
    if not is_live(src):
        # OpenCV is imported by those who capture: it takes long on a small board.
        from edge.capture.playback import ReplaySource

        return ReplaySource(
            _file(src),
            own_pace=own_pace,
            loop=loop,
            clock=clock,
            sleep=sleep,
            decode_threads=settings.decode_threads,
        )
    if loop:
        raise CaptureError(f"{shown(src)} is live and cannot be looped")
    return _open_live(src, settings, clock, sleep, wait=wait)


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


def is_live(src: str) -> bool:
    """Whether ``src`` names something that goes on by itself, not a file."""
    return bool(re.match(r"\d{1,3}$|/dev/(video|v4l/)|rtsps?://|https?://|gst:|picamera$", src))


def _file(src: str) -> Path:
    path = Path(src)
    # A bare word is more likely a kind that we do not have than a file without a suffix.
    bare = not path.suffix and len(path.parts) <= 1
    if not src or "://" in src or (bare and not path.exists()):
        raise CaptureError(f"source {shown(src)!r} is not known; give {KINDS}")
    return path


def _open_live(
    src: str, settings: CaptureSettings, clock: Clock, sleep: Sleep, *, wait: bool
) -> FrameSource:
    from edge.capture import opencv, picamera
    from edge.capture.camera import CameraSource

    name = shown(src)
    source = partial(CameraSource, settings=settings, clock=clock, sleep=sleep, wait=wait)
    if src == "picamera":
        return source(partial(picamera.open_picamera, settings), name="Pi camera")
    if src.startswith("gst:"):
        pipeline = src.removeprefix("gst:").strip()
        return source(partial(opencv.open_gstreamer, pipeline), name="GStreamer pipeline")
    if "://" in src:
        return source(partial(opencv.open_stream, src, name, settings), name=name)
    device = int(src) if src.isdecimal() else src
    camera_name = f"camera {device}"
    connect = partial(opencv.open_v4l2, device, settings, clock=clock)
    return source(connect, name=camera_name)
