import itertools
import os
import subprocess
import sys
from math import isnan
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from capture_media import (
    UNEVEN,
    UNEVEN_OUT,
    cut,
    ffmpeg,
    first_image,
    make_clip,
    presentation_times_s,
    repack,
    turned,
)
from fakes import FakeClock

from edge.capture.opencv import VideoCapture, open_capture
from edge.capture.playback import ReplaySource
from edge.capture.port import FrameSource
from edge.capture.source import open_source
from edge.messages.errors import CaptureError
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.settings.capture_settings import CaptureSettings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replay")


@pytest.fixture(scope="module")
def even(folder: Path) -> Path:
    return make_clip(folder / "even.mp4")


@pytest.fixture(scope="module")
def uneven(folder: Path) -> Path:
    return make_clip(folder / "uneven.mp4", *UNEVEN_OUT, video_filter=UNEVEN)


@pytest.fixture(scope="module")
def front(folder: Path) -> Path:
    """Return a longer clip whose index stands before its pictures."""
    return make_clip(
        folder / "front.mp4", "-g", "30", "-movflags", "+faststart", rate="60", frames=240
    )


def hollow(front: Path) -> bytes:
    """Return a clip whose index is whole and whose pictures are all zero."""
    data = front.read_bytes()
    start = data.index(b"mdat") + 4
    return data[:start] + bytes(len(data) - start)


def replay(
    path: Path, clock: FakeClock | None = None, *, own_pace: bool = False, loop: bool = False
) -> FrameSource:
    clock = clock or FakeClock()
    return open_source(
        str(path), CaptureSettings(), own_pace=own_pace, loop=loop, clock=clock, sleep=clock.sleep
    )


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


def read_all(path: Path) -> tuple[list[Frame], FrameSource]:
    with replay(path) as source:
        return list(source), source


def times_s(path: Path) -> list[float]:
    return [frame.time_s for frame in read_all(path)[0]]


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


# Damage


@pytest.mark.parametrize(("kind", "options"), [("mp4", ("-movflags", "+faststart")), ("mkv", ())])
def test_of_a_cut_file_every_decodable_frame_comes(
    kind: str, options: tuple[str, ...], front: Path, folder: Path
) -> None:
    whole = repack(front, folder / f"whole.{kind}", *options)
    path = cut(whole, folder / f"cut.{kind}", 0.44)
    frames, source = read_all(path)
    truth_s = presentation_times_s(path)
    assert 50 < len(frames) < 200
    assert [frame.time_s for frame in frames] == pytest.approx(
        [time_s - truth_s[0] for time_s in truth_s], abs=2.5e-6
    )
    assert source.ended_early == (
        f"file is cut short: {len(frames)} of about 240 frames could be read"
    )
    assert source.info.notices == (Notice("cut_short"),)
    assert read_all(whole)[1].ended_early == ""


def test_a_cut_avi_and_a_cut_fragmented_file_are_noticed(front: Path, folder: Path) -> None:
    avi = folder / "whole.avi"
    ffmpeg("-i", front, "-c:v", "mjpeg", avi)
    pieces = repack(front, folder / "pieces.mp4", "-movflags", "+frag_keyframe+empty_moov")
    for whole in (avi, pieces):
        assert read_all(whole)[1].ended_early == ""
        frames, source = read_all(cut(whole, folder / f"cut_{whole.name}", 0.5))
        assert len(frames) > 30
        assert source.ended_early.startswith(f"file is cut short: {len(frames)} of about")


def test_a_recording_of_unknown_length_is_not_called_cut(front: Path, folder: Path) -> None:
    path = repack(front, folder / "live.mkv", "-live", "1")
    frames, source = read_all(path)
    assert len(frames) == 240
    assert source.ended_early == ""


