"""A camera's own JPEG."""

from math import nan
from typing import Any

import cv2
import numpy as np
import pytest
from fake_camera import FOREVER, camera, some
from fakes import FakeCapture, FakeClock, FakePort

from edge.i18n.notices import english_notice
from edge.messages.errors import CaptureError
from edge.settings.capture_settings import CaptureSettings


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class JpegCapture(FakeCapture):
    """A capture whose camera gives JPEG, and hands it on undecoded when it is asked to."""

    def __init__(self, clock: FakeClock, size_px: tuple[int, int], **how: Any) -> None:
        super().__init__(FOREVER, clock, size_px=size_px)
        self._clock_of_decoding = clock
        self._decode_s = how.get("decode_s", 0.0)
        self._tables = how.get("tables", True)
        self._data: Any = how.get("data")
        self._gives_up = how.get("gives_up", False)

    def get(self, prop: int, /) -> float:
        known = {
            cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*"MJPG")),
            cv2.CAP_PROP_FRAME_HEIGHT: float(self._size_px[1]),
        }
        return known.get(prop, super().get(prop))

    def retrieve(self) -> tuple[bool, Any]:
        self._clock_of_decoding.now_s += self._decode_s
        good, image = super().retrieve()
        if (cv2.CAP_PROP_CONVERT_RGB, 0) not in self.asked:
            return good, image
        if self._gives_up and (cv2.CAP_PROP_CONVERT_RGB, 1) in self.asked:
            return good, image
        data = cv2.imencode(".jpg", image)[1].reshape(1, -1) if self._data is None else self._data
        if not self._tables:
            data = np.frombuffer(data.tobytes().replace(b"\xff\xc4", b"\xff\xfe"), np.uint8)
        return good, data


def test_a_cameras_jpeg_comes_with_its_pixels(clock: FakeClock) -> None:
    with camera(FakePort(JpegCapture(clock, (64, 48))), clock) as source:
        assert source.info.size_px == (64, 48)
        (frame,) = some(source, 1)
    assert frame.image.shape == (48, 64, 3)
    assert frame.jpeg is not None
    shown = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(shown, frame.image)


def test_a_tall_jpeg_is_decoded_at_half_its_size_and_shown_whole(clock: FakeClock) -> None:
    settings = CaptureSettings(width=1920, height=1080)
    with camera(FakePort(JpegCapture(clock, (1920, 1080))), clock, settings) as source:
        assert source.info.size_px == (960, 540)
        # What was asked for is what the camera gives.
        assert source.info.notices == ()
        (frame,) = some(source, 1)
    assert frame.image.shape == (540, 960, 3)
    assert frame.jpeg is not None
    shown = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (1080, 1920, 3)


@pytest.mark.parametrize(("rows", "shape"), [(0, (1080, 1920, 3)), (1081, (1080, 1920, 3))])
def test_where_half_the_size_begins_is_a_setting(
    clock: FakeClock, rows: int, shape: tuple[int, ...]
) -> None:
    settings = CaptureSettings(half_scale_rows=rows)
    with camera(FakePort(JpegCapture(clock, (1920, 1080))), clock, settings) as source:
        assert some(source, 1)[0].image.shape == shape


def test_another_size_is_told_as_the_camera_gives_it(clock: FakeClock) -> None:
    settings = CaptureSettings(width=1280, height=720)
    with camera(FakePort(JpegCapture(clock, (1920, 1080))), clock, settings) as source:
        (notice,) = source.info.notices
        assert english_notice(notice) == "camera 0 gives 1920x1080, not the 1280x720 asked for"


def test_a_jpeg_without_its_tables_is_not_handed_on(clock: FakeClock) -> None:
    with camera(FakePort(JpegCapture(clock, (64, 48), tables=False)), clock) as source:
        (frame,) = some(source, 1)
    assert frame.jpeg is None


@pytest.mark.parametrize(
    "data", [np.zeros((1, 100), np.uint8), np.array([[0xFF, 0xD8, 0]], np.uint8)]
)
def test_data_that_are_no_picture_are_a_failed_read(clock: FakeClock, data: Any) -> None:
    capture = JpegCapture(clock, (64, 48), data=data)
    with pytest.raises(CaptureError, match="gives no picture"):
        camera(FakePort(capture), clock)


def test_a_driver_that_hands_on_something_else_is_asked_for_pictures(clock: FakeClock) -> None:
    capture = JpegCapture(clock, (64, 48), data=np.zeros((1, 100), np.uint8), gives_up=True)
    with camera(FakePort(capture), clock) as source:
        (frame,) = some(source, 1)
    assert frame.image.shape == (48, 64, 3)
    assert frame.jpeg is None


def test_the_time_of_decoding_counts_as_ours(clock: FakeClock) -> None:
    capture = JpegCapture(clock, (64, 48), decode_s=0.007)
    capture._stamp = lambda _now_s: nan
    with camera(FakePort(capture), clock) as source:
        (frame,) = some(source, 1)
    assert frame.arrived_s == pytest.approx(clock.now_s - 0.007)
