import itertools
import sys
import threading
from collections.abc import Callable
from functools import partial
from math import nan
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from fakes import AbsentCapture, FakeCapture, FakeClock, FakePort

from edge.capture.camera import CameraSource
from edge.capture.opencv import open_stream, open_v4l2
from edge.capture.pi_camera import open_picamera
from edge.i18n.notices import english_notice
from edge.messages.errors import CaptureError
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.settings.capture_settings import CaptureSettings

FOREVER = ["frame"] * 1000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


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


# Losing and finding the camera


def test_a_few_failed_reads_are_no_loss(clock: FakeClock) -> None:
    script = ["frame", "frame", "fail", "none", "grey", "raise", "stall", "frame", *FOREVER]
    port = FakePort(FakeCapture(script, clock))
    with camera(port, clock) as source:
        frames = some(source, 5)
        assert not source.camera_lost
    assert not any(frame.breaks for frame in frames)
    assert len(port.opened) == 1


@pytest.mark.parametrize("end", ["fail", "stall", "none", "grey", "raise", "repeat"])
def test_a_lost_camera_is_found_again(end: str, clock: FakeClock) -> None:
    first = FakeCapture(["frame"] * 10 + [end] * 10_000, clock)
    port = FakePort(first, FakeCapture(FOREVER, clock, size_px=(80, 60)))
    lost_seen = []
    with camera(port, clock) as source:
        first.during_grab = lambda: lost_seen.append(source.camera_lost)
        port.plugged[0].during_grab = lambda: lost_seen.append(source.camera_lost)
        frames = some(source, 20)
        assert source.info.size_px == (80, 60)
        assert not source.camera_lost
    assert True in lost_seen
    assert first.released == 1
    assert [frame.index for frame in frames] == list(range(20))
    assert [frame.index for frame in frames if frame.breaks] == [9]
    assert 2.0 < frames[9].time_s - frames[8].time_s < 5.0
    assert np.all(np.diff([frame.time_s for frame in frames]) > 0)


def test_a_short_black_is_a_picture(clock: FakeClock) -> None:
    script = [*["frame"] * 30, *["black"] * 30, *FOREVER]
    with camera(FakePort(FakeCapture(script, clock)), clock) as source:
        frames = some(source, 100)
        assert not source.trouble
    assert len(frames) == 100
    assert not any(frame.breaks for frame in frames)


@pytest.mark.parametrize(
    ("word", "said"), [("black", "gives a black picture"), ("same", "gives the same picture")]
)
def test_pictures_without_anything_to_see_are_a_loss_within_a_second(
    word: str, said: str, clock: FakeClock
) -> None:
    """The camera goes on sending, and is found again by the first picture that shows something."""
    began_s: list[float] = []
    lost_s: list[float] = []
    capture = FakeCapture([*["frame"] * 60, *[word] * 200, *FOREVER], clock)

    def look() -> None:
        if capture._word == word:
            began_s.append(clock.now_s)
            if source.camera_lost:
                lost_s.append(clock.now_s)
                assert said in english_notice(source.trouble)

    with camera(FakePort(capture), clock) as source:
        capture.during_grab = look
        frames = some(source, 150)
        assert not source.camera_lost
        assert not source.trouble
    assert 0.6 < lost_s[0] - began_s[0] < 1.0
    (found,) = [frame.index for frame in frames if frame.breaks]
    # From when it was noticed to the last of the 200.
    assert 2.0 < frames[found].time_s - frames[found - 1].time_s < 3.0


def test_a_camera_whose_picture_stays_black_is_opened_again_and_again(clock: FakeClock) -> None:
    black = FakeCapture([*["frame"] * 60, *["black"] * 10_000], clock)
    more = [FakeCapture(["black"] * 10_000, clock) for _ in range(3)]
    port = FakePort(black, *more, FakeCapture(FOREVER, clock))
    with camera(port, clock) as source:
        frames = some(source, 200)
        assert not source.camera_lost
    (found,) = [frame.index for frame in frames if frame.breaks]
    # The lens was covered over four openings: after 5, 10, 20 and 40 seconds more.
    assert frames[found].time_s - frames[found - 1].time_s == pytest.approx(75, abs=3)
    assert all(capture.released == 1 for capture in [black, *more])


def test_key_frames_of_a_still_stream_are_no_movement(clock: FakeClock) -> None:
    still = [*["same"] * 59, "frame"] * 4
    with camera(FakePort(FakeCapture([*["frame"] * 60, *still, *FOREVER], clock)), clock) as source:
        frames = some(source, 300)
    assert sum(frame.breaks for frame in frames) == 1


def test_a_collapsing_rate_is_told_within_a_second_and_the_camera_opened_again(
    clock: FakeClock,
) -> None:
    capture = FakeCapture(FOREVER, clock)
    port = FakePort(capture, FakeCapture(FOREVER, clock))
    with camera(port, clock) as source:
        frames = iter(source)
        for _ in range(300):
            next(frames)
        capture._interval_s = 1 / 15
        began_s = clock.now_s
        while not source.trouble:
            next(frames)
        assert clock.now_s - began_s < 1.0
        assert "instead of 6" in english_notice(source.trouble)
        assert not source.camera_lost, "there is something to see"
        # It is opened again after five seconds, and gives what it gave before.
        slow = [next(frames) for _ in range(100)]
        assert not any(frame.breaks for frame in slow[:60])
        for _ in range(100):
            next(frames)
        assert not source.trouble
    assert len(port.opened) == 2


