"""Files that cannot be taken as they are: interlaced, timeless, mirrored, pixels not square."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from capture_media import ffmpeg, first_image, make_clip, repack, turned
from fakes import FakeClock

from edge.capture.interlaced import says_interlaced
from edge.capture.playback import ReplaySource
from edge.capture.source import open_source
from edge.messages.errors import CaptureError
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.settings.capture_settings import CaptureSettings

FIELDS = ("-flags", "+ilme+ildct")
INTERLACED = {
    "mpeg2.mpg": ("-c:v", "mpeg2video", *FIELDS),
    "mpeg2.ts": ("-c:v", "mpeg2video", *FIELDS),
    "mpeg4.avi": ("-c:v", "mpeg4", *FIELDS),
    "mpeg4.mp4": ("-c:v", "mpeg4", *FIELDS),
    "avc.mp4": ("-c:v", "libx264", *FIELDS, "-x264-params", "tff=1"),
    "avc.mkv": ("-c:v", "libx264", *FIELDS, "-x264-params", "bff=1"),
    "avc.ts": ("-c:v", "libx264", *FIELDS, "-x264-params", "tff=1"),
    "hevc.mp4": ("-c:v", "libx265", "-x265-params", "interlace=tff:log-level=none"),
    "hevc.mkv": ("-c:v", "libx265", "-x265-params", "interlace=bff:log-level=none"),
    "hevc.ts": ("-c:v", "libx265", "-x265-params", "interlace=tff:log-level=none"),
    "prores.mov": ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", *FIELDS),
}
BARE = {
    "bare.h264": ("-c:v", "libx264"),
    "bare.h265": ("-c:v", "libx265", "-x265-params", "log-level=none"),
    "bare.mjpeg": ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-bf", "0"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def frames_of(path: Path, **settings: float) -> tuple[list[Frame], ReplaySource]:
    chosen = CaptureSettings(**settings)  # type: ignore[arg-type]
    with open_source(str(path), chosen, own_pace=False) as source:
        assert isinstance(source, ReplaySource)
        return list(source), source


def codes(source: ReplaySource) -> list[str]:
    return [notice.code for notice in source.info.notices]


# Interlaced


@pytest.mark.parametrize("name", INTERLACED)
def test_interlaced_film_is_refused_with_what_to_do(name: str, folder: Path) -> None:
    path = make_clip(folder / name, *INTERLACED[name], rate="25", frames=20)
    with pytest.raises(CaptureError, match=rf"{name} is interlaced.*bwdif"):
        frames_of(path)


def test_what_the_sentence_says_helps(folder: Path) -> None:
    film = make_clip(folder / "film.mpg", *INTERLACED["mpeg2.mpg"], rate="25", frames=20)
    ffmpeg("-i", film, "-vf", "bwdif", folder / "progressive.mp4")
    frames, source = frames_of(folder / "progressive.mp4")
    assert source.info.frame_rate_hz == 50
    assert len({frame.image.tobytes() for frame in frames}) > 30


def test_progressive_film_in_an_interlaced_stream_is_played(folder: Path) -> None:
    """Such as 25 whole frames per second that a camera wrote as if they were fields."""
    path = make_clip(folder / "fake.mp4", "-x264-params", "fake-interlaced=1", rate="30", frames=20)
    assert says_interlaced(path, b"h264")
    frames, _ = frames_of(path)
    assert len({frame.image.tobytes() for frame in frames}) == 20


def test_no_reference_clip_is_called_interlaced(clips_dir: Path) -> None:
    """Their slices hold start codes by chance, followed by what looks like a parameter set."""
    clips = sorted(clips_dir.glob("*.mp4"))
    assert len(clips) == 17
    assert [clip.name for clip in clips if says_interlaced(clip, b"h264")] == []


def test_other_film_is_not_called_interlaced(folder: Path) -> None:
    for name, options in {
        "plain.mp4": (),
        "plain.mpg": ("-c:v", "mpeg2video"),
        "plain.avi": ("-c:v", "mpeg4"),
        "hevc.mp4": ("-c:v", "libx265", "-x265-params", "log-level=none"),
        "hevc.ts": ("-c:v", "libx265", "-x265-params", "log-level=none"),
        "baseline.mp4": ("-profile:v", "baseline", "-bf", "0"),
    }.items():
        path = make_clip(folder / name, *options, rate="25", frames=5)
        codec = {"mpg": b"mpg2", "avi": b"FMP4"}.get(path.suffix[1:], b"h264")
        codec = b"hevc" if name.startswith("hevc") else codec
        assert not says_interlaced(path, codec), name


class Unwritten:
    """A capture of film that cannot be converted: each retrieve gives what was in the memory."""

    def __init__(self, capture: cv2.VideoCapture, memory: np.ndarray) -> None:
        self._capture = capture
        self._memory = memory

    def retrieve(self) -> tuple[bool, object]:
        return True, self._memory.copy()

    def __getattr__(self, name: str) -> object:
        return getattr(self._capture, name)


def frames_through(kind: type[Unwritten], path: Path, memory: np.ndarray) -> list[Frame]:
    """Return the frames of a file whose capture is wrapped in one of this kind."""
    clock = FakeClock()
    with ReplaySource(
        path,
        own_pace=False,
        loop=False,
        clock=clock,
        sleep=clock.sleep,
        open_capture=lambda *args: kind(cv2.VideoCapture(*args), memory),  # type: ignore[arg-type]
    ) as source:
        return list(source)


def test_memory_that_no_decoder_wrote_is_never_a_picture(folder: Path) -> None:
    path = make_clip(folder / "unknown.mkv", frames=30)
    memory = np.random.default_rng(1).integers(0, 255, (120, 160, 3)).astype(np.uint8)
    frames = frames_through(Unwritten, path, memory)
    assert len(frames) == 30
    assert not any(frame.image.any() for frame in frames)
    assert Notice("pictures_never_change") in frames[0].notices


class LateWritten(Unwritten):
    """The same, but only the first five pictures are interlaced."""

    read = 0

    def retrieve(self) -> tuple[bool, object]:
        self.read += 1
        written: tuple[bool, object] = self._capture.retrieve()
        return (True, self._memory.copy()) if self.read <= 5 else written


def test_memory_before_the_first_decoded_picture_is_not_shown(folder: Path) -> None:
    path = make_clip(folder / "mixed.mp4", "-x264-params", "fake-interlaced=1", frames=30)
    memory = np.full((120, 160, 3), 77, np.uint8)
    frames = frames_through(LateWritten, path, memory)
    shown = [bool(frame.image.any()) for frame in frames]
    assert shown == [False] * 5 + [True] * 25


def test_film_that_begins_with_a_still_is_shown(folder: Path) -> None:
    path = folder / "title.mkv"
    still = "tpad=start_mode=clone:start=40"
    make_clip(path, "-c:v", "ffv1", video_filter=still, frames=60)
    frames, source = frames_of(path)
    assert codes(source) == []
    assert frames[0].image.any()
    assert len({frame.image.tobytes() for frame in frames}) > 15


# Without times


@pytest.mark.parametrize("name", BARE)
def test_a_bare_stream_needs_a_rate(name: str, folder: Path) -> None:
    path = make_clip(folder / name, *BARE[name], rate="60", frames=20)
    with pytest.raises(CaptureError, match=rf"{name} gives its frames no times.*--rate"):
        frames_of(path)
    frames, source = frames_of(path, file_rate_hz=60.0)
    assert [frame.time_s for frame in frames] == pytest.approx(
        [n / 60 for n in range(20)], abs=1e-6
    )
    assert (source.info.frame_rate_hz, codes(source)) == (60.0, [])
    assert source.info.timestamps == "frames counted at the given rate"


@pytest.mark.parametrize(("name", "codec"), [("a.m2v", "mpeg2video"), ("a.m4v", "mpeg4")])
def test_a_bare_stream_with_times_of_its_own_is_played(name: str, codec: str, folder: Path) -> None:
    options = ("-c:v", codec, "-f", "m4v" if codec == "mpeg4" else codec)
    path = make_clip(folder / name, *options, rate="30", frames=20)
    frames, source = frames_of(path)
    assert source.info.frame_rate_hz == pytest.approx(30)
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx([1 / 30] * 19, abs=1e-5)


def test_a_rate_overrides_the_times_of_a_file_and_says_so(folder: Path) -> None:
    path = make_clip(folder / "timed.mp4", rate="30", frames=20)
    frames, source = frames_of(path, file_rate_hz=120.0)
    assert frames[-1].time_s == pytest.approx(19 / 120, abs=1e-6)
    assert source.info.notices == (Notice("times_overridden", own_hz=30.0, rate_hz=120.0),)
    assert codes(frames_of(path, file_rate_hz=30.0)[1]) == []


# Pixels that are not square


def squeezed(folder: Path, name: str, *options: str, size: str = "120:120") -> Path:
    """Write a clip of 160x120 with narrower or flatter pixels, and what says so."""
    return make_clip(folder / name, *options, video_filter=f"scale={size},setdar=4/3", frames=4)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("s.mp4", ()),
        ("s.mkv", ()),
        ("s.mpg", ("-c:v", "mpeg2video")),
        ("s.avi", ("-c:v", "mpeg4")),
        ("s.ts", ()),
    ],
)
def test_pixels_are_made_square(name: str, options: tuple[str, ...], folder: Path) -> None:
    upright = read_back(make_clip(folder / "square.mp4", frames=4))
    frames, source = frames_of(squeezed(folder, name, *options))
    assert source.info.size_px == (160, 120)
    assert frames[0].image.shape == (120, 160, 3)
    assert np.abs(frames[0].image.astype(int) - upright.astype(int)).mean() < 15


def test_narrow_pixels_of_a_turned_film_are_made_square(folder: Path) -> None:
    upright = read_back(make_clip(folder / "square_for_turn.mp4", frames=4))
    path = turned(squeezed(folder, "narrow.mp4"), folder / "narrow_turned.mp4", 90)
    frames, source = frames_of(path)
    assert source.info.size_px == (120, 160)
    difference = frames[0].image.astype(int) - np.rot90(upright, -1).astype(int)
    assert np.abs(difference).mean() < 15


def read_back(path: Path) -> np.ndarray:
    return frames_of(path)[0][0].image


def test_flat_pixels_make_a_taller_picture(folder: Path) -> None:
    frames, source = frames_of(squeezed(folder, "flat.mp4", size="160:160"))
    assert source.info.size_px == (214, 160) or source.info.size_px == (213, 160)
    assert codes(source) == []
    tall = make_clip(folder / "tall.mp4", video_filter="scale=160:90,setsar=3/4", frames=4)
    assert frames_of(tall)[1].info.size_px == (160, 120)
    assert len(frames) == 4


@pytest.mark.parametrize("size", ["720x576", "720x480", "960x1080", "1440x1080"])
def test_a_size_of_anamorphic_film_that_says_nothing_is_doubted(size: str, folder: Path) -> None:
    path = make_clip(folder / f"{size}.mp4", size=size, frames=3, video_filter="setsar=0")
    assert frames_of(path)[1].info.notices == (Notice("pixel_aspect_unknown", size=size),)
    frames, source = frames_of(path, pixel_aspect=1.0)
    assert (codes(source), frames[0].image.shape[1]) == ([], int(size.split("x")[0]))
    wide, source = frames_of(path, pixel_aspect=4 / 3)
    assert codes(source) == []
    assert wide[0].image.shape[1] == round(int(size.split("x")[0]) * 4 / 3)


@pytest.mark.parametrize("size", ["1440x1080", "960x720", "160x120"])
def test_square_pixels_are_believed_in_sizes_of_cameras(size: str, folder: Path) -> None:
    path = make_clip(folder / f"s{size}.mp4", size=size, frames=3, video_filter="setsar=1")
    assert codes(frames_of(path)[1]) == []


@pytest.mark.parametrize(
    ("name", "size", "options"),
    [
        ("one.mp4", "960x1080", ()),
        ("one.mkv", "1280x1080", ()),
        # MPEG-4 and MPEG-2 have no value for an unknown aspect.
        ("one.avi", "720x480", ("-c:v", "mpeg4")),
        ("one.mpg", "720x576", ("-c:v", "mpeg2video")),
    ],
)
def test_a_default_of_square_pixels_says_nothing_in_sizes_of_anamorphic_film(
    name: str, size: str, options: tuple[str, ...], folder: Path
) -> None:
    path = make_clip(folder / name, *options, size=size, frames=5, video_filter="setsar=1")
    assert frames_of(path)[1].info.notices == (Notice("pixel_aspect_unknown", size=size),)
    assert codes(frames_of(path, pixel_aspect=1.0)[1]) == []


# Mirrored


@pytest.mark.parametrize(
    ("matrix", "size_px", "expected"),
    [
        ((-1, 0, 0, 1), (160, 120), lambda image: image[:, ::-1]),
        ((1, 0, 0, -1), (160, 120), lambda image: image[::-1]),
        ((0, 1, 1, 0), (120, 160), lambda image: image.transpose(1, 0, 2)),
        ((0, -1, -1, 0), (120, 160), lambda image: image[::-1, ::-1].transpose(1, 0, 2)),
    ],
)
def test_a_mirrored_display_is_mirrored_and_not_rotated(
    matrix: tuple[int, int, int, int], size_px: tuple[int, int], expected: object, folder: Path
) -> None:
    plain = make_clip(folder / "plain_for_mirror.mp4", frames=4)
    a, b, c, d = (number << 16 for number in matrix)
    data = bytearray(plain.read_bytes())
    start = data.index(b"tkhd") + 44
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path = folder / "mirrored.mp4"
    path.write_bytes(data)
    frames, source = frames_of(path)
    assert source.info.size_px == size_px
    assert callable(expected)
    assert np.array_equal(frames[0].image, expected(read_back(plain)))


def test_the_first_picture_is_as_ffmpeg_shows_it(folder: Path) -> None:
    path = repack(make_clip(folder / "as.mp4", frames=4), folder / "as.mkv")
    assert np.abs(read_back(path) - first_image(path, (160, 120)).astype(int)).mean() < 4
