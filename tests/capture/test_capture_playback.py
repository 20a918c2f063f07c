"""Playing a sound file: times, pace, loops, pictures and what is said of it."""

import itertools
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from capture_media import (
    ffmpeg,
    first_image,
    make_clip,
    presentation_times_s,
    repack,
    turned,
)
from fakes import FakeClock
from played import hollow, read_all, replay, times_s

from edge.capture.opencv import VideoCapture, open_capture
from edge.capture.playback import ReplaySource
from edge.messages.errors import CaptureError
from edge.messages.notice import Notice
from edge.settings.capture_settings import CaptureSettings


def test_a_file_is_decoded_on_one_thread_unless_told_otherwise(even: Path) -> None:
    asked = []

    def watched(*args: Any) -> VideoCapture:
        asked.append(args[2])
        return open_capture(*args)

    clock = FakeClock()
    pictures = []
    for settings in (None, CaptureSettings(decode_threads=3)):
        with ReplaySource(
            even,
            own_pace=False,
            loop=False,
            clock=clock,
            sleep=clock.sleep,
            settings=settings,
            open_capture=watched,
        ) as source:
            pictures.append([frame.image.tobytes() for frame in source])
    assert set(asked) == {(cv2.CAP_PROP_N_THREADS, 1), (cv2.CAP_PROP_N_THREADS, 3)}
    assert pictures[0] == pictures[1]


# Times


