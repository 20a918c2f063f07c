"""A camera of fakes, opened as the station opens one."""

import itertools
from functools import partial
from typing import Any

from fakes import FakeClock, FakePort

from edge.capture.camera import CameraSource
from edge.capture.opencv import open_v4l2
from edge.messages.frame import Frame
from edge.settings.capture_settings import CaptureSettings

FOREVER = ["frame"] * 1000


def camera(
    port: FakePort, clock: FakeClock, settings: CaptureSettings | None = None, **more: Any
) -> CameraSource:
    settings = settings or CaptureSettings()
    return CameraSource(
        partial(open_v4l2, 0, settings, port, clock),
        name="camera 0",
        settings=settings,
        clock=clock,
        sleep=clock.sleep,
        **more,
    )


def some(source: CameraSource, count: int) -> list[Frame]:
    return list(itertools.islice(source, count))