def test_a_hole_in_the_middle_is_bridged_and_told(front: Path, folder: Path) -> None:
    data = bytearray(front.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    path = folder / "hole.mp4"
    path.write_bytes(data)
    frames, source = read_all(path)
    truth_s = presentation_times_s(path)
    assert [frame.time_s for frame in frames] == pytest.approx(truth_s, abs=2.5e-6)
    assert len(frames) < 240
    assert frames[-1].time_s == pytest.approx(239 / 60, abs=1e-5)
    assert source.ended_early == (
        f"file is damaged: {len(frames)} of about 240 frames could be read"
    )


def test_a_cut_file_can_be_looped(front: Path, folder: Path) -> None:
    path = cut(front, folder / "cut_loop.mp4", 0.3)
    once = len(read_all(path)[0])
    with replay(path, loop=True) as source:
        frames = list(itertools.islice(source, once + 5))
    assert [frame.index for frame in frames if frame.breaks] == [once]
    assert source.ended_early.startswith("file is cut short")


# Bad input


def bad_inputs(folder: Path, even: Path, front: Path) -> dict[str, tuple[Path, str]]:
    """Return each kind of bad input with the cause that must be named."""

    def written(name: str, data: bytes) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    def sound(name: str) -> Path:
        ffmpeg("-f", "lavfi", "-i", "sine=duration=0.2", folder / name)
        return folder / name

    def still(name: str) -> Path:
        ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1", folder / name)
        return folder / name

    pipe = folder / "pipe.mp4"
    os.mkfifo(pipe)
    (folder / "folder.mp4").mkdir()
    unfinished = "is cut short or was never finished: its index is missing"
    return {
        "missing": (folder / "missing.mp4", "does not exist"),
        "folder": (folder / "folder.mp4", "is a folder, not a video file"),
        "empty": (written("empty.mp4", b""), "is empty"),
        "text": (written("text.mp4", b"Dear reader,\n" * 99), "is not a video file"),
        "noise": (written("noise.mp4", bytes(range(256)) * 99), "is not a video file"),
        "sound mp4": (sound("sound.mp4"), "holds sound but no picture"),
        "sound wav": (sound("sound.wav"), "holds sound but no picture"),
        "sound mka": (sound("sound.mka"), "holds sound but no picture"),
        "sound flac": (sound("sound.flac"), "holds sound but no picture"),
        "sound ogg": (sound("sound.ogg"), "holds sound but no picture"),
        "still": (still("still.png"), "holds a single picture, not a video"),
        "index missing": (cut(even, folder / "no_index.mp4", 0.5), unfinished),
        "hollow": (written("hollow.mp4", hollow(front)), "is a video, but none of its frames can"),
        "pipe": (pipe, "is not a regular file"),
        "below a file": (even / "clip.mp4", "cannot be read: Not a directory"),
    }


@pytest.fixture(scope="module")
def bad(folder: Path, even: Path, front: Path) -> dict[str, tuple[Path, str]]:
    return bad_inputs(folder, even, front)


@pytest.mark.parametrize(
    "kind",
    [
        "missing",
        "folder",
        "empty",
        "text",
        "noise",
        "sound mp4",
        "sound wav",
        "sound mka",
        "sound flac",
        "sound ogg",
        "still",
        "index missing",
        "hollow",
        "pipe",
        "below a file",
    ],
)
def test_bad_input_names_file_and_cause(
    kind: str, bad: dict[str, tuple[Path, str]], capfd: pytest.CaptureFixture[str]
) -> None:
    path, cause = bad[kind]
    with pytest.raises(CaptureError) as error:
        replay(path)
    assert str(error.value).startswith(f"{path} {cause}")
    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")


def test_a_forbidden_file_says_so(even: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    # Not with chmod: the tests may run as root, who may read anything.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CaptureError, match="cannot be read: permission denied"):
        replay(even)


def test_a_colon_or_percent_in_a_name_is_no_protocol_and_no_pattern(
    even: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for name in ("take:2.mp4", "100%d.mp4", "für Ärzte.mp4"):
        Path(name).write_bytes(even.read_bytes())
        assert len(read_all(Path(name))[0]) == 40


def test_nothing_but_our_sentence_reaches_stderr(front: Path, folder: Path) -> None:
    """Run in a separate process, where OpenCV reads its settings anew."""
    folder.joinpath("words.mp4").write_text("words")
    names = [str(cut(front, folder / "noisy.mp4", 0.4)), str(folder / "words.mp4")]
    names += ["rtsp://127.0.0.1:1/", "63", "gst:videotestsrc"]
    script = (
        "import sys\n"
        "from edge.capture.source import CaptureError, open_source\n"
        "from edge.settings.capture_settings import CaptureSettings\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        list(open_source(name, CaptureSettings(), own_pace=False))\n"
        "    except CaptureError:\n"
        "        pass\n"
    )
    command = [sys.executable, "-c", script, *names]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert (told.stdout, told.stderr) == ("", "")


def test_unknown_rate_stays_unknown() -> None:
    from edge.capture.probe import _rate_hz

    assert isnan(_rate_hz(0.0, [1.0]))
    assert _rate_hz(90000.0, [0.0, 0.04, 0.08]) == pytest.approx(25.0)
    assert _rate_hz(1000.0, [0.0, 0.033, 0.067]) == pytest.approx(1 / 0.0335)
    assert _rate_hz(30.0, [0.0]) == 30.0