def test_a_slow_camera_is_not_opened_again_for_being_what_it_is(clock: FakeClock) -> None:
    capture = FakeCapture(FOREVER, clock, fps=60, interval_s=1 / 14)
    port = FakePort(capture)
    with camera(port, clock) as source:
        some(source, 400)
        assert not source.trouble
    assert len(port.opened) == 1


def test_another_size_breaks_and_is_told(clock: FakeClock) -> None:
    capture = FakeCapture(FOREVER, clock)
    with camera(FakePort(capture), clock) as source:
        frames = iter(source)
        next(frames)
        capture._size_px = (128, 96)
        assert next(frames).breaks
        assert source.info.size_px == (128, 96)
        assert not next(frames).breaks


def test_the_first_picture_after_the_machine_slept_breaks(clock: FakeClock) -> None:
    """The monotonic clock stands still meanwhile, so nothing else tells."""
    slept_s = [0.0]

    with camera(FakePort(FakeCapture(FOREVER, clock)), clock, asleep=lambda: slept_s[0]) as source:
        frames = iter(source)
        assert not any(next(frames).breaks for _ in range(10))
        slept_s[0] = 3600.0
        after = [next(frames) for _ in range(10)]
    assert [frame.breaks for frame in after] == [True, *[False] * 9]
    assert np.diff([frame.time_s for frame in after]) == pytest.approx(1 / 60)


def test_a_camera_that_comes_later_is_waited_for(clock: FakeClock) -> None:
    absent = [AbsentCapture() for _ in range(30)]
    port = FakePort(*absent, FakeCapture(FOREVER, clock))
    with camera(port, clock, wait=True) as source:
        waiting = (source.camera_lost, english_notice(source.trouble), source.info.size_px)
        assert waiting == (True, "camera 0 gives no pictures; reconnecting", (0, 0))
        assert np.isnan(source.info.frame_rate_hz)
        frames = some(source, 5)
        assert not source.camera_lost
        assert source.info.size_px == (64, 48)
        assert source.info.frame_rate_hz == 60
    assert [frame.index for frame in frames] == list(range(5))
    assert not any(frame.breaks for frame in frames)


def test_it_is_known_when_the_camera_last_answered(clock: FakeClock) -> None:
    capture = FakeCapture([*["frame"] * 3, "fail", "stall", *FOREVER], clock)
    with camera(FakePort(capture), clock) as source:
        gaps_s: list[float] = []
        capture.during_grab = lambda: gaps_s.append(clock.now_s - source.answered_s)
        for _ in itertools.islice(source, 5):
            assert source.answered_s == clock.now_s
    assert len(gaps_s) >= 5
    assert max(gaps_s) <= 0.02 + 1e-9


def test_a_picture_after_a_stall_breaks(clock: FakeClock) -> None:
    script = ["frame", "frame", "frame", "late", *FOREVER]
    with camera(FakePort(FakeCapture(script, clock)), clock) as source:
        frames = some(source, 6)
    assert [frame.index for frame in frames if frame.breaks] == [2]


def test_reopening_backs_off_and_never_gives_up(clock: FakeClock) -> None:
    absent = [AbsentCapture() for _ in range(200)]
    port = FakePort(FakeCapture(["frame"] * 5, clock), *absent, FakeCapture(FOREVER, clock))
    with camera(port, clock) as source:
        times_s = [frame.time_s for frame in some(source, 8)]
    assert max(np.diff(times_s)) > 190 * 2
    assert len(port.opened) == 202
    assert max(clock.slept_s) <= 0.1
    assert all(capture.released == 1 for capture in port.opened)


def test_each_wait_for_the_camera_is_longer_up_to_two_seconds(clock: FakeClock) -> None:
    tried_s = []
    port = FakePort(FakeCapture(["frame"] * 2, clock))

    def connect(target: int | str, backend: int, parameters: Any = ()) -> FakeCapture:
        tried_s.append(clock.now_s)
        if len(tried_s) > 8:
            source.close()
        return port(target, backend, parameters)

    settings = CaptureSettings()
    source = CameraSource(
        partial(open_v4l2, 0, settings, connect, clock),
        name="camera 0",
        settings=settings,
        clock=clock,
        sleep=clock.sleep,
    )
    assert len(list(source)) == 1
    assert source.camera_lost
    assert np.diff(tried_s[1:]) == pytest.approx([0.5, 1, 2, 2, 2, 2, 2])


def test_a_camera_that_opens_but_shows_nothing_does_not_reset_the_wait(clock: FakeClock) -> None:
    dumb = [FakeCapture([], clock) for _ in range(6)]
    port = FakePort(FakeCapture(["frame"] * 3, clock), *dumb, FakeCapture(FOREVER, clock))
    with camera(port, clock) as source:
        frames = some(source, 5)
    assert [frame.index for frame in frames if frame.breaks] == [2]
    assert frames[2].time_s - frames[1].time_s > 0.25 + 0.5 + 1 + 2 + 2 + 2


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


# Pi camera


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


# A camera's own JPEG


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
