"""Every kind of source keeps the register's promises, and a new one is one file."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from capture_media import add_made_up_kind, make_clip
from fakes import FakeCapture, FakeClock, FakePort
from typer.testing import CliRunner

from edge.capture import opencv
from edge.capture.kind import SourceKind
from edge.capture.port import FrameSource
from edge.capture.source import is_live, kind_of, known_forms, open_source, source_kinds
from edge.cli.main import app
from edge.messages.errors import CaptureError
from edge.settings.capture_settings import CaptureSettings
from edge.settings.settings import Settings
from edge.station.doctor import Grade, camera

KINDS = source_kinds()
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.schemes[0])
# One source of each kind, written with its scheme, and what it must not be mistaken for.
WRITTEN = {
    "usb": ["usb:0", "usb:/dev/video0", "0", "63", "/dev/video2", "/dev/v4l/by-id/x"],
    "rtsp": ["rtsp://host/a", "rtsps://host/a", "http://host/a.ts", "https://host/a.ts"],
    "picamera": ["picamera", "picamera:", "picamera:1"],
    "gst": ["gst:videotestsrc"],
    "file": ["file:run.mp4", "run.mp4", "a:b.mp4", "clips/run", "/data/usb:0.mp4"],
}


def written(kind: SourceKind) -> list[str]:
    scheme = kind.schemes[0]
    return WRITTEN.get(scheme, [f"{scheme}:anything"])


def opened(src: str, *, loop: bool = False) -> FrameSource:
    clock = FakeClock()
    return open_source(
        src, CaptureSettings(), own_pace=True, loop=loop, clock=clock, sleep=clock.sleep
    )


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    add_made_up_kind(tmp_path, monkeypatch)
    return "made-up:A"


def test_no_two_kinds_share_a_scheme() -> None:
    schemes = [scheme for kind in KINDS for scheme in kind.schemes]
    assert len(schemes) == len(set(schemes))
    assert set(WRITTEN) <= set(schemes)


@each_kind
def test_a_kind_is_known_by_every_way_to_write_it(kind: SourceKind) -> None:
    for src in written(kind):
        assert kind_of(src) is kind, src
        assert is_live(src) is kind.live


@each_kind
def test_a_kind_is_named_in_help_and_errors(kind: SourceKind) -> None:
    assert all(form in known_forms() for form in kind.forms)
    with pytest.raises(CaptureError, match="is not known") as error:
        opened("webcam")
    assert all(form in str(error.value) for form in kind.forms)


@each_kind
def test_only_a_file_can_be_looped(kind: SourceKind) -> None:
    match = "is live and cannot be looped" if kind.live else "run.mp4 does not exist"
    with pytest.raises(CaptureError, match=match):
        opened(written(kind)[0], loop=True)


@pytest.mark.parametrize("src", ["usb:", "usb:webcam", "usb:1234", "rtsp:host", "picamera:front"])
def test_a_scheme_with_a_wrong_rest_says_what_it_takes(src: str) -> None:
    with pytest.raises(CaptureError, match=r"takes a camera number|is not an address"):
        opened(src)


def test_a_file_may_be_written_with_its_scheme(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4")
    times_s: list[list[float]] = []
    for src in (str(clip), f"file:{clip}"):
        with opened(src) as source:
            assert source.info.name == "clip.mp4"
            times_s.append([frame.time_s for frame in source])
    assert times_s[0] == times_s[1]


@pytest.mark.parametrize(
    ("src", "target", "name"),
    [("usb:3", 3, "camera 3"), ("usb:/dev/video7", "/dev/video7", "camera /dev/video7")],
)
def test_a_usb_camera_is_opened_by_number_or_path(
    src: str, target: int | str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    port = FakePort(FakeCapture(["frame"] * 9, clock))
    monkeypatch.setattr(opencv.open_v4l2, "__defaults__", (port, clock))
    with open_source(src, CaptureSettings(), own_pace=True, clock=clock, sleep=clock.sleep) as got:
        assert got.info.name == name
    assert port.calls[0][0] == target


def test_a_kind_in_one_file_gives_frames(made_up: str) -> None:
    with opened(made_up) as source:
        assert source.info.name == "made-up camera A"
        frames = list(islice(source, 30))
    assert [frame.index for frame in frames] == list(range(30))


def test_a_kind_in_one_file_is_live_and_known_everywhere(made_up: str) -> None:
    assert is_live(made_up)
    with pytest.raises(CaptureError, match="is live and cannot be looped"):
        opened(made_up, loop=True)
    with pytest.raises(CaptureError, match="made-up:NAME"):
        opened("webcam")
    refused = CliRunner().invoke(app, ["analyze", made_up, "--out", "nowhere"])
    assert refused.exit_code == 2
    assert "made-up:A is live, not a recording" in refused.stderr


def test_a_kind_in_one_file_is_watched_by_the_doctor(
    made_up: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()

    def with_clock(src: str, settings: CaptureSettings, **how: bool) -> FrameSource:
        return open_source(src, settings, clock=clock, sleep=clock.sleep, **how)

    monkeypatch.setattr("edge.station.doctor.open_source", with_clock)
    doctor: Callable[..., tuple[Grade, str]] = camera
    grade, sentence = doctor(made_up, Settings(), clock)
    assert grade is Grade.OK, sentence
    assert sentence.startswith("made-up camera A: 64x48, 60.0 frames per second")
