"""OpenCV's captures, kept quiet, and the live devices read through them."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from math import nan
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from edge.capture.jpeg import decoded, is_jpeg, showable
from edge.capture.port import Clock, Shot
from edge.messages.errors import CaptureError
from edge.settings.capture_settings import CaptureSettings

log = logging.getLogger(__name__)

OPEN_TIMEOUT_MS = 5000
SILENT = 0
MJPG = cv2.VideoWriter.fourcc(*"MJPG")


class VideoCapture(Protocol):
    """The part of ``cv2.VideoCapture`` that this room uses."""

    def isOpened(self) -> bool:  # noqa: N802
        """Whether there is something to read from."""
        ...

    def grab(self) -> bool:
        """Take the next picture, undecoded or not."""
        ...

    def retrieve(self) -> tuple[bool, Any]:
        """Return the picture that was taken."""
        ...

    def get(self, prop: int, /) -> float:
        """Return one property; 0 or -1 where unknown."""
        ...

    def set(self, prop: int, value: float, /) -> bool:
        """Ask for one property; False if refused."""
        ...

    def release(self) -> None:
        """Let go."""
        ...


OpenCapture = Callable[[int | str, int, Sequence[int]], VideoCapture]


def open_capture(target: int | str, backend: int, parameters: Sequence[int] = ()) -> VideoCapture:
    """Return a capture, opened or not, that writes nothing to stderr."""
    _quieten()
    return cv2.VideoCapture(target, backend, list(parameters))


def _quieten() -> None:
    """Silence OpenCV and FFmpeg, and shorten V4L2's wait; both read this at the first capture."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # An unplugged camera is noticed only when this wait ends; the default is 10 seconds.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")
    # OpenCV 5 and late 4.x moved this function.
    set_log_level = getattr(cv2, "setLogLevel", None) or cv2.utils.logging.setLogLevel
    set_log_level(SILENT)


def decoded_on(threads: int) -> tuple[int, int]:
    """Return the parameters that let FFmpeg decode on so many threads.

    Its own choice is one for each core, which hold one picture each: on four cores a stream comes
    three pictures late. And beside a network that has every core busy, two threads take a fifth
    more of the processor than one (measured on 1280x720 and 1920x1080).
    """
    return (cv2.CAP_PROP_N_THREADS, threads)


def is_picture(image: object) -> bool:
    """Whether OpenCV gave a colour picture; after an unplug it may say so and give nothing."""
    return isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.shape[2:] == (3,)


class OpenCVCamera:
    """One opened live device: a V4L2 camera, a network stream or a GStreamer pipeline.

    Parameters
    ----------
    capture
        Belongs to this camera from here on.
    stamped
        Whether its position is a monotonic buffer time, as V4L2's is.
    scale
        By how much JPEGs are made smaller on decoding: 1 or 2.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        capture: VideoCapture,
        *,
        stamped: bool,
        scale: int = 1,
        clock: Clock = time.monotonic,
    ) -> None:
        self._capture = capture
        self._stamped = stamped
        self._scale = scale
        self._clock = clock

    @property
    def frame_rate_hz(self) -> float:
        """What the device says; NaN if it says nothing sensible."""
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        return rate if 0 < rate <= 1000 else nan

    @property
    def exposure_s(self) -> float:
        """What V4L2 says, in units of 0.1 ms; NaN for a stream, and where it says nothing."""
        units = self._capture.get(cv2.CAP_PROP_EXPOSURE) if self._stamped else 0.0
        return units / 10_000 if 0 < units < 10_000 else nan

    def read(self) -> Shot | None:
        """Return the next picture; None after a failed read, which may have blocked."""
        try:
            if not self._capture.grab():
                return None
            stamp_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000 if self._stamped else nan
            began_s = self._clock()
            good, data = self._capture.retrieve()
            jpeg, scale = None, 1
            if good and is_jpeg(data):
                jpeg, scale = showable(data), self._scale
                data = decoded(data, scale)
        except cv2.error as error:
            log.debug("read failed: %s", error)
            return None
        if not good or not is_picture(data):
            # A driver may hand on something else than it said: then OpenCV is to make a picture.
            self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 1)
            return None
        return Shot(data, stamp_s, self._clock() - began_s, jpeg, scale)

    def close(self) -> None:
        """Let go of the device."""
        self._capture.release()


def open_v4l2(
    device: int | str,
    settings: CaptureSettings,
    open_capture: OpenCapture = open_capture,
    clock: Clock = time.monotonic,
) -> OpenCVCamera:
    """Open a camera by number or device path, MJPG first because raw video outgrows USB 2.

    Raises
    ------
    CaptureError
        If it is not there, not ours to use, or busy.
    """
    capture = open_capture(device, cv2.CAP_V4L2, ())
    if not capture.isOpened():
        capture.release()
        raise CaptureError(_why_no_camera(device))
    # The order matters: the driver offers other sizes per format, and other rates per size.
    capture.set(cv2.CAP_PROP_FOURCC, MJPG)
    if settings.width and settings.height:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
    if settings.fps:
        capture.set(cv2.CAP_PROP_FPS, settings.fps)
    # Two, not one: with a single buffer the driver has none to fill while we read.
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 2)
    if capture.get(cv2.CAP_PROP_FOURCC) == MJPG:
        # The JPEG as it comes: the page shows it without another encoding, and a large one is
        # decoded at half its size in a fraction of the time.
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
    rows = capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    half = 0 < settings.half_scale_rows <= rows
    return OpenCVCamera(capture, stamped=True, scale=2 if half else 1, clock=clock)


def open_stream(
    url: str, name: str, settings: CaptureSettings, open_capture: OpenCapture = open_capture
) -> OpenCVCamera:
    """Open an RTSP or HTTP stream; reads give up after the stall time instead of hanging.

    Raises
    ------
    CaptureError
        If there is no answer or no video; it says ``name``, not the address with its password.
    """
    parameters = (
        *decoded_on(settings.decode_threads),
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        OPEN_TIMEOUT_MS,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        round(settings.stall_s * 1000),
    )
    capture = open_capture(url, cv2.CAP_FFMPEG, parameters)
    if not capture.isOpened():
        capture.release()
        raise CaptureError(f"no video comes from {name}: wrong address or password, or it is off")
    return OpenCVCamera(capture, stamped=False)


def open_gstreamer(pipeline: str, open_capture: OpenCapture = open_capture) -> OpenCVCamera:
    """Open a GStreamer pipeline; without an appsink it gets one that keeps the newest frame.

    Raises
    ------
    CaptureError
        If this OpenCV has no GStreamer, or the pipeline does not start.
    """
    if not cv2.videoio_registry.hasBackend(cv2.CAP_GSTREAMER):
        raise CaptureError(
            "this OpenCV was built without GStreamer, so gst: sources need the system's own OpenCV"
        )
    if "appsink" not in pipeline:
        pipeline += " ! videoconvert ! video/x-raw,format=BGR ! appsink drop=true max-buffers=1"
    capture = open_capture(pipeline, cv2.CAP_GSTREAMER, ())
    if not capture.isOpened():
        capture.release()
        raise CaptureError(f"the GStreamer pipeline {pipeline!r} does not start")
    return OpenCVCamera(capture, stamped=False)


def _why_no_camera(device: int | str) -> str:
    path = Path(f"/dev/video{device}" if isinstance(device, int) else device)
    if not path.exists():
        return f"there is no camera at {path}"
    if not os.access(path, os.R_OK | os.W_OK):
        return f"camera {path} may not be used: add this user to the group video"
    return f"camera {path} cannot be opened: it is in use by another program, or is no camera"
