"""Every kind of source keeps the same promises."""

import itertools
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from capture_media import add_made_up_kind, make_clip
from fakes import FakeCapture, FakeClock, FakePort

from edge.capture.camera import CameraSource
from edge.capture.opencv import open_v4l2
from edge.capture.port import FrameSource
from edge.capture.source import open_source
from edge.messages.frame import Frame
from edge.settings.capture_settings import CaptureSettings

SETTINGS = CaptureSettings()
Opener = Callable[[], FrameSource]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("contract") / "clip.mp4")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(
    params=["fast", "paced", "looped", "by scheme", "camera", "shaky camera", "made-up"]
)
def opener(
    request: pytest.FixtureRequest,
    clip: Path,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Opener:
    add_made_up_kind(tmp_path, monkeypatch)
    written = {"made-up": "made-up:A", "by scheme": f"file:{clip}"}
    if "camera" in request.param:
        shaky = ["frame", "fail", "none", "frame", "repeat", "stall", "black", "raise"]
        script = ["frame"] * 200 if request.param == "camera" else shaky * 30
        port = FakePort(FakeCapture(script, clock), FakeCapture(script, clock))
        connect = partial(open_v4l2, 0, SETTINGS, port, clock)
        return lambda: CameraSource(
            connect, name="camera 0", settings=SETTINGS, clock=clock, sleep=clock.sleep
        )
    return lambda: open_source(
        written.get(request.param, str(clip)),
        SETTINGS,
        own_pace=request.param == "paced",
        loop=request.param == "looped",
        clock=clock,
        sleep=clock.sleep,
    )


def some(source: FrameSource, count: int = 60) -> list[Frame]:
    return list(itertools.islice(source, count))


def test_times_strictly_increase_from_zero(opener: Opener) -> None:
    with opener() as source:
        times_s = [frame.time_s for frame in some(source)]
    assert times_s[0] == 0
    assert np.all(np.diff(times_s) > 0)


def test_indices_count_from_zero_without_a_gap(opener: Opener) -> None:
    with opener() as source:
        frames = some(source)
    assert len(frames) >= 40
    assert [frame.index for frame in frames] == list(range(len(frames)))


def test_the_first_frame_breaks_with_nothing(opener: Opener) -> None:
    with opener() as source:
        assert not some(source, 1)[0].breaks


def test_images_have_the_announced_size_and_are_contiguous(opener: Opener) -> None:
    with opener() as source:
        width, height = source.info.size_px
        for frame in some(source):
            assert frame.image.shape == (height, width, 3)
            assert frame.image.dtype == np.uint8
            assert frame.image.flags.c_contiguous


def test_a_kept_frame_is_not_overwritten(opener: Opener) -> None:
    with opener() as source:
        kept: list[tuple[Frame, bytes]] = [(frame, frame.image.tobytes()) for frame in some(source)]
    assert all(frame.image.tobytes() == before for frame, before in kept)
    assert not any(np.shares_memory(a[0].image, b[0].image) for a, b in itertools.pairwise(kept))


def test_arrival_is_host_time(opener: Opener, clock: FakeClock) -> None:
    before_s = clock.now_s
    with opener() as source:
        arrived_s = [frame.arrived_s for frame in some(source)]
    assert arrived_s == sorted(arrived_s)
    assert before_s <= arrived_s[0]
    assert arrived_s[-1] <= clock.now_s


def test_description_is_complete(opener: Opener) -> None:
    with opener() as source:
        info = source.info
    assert info.name
    assert info.timestamps
    assert info.frame_rate_hz in (30, 60)
    assert info.notices == ()


def test_close_twice_and_without_reading(opener: Opener) -> None:
    source = opener()
    source.close()
    source.close()
    assert some(source) == []


def test_close_between_frames_ends_the_iteration(opener: Opener) -> None:
    with opener() as source:
        frames = iter(source)
        next(frames)
        source.close()
        assert next(frames, None) is None


def test_closing_from_another_thread_ends_the_iteration(opener: Opener) -> None:
    with opener() as source:
        seen = 0
        for _ in source:
            seen += 1
            if seen == 3:
                thread = threading.Thread(target=source.close)
                thread.start()
                thread.join(timeout=10)
                assert not thread.is_alive()
        assert seen == 3


def test_leaving_the_context_closes(opener: Opener) -> None:
    with opener() as source:
        some(source, 2)
    assert some(source) == []
    assert source.ended_early == ""
    assert not source.camera_lost
