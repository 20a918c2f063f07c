"""Pictures that only repeat the one before, in files and from cameras."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from capture_media import ffmpeg
from fakes import FakeCapture, FakeClock, FakePort

from edge.capture.camera import CameraSource
from edge.capture.opencv import OpenCVCamera
from edge.capture.picture_rate import PictureRate
from edge.capture.source import open_source
from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.settings.capture_settings import CaptureSettings

SIZE_PX = (192, 108)


def runner(time_s: float, noise: np.random.Generator | None = None) -> Image:
    """Return a picture in which four limbs swing; some limb always moves, as of a real runner."""
    image = np.full((SIZE_PX[1], SIZE_PX[0], 3), 170, np.uint8)
    for phase in (0.0, 1.9, 3.1, 4.4):
        angle = 0.6 * np.sin(2 * np.pi * 1.37 * time_s + phase)
        foot = (round(96 + 50 * np.sin(angle)), round(46 + 50 * np.cos(angle)))
        cv2.line(image, (96, 46), foot, (40, 40, 60), 8)
    if noise is not None:
        image = np.clip(image + noise.normal(0, 6, image.shape), 0, 255).astype(np.uint8)
    return image


def still() -> Image:
    return np.full((SIZE_PX[1], SIZE_PX[0], 3), 170, np.uint8)


def told(times_s: list[float], shown_s: list[float], noise: bool = True) -> list[object]:
    """Return the rates told, one entry a change, for pictures of some moments."""
    rate, random = PictureRate(), np.random.default_rng(3)
    seen: list[object] = []
    for time_s, moment_s in zip(times_s, shown_s, strict=True):
        rate.update(time_s, runner(moment_s, random if noise else None))
        hz = dict(rate.notice.params).get("rate_hz")
        if not seen or seen[-1] != hz:
            seen.append(hz)
    return seen


@pytest.mark.parametrize(
    ("given_hz", "different_hz"),
    [(60, 30), (60, 24), (50, 25), (60, 50), (60, 15), (30, 15), (120, 60)],
)
@pytest.mark.parametrize("noise", [False, True])
def test_repeated_pictures_are_counted(given_hz: int, different_hz: int, noise: bool) -> None:
    times_s = [n / given_hz for n in range(3 * given_hz)]
    shown_s = [int(t * different_hz + 1e-6) / different_hz for t in times_s]
    seen = told(times_s, shown_s, noise)
    assert seen[0] is None
    assert {round(float(str(hz))) for hz in seen[1:]} <= {
        different_hz - 1,
        different_hz,
        different_hz + 1,
    }
    assert len(seen) > 1


@pytest.mark.parametrize("rate_hz", [25, 30, 60, 120, 240])
def test_different_pictures_are_not_called_repeated(rate_hz: int) -> None:
    times_s = [n / rate_hz for n in range(3 * rate_hz)]
    assert told(times_s, times_s) == [None]


def test_who_stops_starts_or_is_absent_repeats_nothing() -> None:
    rate, random = PictureRate(), np.random.default_rng(3)
    for n in range(900):
        time_s = n / 60
        moves = 2 < time_s < 4 or 6 < time_s < 9 or time_s > 12
        image = runner(time_s if moves else 2.0, random) if time_s < 10 or moves else still()
        assert not rate.update(time_s, image)
        assert not rate.notice


def test_a_film_that_freezes_again_and_again_is_noticed() -> None:
    rate = PictureRate()
    seen = set()
    for n in range(240):
        time_s = n / 60
        # A quarter of a second in each.
        shown_s = time_s if time_s % 1 < 0.75 else int(time_s) + 0.75
        rate.update(time_s, runner(shown_s))
        seen.add(rate.notice.code)
    assert seen == {"", "pictures_repeated"}


def test_it_ends_when_every_picture_differs_again() -> None:
    times_s = [n / 60 for n in range(360)]
    shown_s = [int(t * 30 + 1e-6) / 30 if t < 3 else t for t in times_s]
    seen = told(times_s, shown_s)
    assert seen[0] is None
    assert seen[-1] is None
    assert len(seen) >= 3


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film of 60 frames per second that repeats each of 30 pictures."""
    folder = tmp_path_factory.mktemp("doubled")
    raw = folder / "raw.avi"
    writer = cv2.VideoWriter(str(raw), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, SIZE_PX)
    for n in range(75):
        writer.write(runner(n / 30))
    writer.release()
    ffmpeg("-i", raw, "-vf", "fps=60", "-c:v", "libx264", "-crf", "30", folder / "doubled.mp4")
    return folder / "doubled.mp4"


def test_repeated_pictures_of_a_file_are_left_out_from_the_start(doubled: Path) -> None:
    with open_source(str(doubled), CaptureSettings(), own_pace=False) as source:
        frames = list(source)
    steps_s = np.diff([frame.time_s for frame in frames])
    assert 70 <= len(frames) <= 80
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert np.median(steps_s) == pytest.approx(1 / 30, abs=1e-3)
    assert {notice.code for frame in frames for notice in frame.notices} == {"pictures_repeated"}
    assert dict(frames[0].notices[0].params) == {"given_hz": 60, "rate_hz": 30}
    assert source.ended_early == ""


class DoublingCapture(FakeCapture):
    """A camera that sends each picture twice, the second compressed anew."""

    def retrieve(self) -> tuple[bool, Image]:
        return True, runner(self._pictures // 2 / 30)


def camera_frames(capture: FakeCapture, clock: FakeClock) -> Iterator[Frame]:
    port = FakePort(capture)
    source = CameraSource(
        lambda: OpenCVCamera(port(0, 0), stamped=False, clock=clock),
        name="camera 0",
        settings=CaptureSettings(),
        clock=clock,
        sleep=clock.sleep,
        asleep=lambda: 0.0,
    )
    with source:
        yield from source


def test_a_camera_that_sends_each_picture_twice_is_noticed() -> None:
    clock = FakeClock()
    frames = list(islice(camera_frames(DoublingCapture(["frame"] * 300, clock), clock), 120))
    late = frames[-40:]
    assert {notice.code for frame in late for notice in frame.notices} == {"pictures_repeated"}
    assert np.median(np.diff([frame.time_s for frame in late])) == pytest.approx(1 / 30, abs=2e-3)
    assert not any(frame.breaks for frame in frames)


def test_a_camera_of_a_television_size_is_doubted() -> None:
    clock = FakeClock()
    small = FakeCapture(["frame"] * 20, clock, size_px=(720, 576))
    frame = next(camera_frames(small, clock))
    assert [notice.code for notice in frame.notices] == ["pixel_aspect_unknown"]
