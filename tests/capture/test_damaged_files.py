"""Files that are cut, hollow or no film at all."""

import itertools
import os
import subprocess
import sys
from math import isnan
from pathlib import Path

import pytest
from capture_media import (
    cut,
    ffmpeg,
    presentation_times_s,
    repack,
)
from played import hollow, read_all, replay

from edge.messages.errors import CaptureError
from edge.messages.notice import Notice

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
