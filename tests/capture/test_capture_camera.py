"""Opening a camera, the times of its pictures, and closing it."""

import itertools
import threading
from collections.abc import Callable
from math import nan

import cv2
import numpy as np
import pytest
from fake_camera import FOREVER, camera, some
from fakes import FakeCapture, FakeClock, FakePort

from edge.capture.opencv import open_stream
from edge.i18n.notices import english_notice
from edge.messages.errors import CaptureError
from edge.messages.notice import Notice
from edge.settings.capture_settings import CaptureSettings


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


# Opening


def test_format_is_asked_before_size_before_rate_before_buffers(clock: FakeClock) -> None:
    capture = FakeCapture(FOREVER, clock, size_px=(1280, 720))
    settings = CaptureSettings(width=1280, height=720, fps=60)
    with camera(FakePort(capture), clock, settings) as source:
        assert source.info.size_px == (1280, 720)
        assert source.info.notices == ()
    assert capture.asked == [
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, 1280),
        (cv2.CAP_PROP_FRAME_HEIGHT, 720),
        (cv2.CAP_PROP_FPS, 60),
        (cv2.CAP_PROP_BUFFERSIZE, 2),
    ]


def test_zero_means_as_the_camera_gives_it(clock: FakeClock) -> None:
    capture = FakeCapture(FOREVER, clock)
    camera(FakePort(capture), clock).close()
    assert [prop for prop, _ in capture.asked] == [cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_BUFFERSIZE]


def test_another_size_than_asked_for_is_told(clock: FakeClock) -> None:
    port = FakePort(FakeCapture(FOREVER, clock))
    with camera(port, clock, CaptureSettings(width=1280, height=720)) as source:
        (notice,) = source.info.notices
        assert english_notice(notice) == "camera 0 gives 64x48, not the 1280x720 asked for"
        assert some(source, 1)[0].notices == (notice,)


def test_a_slow_camera_is_flagged(clock: FakeClock) -> None:
    with camera(FakePort(FakeCapture(FOREVER, clock, fps=15)), clock) as source:
        assert source.info.notices == (Notice("frame_rate_low", rate_hz=15.0),)


def test_a_camera_that_is_not_there_says_so(clock: FakeClock) -> None:
    with pytest.raises(CaptureError, match="there is no camera at /dev/video0"):
        camera(FakePort(), clock)


def test_a_camera_that_never_gives_a_picture_is_let_go(clock: FakeClock) -> None:
    capture = FakeCapture([], clock)
    with pytest.raises(CaptureError, match="camera 0 can be opened but gives no picture"):
        camera(FakePort(capture), clock)
    assert capture.released == 1
    assert len(clock.slept_s) < 500


def test_a_stream_hides_its_password_and_bounds_its_waits(clock: FakeClock) -> None:
    port = FakePort(FakeCapture(FOREVER, clock))
    url, name = "rtsp://user:secret@host/live", "rtsp://host/live"
    open_stream(url, name, CaptureSettings(stall_s=1.5), port).close()
    assert port.calls[0][0] == url
    parameters = port.calls[0][2]
    said = dict(zip(parameters[::2], parameters[1::2], strict=True))
    assert said[cv2.CAP_PROP_READ_TIMEOUT_MSEC] == 1500
    assert said[cv2.CAP_PROP_OPEN_TIMEOUT_MSEC] == 5000
    with pytest.raises(CaptureError) as error:
        open_stream(url, name, CaptureSettings(), port)
    assert "secret" not in str(error.value)


# Times


def test_buffer_stamps_are_used_where_the_clock_is_ours(clock: FakeClock) -> None:
    """Frames that reach us unevenly have even times all the same."""
    interval_s = 1 / 60 + 0.001
    exposed_s = itertools.count(clock.now_s, interval_s)
    delays_s = itertools.cycle([0.002, 0.0])
    capture = FakeCapture(FOREVER, clock, stamp=lambda now_s: next(exposed_s))
    capture.during_grab = lambda: setattr(clock, "now_s", clock.now_s + next(delays_s))
    with camera(FakePort(capture), clock) as source:
        assert source.info.timestamps == "the camera's own clock"
        frames = some(source, 30)
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(interval_s)
    assert np.ptp(np.diff([frame.arrived_s for frame in frames])) > 0.001


@pytest.mark.parametrize(
    "stamp",
    [
        lambda now_s: 0.0,
        lambda now_s: -0.001,
        lambda now_s: now_s + 1.7e9,
        lambda now_s: now_s - 5.0,
        lambda now_s: nan,
    ],
    ids=["zero", "minus one", "wall clock", "long ago", "nan"],
)
def test_stamps_of_another_clock_give_way_to_arrival(
    stamp: Callable[[float], float], clock: FakeClock
) -> None:
    with camera(FakePort(FakeCapture(FOREVER, clock, stamp=stamp)), clock) as source:
        assert source.info.timestamps == "arrival at this machine"
        frames = some(source, 20)
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(1 / 60)


def test_a_repeated_buffer_is_no_new_frame(clock: FakeClock) -> None:
    script = ["frame", "repeat", "repeat", "frame", "repeat", "frame", *FOREVER]
    with camera(FakePort(FakeCapture(script, clock)), clock) as source:
        numbers = [int(frame.image[0, 0, 0]) for frame in some(source, 10)]
    assert numbers == sorted(set(numbers))


def test_a_late_delivery_of_an_older_buffer_is_dropped(clock: FakeClock) -> None:
    offsets_s = itertools.cycle([0.0, 0.0, 0.0, -0.1])
    capture = FakeCapture(FOREVER, clock, stamp=lambda now_s: now_s + next(offsets_s))
    with camera(FakePort(capture), clock) as source:
        frames = some(source, 12)
    assert np.diff([frame.time_s for frame in frames]).min() == pytest.approx(1 / 60)


# Closing


def test_close_during_a_read_does_not_wait_and_the_reader_lets_go(clock: FakeClock) -> None:
    capture = FakeCapture(FOREVER, clock)
    source = camera(FakePort(capture), clock)
    frames = iter(source)
    next(frames)

    def close_elsewhere() -> None:
        thread = threading.Thread(target=source.close)
        thread.start()
        thread.join(timeout=10)
        assert not thread.is_alive()
        assert not capture.released, "a capture must not be released while it is read"

    capture.during_grab = close_elsewhere
    list(frames)
    assert capture.released == 1


def test_close_ends_the_wait_for_a_lost_camera(clock: FakeClock) -> None:
    port = FakePort(FakeCapture(["frame"] * 3, clock))
    source = camera(port, clock)

    def sleep_then_close(seconds: float) -> None:
        clock.sleep(seconds)
        if source.camera_lost and clock.now_s > 1010:
            source.close()

    source._sleep = sleep_then_close
    assert len(list(source)) == 2
    assert clock.now_s < 1010.5
