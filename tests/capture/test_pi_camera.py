"""The Pi camera: copies of its buffers with its own times."""

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from edge.capture.pi_camera import open_picamera
from edge.messages.errors import CaptureError
from edge.settings.capture_settings import CaptureSettings


class FakePi:
    """A Picamera2 whose frames come from a list; "late" times out once."""

    def __init__(self) -> None:
        self.stamps_s: list[float | str | None] = []
        self.jobs = 0
        self.held = 0
        self.calls: list[str] = []
        self.asked: dict[str, Any] = {}
        self.buffer = np.zeros((48, 64, 3), dtype=np.uint8)

    def create_video_configuration(self, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        return asked

    def configure(self, configuration: dict[str, Any]) -> None:
        self.calls.append("configure")

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")

    def capture_request(self, *, wait: bool) -> str:
        assert not wait
        self.jobs += 1
        return "job"

    def wait(self, job: str, *, timeout: float) -> "FakePi":
        if self.stamps_s[0] == "late":
            self.stamps_s.pop(0)
            raise TimeoutError
        self.held += 1
        self.buffer += 1
        return self

    def make_array(self, stream: str) -> Any:
        return self.buffer

    def get_metadata(self) -> dict[str, Any]:
        stamp_s = self.stamps_s.pop(0)
        return {} if stamp_s is None else {"SensorTimestamp": int(float(stamp_s) * 1e9)}

    def release(self) -> None:
        self.held -= 1


def test_pi_camera_gives_copies_with_sensor_times(monkeypatch: pytest.MonkeyPatch) -> None:
    pi = FakePi()
    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=lambda number: pi))
    device = open_picamera(CaptureSettings(width=640, height=480, fps=90))
    assert pi.asked["main"] == {"format": "RGB888", "size": (640, 480)}
    assert pi.asked["controls"] == {"FrameRate": 90}
    assert device.frame_rate_hz == 90
    pi.stamps_s = [5.0, "late", 5.25, None]
    first, late, second, unstamped = (device.read() for _ in range(4))
    assert late is None
    assert first is not None
    assert second is not None
    assert unstamped is not None
    assert (first.stamp_s, second.stamp_s) == (5.0, 5.25)
    assert np.isnan(unstamped.stamp_s)
    assert first.image[0, 0, 0] != second.image[0, 0, 0]
    assert (pi.jobs, pi.held) == (3, 0)
    device.close()
    assert pi.calls == ["configure", "start", "stop", "close"]


def test_pi_camera_that_does_not_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_number: int) -> None:
        raise RuntimeError("Camera __init__ sequence did not complete.")

    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=refuse))
    with pytest.raises(CaptureError, match="no Pi camera can be opened"):
        open_picamera(CaptureSettings())
