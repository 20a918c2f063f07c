"""A camera that is lost, gives nothing to see or changes, and is found again."""

import itertools
from functools import partial
from typing import Any

import numpy as np
import pytest
from fake_camera import FOREVER, camera, some
from fakes import AbsentCapture, FakeCapture, FakeClock, FakePort

from edge.capture.camera import CameraSource
from edge.capture.opencv import open_v4l2
from edge.i18n.notices import english_notice
from edge.settings.capture_settings import CaptureSettings


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


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