@pytest.mark.parametrize("kind", ["mp4", "mov", "mkv", "ts"])
@pytest.mark.parametrize("name", ["even", "uneven"])
def test_times_are_the_files_own(
    kind: str, name: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    clip = request.getfixturevalue(name)
    path = clip if kind == "mp4" else repack(clip, folder / f"{name}.{kind}")
    truth_s = presentation_times_s(path)
    relative_s = [time_s - truth_s[0] for time_s in truth_s]
    assert times_s(path) == pytest.approx(relative_s, abs=2.5e-6)


def test_uneven_clip_is_uneven(uneven: Path) -> None:
    gaps_s = np.diff(times_s(uneven))
    assert gaps_s.min() < 0.02
    assert gaps_s.max() > 0.5


def test_an_edit_list_is_followed(uneven: Path, folder: Path) -> None:
    path = folder / "trimmed.mp4"
    ffmpeg("-ss", "0.4", "-i", uneven, "-c", "copy", path)
    truth_s = presentation_times_s(path)
    got, source = read_all(path)
    assert [frame.time_s for frame in got] == pytest.approx(
        [time_s - truth_s[0] for time_s in truth_s], abs=2.5e-6
    )
    assert source.ended_early == ""


@pytest.mark.parametrize("name", ["even", "uneven"])
def test_times_are_the_same_bits_at_any_pace(name: str, request: pytest.FixtureRequest) -> None:
    clip = request.getfixturevalue(name)
    fast_s = times_s(clip)
    with replay(clip, own_pace=True) as source:
        paced_s = [frame.time_s for frame in source]
    with replay(clip, loop=True) as source:
        looped_s = [frame.time_s for frame in itertools.islice(source, len(fast_s))]
    assert fast_s == paced_s == looped_s == times_s(clip)


def test_pictures_are_the_same_at_any_pace(even: Path) -> None:
    with replay(even, own_pace=True) as source:
        paced = [frame.image.tobytes() for frame in source]
    assert paced == [frame.image.tobytes() for frame in read_all(even)[0]]
    assert len(set(paced)) == len(paced)


# Pace and loop


def test_own_pace_delivers_each_frame_when_it_is_due(uneven: Path) -> None:
    clock = FakeClock()
    with replay(uneven, clock, own_pace=True) as source:
        for frame in source:
            assert frame.arrived_s - 1000 == pytest.approx(frame.time_s, abs=1e-6)


def test_own_pace_catches_up_after_a_slow_consumer(even: Path) -> None:
    clock = FakeClock()
    with replay(even, clock, own_pace=True) as source:
        for frame in source:
            if frame.index == 3:
                clock.now_s += 0.5
            if frame.index == 10:
                assert clock.now_s == 1000 + 0.1 + 0.5
            if frame.index == 30:
                assert clock.now_s == pytest.approx(1000 + frame.time_s)


def test_as_fast_as_possible_never_waits(even: Path) -> None:
    clock = FakeClock()
    with replay(even, clock) as source:
        assert len(list(source)) == 40
    assert clock.slept_s == []


@pytest.mark.parametrize("name", ["even", "uneven"])
def test_a_loop_goes_on_across_the_seam(name: str, request: pytest.FixtureRequest) -> None:
    clip = request.getfixturevalue(name)
    once_s = times_s(clip)
    with replay(clip, loop=True) as source:
        frames = list(itertools.islice(source, 100))
    assert [frame.index for frame in frames] == list(range(100))
    assert [frame.index for frame in frames if frame.breaks] == [40, 80]
    seam_s = float(np.median(np.diff(once_s)))
    second_s = [frame.time_s for frame in frames[40:80]]
    assert second_s == pytest.approx([once_s[-1] + seam_s + t for t in once_s], abs=1e-5)
    assert frames[40].image.tobytes() == frames[0].image.tobytes()


def test_a_slow_seam_does_not_hurry_the_frames_after_it(even: Path) -> None:
    clock = FakeClock()

    def slow(*args: Any) -> VideoCapture:
        clock.now_s += 0.5
        return open_capture(*args)

    source = ReplaySource(
        even, own_pace=True, loop=True, clock=clock, sleep=clock.sleep, open_capture=slow
    )
    with source:
        count = len(times_s(even))
        frames = list(itertools.islice(source, 2 * count))
    gaps = np.diff([frame.arrived_s for frame in frames])
    steps = np.diff([frame.time_s for frame in frames])
    assert gaps[count - 1] == pytest.approx(0.5)
    np.testing.assert_allclose(np.delete(gaps, count - 1), np.delete(steps, count - 1))


def test_a_very_short_clip_can_be_looped(folder: Path) -> None:
    with replay(make_clip(folder / "short.mp4", frames=2), loop=True) as source:
        frames = list(itertools.islice(source, 7))
    assert [frame.breaks for frame in frames] == [False, False, True, False, True, False, True]
    assert [frame.time_s for frame in frames] == pytest.approx([n / 30 for n in range(7)], abs=1e-5)


def test_a_loop_over_a_file_that_went_away_says_so(even: Path, folder: Path) -> None:
    path = folder / "vanishing.mp4"
    path.write_bytes(even.read_bytes())
    with replay(path, loop=True) as source:
        frames = iter(source)
        next(frames)
        path.unlink()
        with pytest.raises(CaptureError, match=r"vanishing\.mp4"):
            list(frames)


def test_a_loop_over_a_file_that_went_hollow_does_not_spin(front: Path, folder: Path) -> None:
    path = folder / "hollowing.mp4"
    path.write_bytes(front.read_bytes())
    with replay(path, loop=True) as source:
        frames = iter(source)
        next(frames)
        path.unlink()
        path.write_bytes(hollow(front))
        with pytest.raises(CaptureError, match=r"hollowing\.mp4 can no longer be read"):
            list(frames)


# Pictures


@pytest.mark.parametrize(
    ("degrees", "size_px"), [(90, (120, 160)), (180, (160, 120)), (270, (120, 160))]
)
def test_rotation_is_honoured(
    degrees: int, size_px: tuple[int, int], even: Path, folder: Path
) -> None:
    path = turned(even, folder / f"turned{degrees}.mp4", degrees)
    frames, source = read_all(path)
    assert source.info.size_px == size_px
    upright = read_all(even)[0][0].image
    assert np.array_equal(frames[0].image, np.rot90(upright, -degrees // 90))
    assert np.abs(frames[0].image - first_image(path, size_px).astype(int)).mean() < 4


@pytest.mark.parametrize(
    ("size", "size_px"), [("3840x2160", (3840, 2160)), ("1080x1920", (1080, 1920))]
)
def test_large_and_portrait_pictures(size: str, size_px: tuple[int, int], folder: Path) -> None:
    frames, source = read_all(make_clip(folder / f"{size}.mp4", size=size, frames=3))
    assert source.info.size_px == size_px
    assert [frame.image.shape for frame in frames] == [(size_px[1], size_px[0], 3)] * 3


# What the description says


def test_description_of_a_sound_file(even: Path) -> None:
    info = replay(even).info
    assert (info.name, info.live, info.frame_rate_hz, info.frame_count) == (
        "even.mp4",
        False,
        30.0,
        40,
    )
    assert info.timestamps == "the file's own times"
    assert info.notices == ()


def test_five_frames_per_second_work_and_are_flagged(folder: Path) -> None:
    frames, source = read_all(make_clip(folder / "slow.mp4", rate="5", frames=6))
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert source.info.notices == (Notice("frame_rate_low", rate_hz=5.0),)
    assert {frame.notices for frame in frames} == {source.info.notices}


def test_television_rate_is_not_flagged(folder: Path) -> None:
    info = replay(make_clip(folder / "tv.mp4", rate="30000/1001", frames=10)).info
    assert info.frame_rate_hz == pytest.approx(29.97, abs=0.01)
    assert info.notices == ()


def test_a_container_that_states_its_clock_rate_is_not_believed(uneven: Path, folder: Path) -> None:
    info = replay(repack(uneven, folder / "clock.ts")).info
    assert 15 < info.frame_rate_hz < 40
    assert info.frame_count is None or 25 < info.frame_count < 70


def test_demo_clip_is_whole() -> None:
    demo = Path(__file__).parents[2] / "edge" / "capture" / "demo.mp4"
    with replay(demo) as source:
        assert source.info.size_px == (960, 540)
        assert (source.info.frame_rate_hz, source.info.frame_count) == (60.0, 900)
        assert source.info.notices == ()
        last = [frame.time_s for frame in itertools.islice(source, 30)][-1]
    assert last == pytest.approx(29 / 60, abs=1e-6)
