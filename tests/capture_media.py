"""Small videos made with ffmpeg, and their properties by ffprobe."""

import json
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from edge.capture import sources
from edge.messages.arrays import Image

# Nearly lossless, and quick to write.
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p", "-an")

# Uneven gaps and a pause of half a second, in a time base that 1/30 s divides.
UNEVEN = "settb=1/90000,setpts='(N/30+0.011*mod(N,3)+if(gt(N,20),0.5,0))/TB'"
UNEVEN_OUT = ("-fps_mode", "vfr", "-enc_time_base", "1/90000", "-video_track_timescale", "90000")


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg and expect it to succeed."""
    command = ["ffmpeg", "-v", "error", "-y", "-nostdin", *map(str, arguments)]
    subprocess.run(command, check=True, timeout=60)


def make_clip(
    path: Path,
    *options: str,
    size: str = "160x120",
    rate: str = "30",
    frames: int = 40,
    video_filter: str = "null",
) -> Path:
    """Write a moving test picture, H.264 with B-frames unless ``options`` say otherwise."""
    source = f"testsrc2=size={size}:rate={rate}"
    encode = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-pix_fmt", "yuv420p")
    limit = ("-vf", video_filter, "-frames:v", str(frames))
    ffmpeg("-f", "lavfi", "-i", source, *limit, *encode, *options, path)
    return path


def repack(source: Path, target: Path, *options: str) -> Path:
    """Write the same packets into another container."""
    ffmpeg("-i", source, "-c", "copy", *options, target)
    return target


def cut(source: Path, target: Path, share: float) -> Path:
    """Write the first ``share`` of a file's bytes."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target


def beginning(source: Path, target: Path, seconds: float) -> Path:
    """Write the first seconds of a video's packets, up to where no frame is missing in between."""
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "csv=p=0"]
    entries = ["-show_entries", "packet=pts_time", str(source)]
    told = subprocess.run([*command, *entries], check=True, timeout=60, capture_output=True)
    # In the order of decoding, in which a frame may come after one that is shown later.
    times_s = np.array([float(line.strip(b",")) for line in told.stdout.split()])
    shown_as = np.argsort(np.argsort(times_s))
    whole = np.maximum.accumulate(shown_as) == np.arange(times_s.size)
    last = np.flatnonzero(whole & (times_s >= seconds - 1e-6))[:1]
    return repack(source, target, "-frames:v", str(int(last[0]) + 1 if last.size else times_s.size))


def turned(source: Path, target: Path, degrees: int) -> Path:
    """Write an MP4 with a clockwise rotation in its metadata, as phones do.

    The matrix is written by hand, since ffmpeg's option for it differs between versions.
    """
    cosine, sine = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    rows = (cosine << 16, sine << 16, 0, -sine << 16, cosine << 16, 0, 0, 0, 1 << 30)
    data = bytearray(source.read_bytes())
    start = data.index(b"tkhd") + 44
    data[start : start + 36] = struct.pack(">9i", *rows)
    target.write_bytes(data)
    return target


def presentation_times_s(path: Path) -> list[float]:
    """Return the timestamps in the file of all frames that FFmpeg can decode."""
    command = ["ffprobe", "-v", "quiet", "-select_streams", "v:0", "-of", "json"]
    entries = ["-show_entries", "frame=pts_time", str(path)]
    told = subprocess.run([*command, *entries], check=True, timeout=60, capture_output=True)
    return [float(frame["pts_time"]) for frame in json.loads(told.stdout)["frames"]]


def frame_count(path: Path) -> int:
    """Return the number of frames that an MP4 says it has."""
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "csv=p=0"]
    entries = ["-show_entries", "stream=nb_frames", str(path)]
    told = subprocess.run([*command, *entries], check=True, timeout=60, capture_output=True)
    return int(told.stdout)


def first_image(path: Path, size_px: tuple[int, int]) -> Image:
    """Return the first frame as FFmpeg shows it, with rotation applied."""
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-frames:v", "1"]
    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-"]
    told = subprocess.run([*command, *raw], check=True, timeout=60, capture_output=True)
    return np.frombuffer(told.stdout, dtype=np.uint8).reshape(size_px[1], size_px[0], 3)


MADE_UP = '''
"""A fictitious camera."""

from edge.capture.kind import SourceKind
from edge.capture.opencv import OpenCVCamera


def _open(src, opening):
    from fakes import FakeCapture

    def connect():
        script = ["frame"] * 400
        return OpenCVCamera(FakeCapture(script, opening.clock), stamped=True, clock=opening.clock)

    return opening.camera(connect, f"made-up camera {src.removeprefix('made-up:')}")


KIND = SourceKind(schemes=("made-up",), forms=("made-up:NAME",), live=True, open=_open)
'''


def add_made_up_kind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a kind of camera as a contributor does: with one more file next to the others."""
    (folder / "made_up.py").write_text(MADE_UP, encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(folder)])
