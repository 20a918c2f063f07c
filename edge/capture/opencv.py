"""Live devices read through OpenCV, with its log output silenced."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from math import nan
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from edge.capture.decodable_path import decodable_path
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
        """Return whether the capture is open."""
        ...

    def grab(self) -> bool:
        """Grab the next picture without decoding it."""
        ...

    def retrieve(self) -> tuple[bool, Any]:
        """Return the grabbed picture, decoded."""
        ...

    def get(self, prop: int, /) -> float:
        """Return one property; 0 or -1 where unknown."""
        ...

    def set(self, prop: int, value: float, /) -> bool:
        """Request one property; False if refused."""
        ...

    def release(self) -> None:
        """Release the device or file."""
        ...


OpenCapture = Callable[[int | str, int, Sequence[int]], VideoCapture]


def open_capture(target: int | str, backend: int, parameters: Sequence[int] = ()) -> VideoCapture:
    """Return a capture, opened or not, that writes nothing to stderr."""
    _quieten()
    if isinstance(target, int):
        return cv2.VideoCapture(target, backend, list(parameters))
    with decodable_path(target) as path:
        return cv2.VideoCapture(path, backend, list(parameters))


def _quieten() -> None:
    """Silence OpenCV and FFmpeg, and shorten V4L2's timeout; must run before the first capture."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # An unplugged camera is noticed only after this timeout; the default is 10 seconds.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")
    # OpenCV 5 and late 4.x moved this function.
    set_log_level = getattr(cv2, "setLogLevel", None) or cv2.utils.logging.setLogLevel
    set_log_level(SILENT)


def decoded_on(threads: int) -> tuple[int, int]:
    """Return the parameters that make FFmpeg decode on this many threads.

    FFmpeg's default is one thread per core. Each thread holds one picture, so on four cores a
    stream lags by three pictures. While a network keeps every core busy, two threads use a fifth
    more CPU time than one (measured at 1280x720 and 1920x1080).
    """
    return (cv2.CAP_PROP_N_THREADS, threads)


def is_picture(image: object) -> bool:
    """Return whether OpenCV gave a colour picture; after an unplug it may claim so without one."""
    return isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.shape[2:] == (3,)


class OpenCVCamera:
    """One opened live device: a V4L2 camera, a network stream or a GStreamer pipeline.

    Parameters
    ----------
    capture
        Owned by this camera from now on.
    stamped
        Whether its position is a monotonic buffer time, as with V4L2.
    scale
        Factor by which decoding shrinks JPEGs: 1 or 2.
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
        """Rate that the device reports; NaN if implausible."""
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        return rate if 0 < rate <= 1000 else nan

    @property
    def exposure_s(self) -> float:
        """Exposure time, which V4L2 reports in units of 0.1 ms; NaN if unknown, as for a stream."""
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
            # The driver may deliver another format than it announced: let OpenCV convert it.
            self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 1)
            return None
        return Shot(data, stamp_s, self._clock() - began_s, jpeg, scale)

    def close(self) -> None:
        """Release the device."""
        self._capture.release()


def open_v4l2(
    device: int | str,
    settings: CaptureSettings,
    open_capture: OpenCapture = open_capture,
    clock: Clock = time.monotonic,
) -> OpenCVCamera:
    """Open a camera by number or device path, preferring MJPG because raw video exceeds USB 2.

    Raises
    ------
    CaptureError
        If it is missing, not accessible to this user, or busy.
    """
    capture = open_capture(device, cv2.CAP_V4L2, ())
    if not capture.isOpened():
        capture.release()
        raise CaptureError(_why_no_camera(device))
    # The order matters: sizes depend on the format, and rates on the size.
    capture.set(cv2.CAP_PROP_FOURCC, MJPG)
    if settings.width and settings.height:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
    if settings.fps:
        capture.set(cv2.CAP_PROP_FPS, settings.fps)
    # Two buffers: with a single one the driver has none to fill during a read.
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 2)
    if capture.get(cv2.CAP_PROP_FOURCC) == MJPG:
        # Take the raw JPEG: the page shows it without re-encoding, and a large one can be decoded
        # at half size in a fraction of the time.
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
        If there is no answer or no video; it names ``name``, not the address with its password.
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
        raise CaptureError(f"no video from {name}: wrong address or password, or it is off")
    return OpenCVCamera(capture, stamped=False)


def open_gstreamer(pipeline: str, open_capture: OpenCapture = open_capture) -> OpenCVCamera:
    """Open a GStreamer pipeline, adding an appsink that keeps the newest frame if it has none.

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
        # Without its text, which may hold a password.
        raise CaptureError("the GStreamer pipeline does not start; try it with gst-launch-1.0")
    return OpenCVCamera(capture, stamped=False)


def _why_no_camera(device: int | str) -> str:
    path = Path(f"/dev/video{device}" if isinstance(device, int) else device)
    if not path.exists():
        return f"there is no camera at {path}"
    if not os.access(path, os.R_OK | os.W_OK):
        return f"no permission to use camera {path}: add this user to the group video"
    return f"camera {path} cannot be opened: it is in use by another program, or is not a camera"
