"""The Raspberry Pi camera, through the system package picamera2."""

import importlib
import logging
from math import nan
from typing import Any

import numpy as np

from edge.capture.port import Shot
from edge.messages.errors import CaptureError
from edge.settings.capture_settings import CaptureSettings

log = logging.getLogger(__name__)

READ_TIMEOUT_S = 1.0
DEFAULT_SIZE_PX = (1280, 720)
DEFAULT_RATE_HZ = 60.0


def open_picamera(settings: CaptureSettings, number: int = 0) -> "PiCamera":
    """Open a Pi camera, by default the first, at 1280x720 and 60 frames/s unless set otherwise.

    Raises
    ------
    CaptureError
        If picamera2 is not installed or no camera answers.
    """
    try:
        # Comes with the operating system, so it is missing on most machines and in requirements.
        picamera2 = importlib.import_module("picamera2")
    except ImportError as error:
        raise CaptureError(
            "source picamera needs the system package python3-picamera2, which is not installed"
        ) from error
    size_px = (settings.width, settings.height)
    rate_hz = settings.fps or DEFAULT_RATE_HZ
    try:
        camera = picamera2.Picamera2(number)
        camera.configure(
            camera.create_video_configuration(
                # picamera2 names formats by register order: RGB888 is BGR in memory.
                main={"format": "RGB888", "size": size_px if all(size_px) else DEFAULT_SIZE_PX},
                controls={"FrameRate": rate_hz},
            )
        )
        camera.start()
    except (RuntimeError, IndexError) as error:
        raise CaptureError(f"no Pi camera can be opened: {error}") from error
    return PiCamera(camera, rate_hz)


class PiCamera:
    """One opened Pi camera."""

    def __init__(self, camera: Any, frame_rate_hz: float) -> None:
        self._camera = camera
        self._job: Any = None
        self.frame_rate_hz = frame_rate_hz
        self.exposure_s = nan

    def read(self) -> Shot | None:
        """Return the next picture with its sensor time; None if none came within a second."""
        try:
            # After a timeout, wait for the same job: a second one would hold its buffer forever.
            self._job = self._job or self._camera.capture_request(wait=False)
            request = self._camera.wait(self._job, timeout=READ_TIMEOUT_S)
        except (RuntimeError, TimeoutError) as error:
            log.debug("read failed: %s", error)
            return None
        self._job = None
        try:
            # Copy: the array is a view of the camera's buffer, which is refilled after the release.
            image = np.array(request.make_array("main"), dtype=np.uint8)
            metadata = request.get_metadata()
            sensor_ns = metadata.get("SensorTimestamp")
            self.exposure_s = metadata.get("ExposureTime", nan) / 1e6
        finally:
            request.release()
        return Shot(image, nan if sensor_ns is None else sensor_ns / 1e9)

    def close(self) -> None:
        """Stop the camera and release it."""
        self._camera.stop()
        self._camera.close()
