import itertools
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from capture_media import make_clip
from fakes import FakeClock

from edge.capture.kind import shown
from edge.capture.port import FrameSource
from edge.capture.source import open_source
from edge.messages.errors import CaptureError
from edge.settings.capture_settings import CaptureSettings


def opened(src: str, *, loop: bool = False) -> FrameSource:
    clock = FakeClock()
    return open_source(
        src, CaptureSettings(), own_pace=True, loop=loop, clock=clock, sleep=clock.sleep
    )


@pytest.mark.parametrize("src", ["", "  ", "webcam", "-1", "1234", "ftp://host/a.mp4", "gstreamer"])
def test_an_unknown_source_is_told_what_is_known(src: str) -> None:
    with pytest.raises(
        CaptureError,
        match=r"is not known; give gst:PIPELINE, picamera, .* a camera number, .* or file:PATH$",
    ):
        opened(src)


@pytest.mark.parametrize(
    ("src", "path"),
    [("63", "/dev/video63"), ("/dev/video62", "/dev/video62"), ("/dev/v4l/by-id/x", "by-id/x")],
)
def test_an_absent_camera_is_named_by_its_path(src: str, path: str) -> None:
    with pytest.raises(CaptureError, match=f"there is no camera at .*{path}$"):
        opened(src)


@pytest.mark.parametrize("src", ["0", "rtsp://host/a", "picamera", "gst:videotestsrc"])
def test_a_live_source_cannot_be_looped(src: str) -> None:
    with pytest.raises(CaptureError, match="is live and cannot be looped"):
        opened(src, loop=True)


def test_an_unreachable_stream_hides_its_password() -> None:
    with pytest.raises(CaptureError) as error:
        opened("rtsp://user:secret@127.0.0.1:1/live?token=secret")
    assert str(error.value).startswith("no video from rtsp://127.0.0.1:1/live: ")


def test_picamera_without_its_package_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CaptureError, match="python3-picamera2, which is not installed"):
        opened("picamera")


def test_gstreamer_without_its_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: False)
    with pytest.raises(CaptureError, match="this OpenCV was built without GStreamer"):
        opened("gst:videotestsrc")


def test_a_pipeline_that_does_not_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: True)
    with pytest.raises(CaptureError, match="pipeline does not start; try it"):
        opened("gst:nosuchsrc")


def test_only_secrets_are_hidden() -> None:
    assert shown("rtsp://a:b@c:554/d/e@f") == "rtsp://c:554/d/e@f"
    assert shown("runs/what?.mp4") == "runs/what?.mp4"


class QuietServer(ThreadingHTTPServer):
    """A web server that says nothing when its client leaves."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def web_address(tmp_path: Path) -> Iterator[str]:
    make_clip(tmp_path / "clip.ts", frames=60)
    handler = partial(QuietHandler, directory=str(tmp_path))
    with QuietServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_stream_over_http_is_live(web_address: str) -> None:
    with opened(f"{web_address}/clip.ts?user=me") as source:
        info = source.info
        frames = list(itertools.islice(source, 10))
    assert info.live
    assert (info.name, info.size_px) == (f"{web_address}/clip.ts", (160, 120))
    assert info.timestamps == "arrival at this machine"
    assert np.all(np.diff([frame.time_s for frame in frames]) > 0)
    assert frames[0].time_s == 0


def test_a_stream_that_ends_is_waited_for_and_read_again(web_address: str) -> None:
    with opened(f"{web_address}/clip.ts") as source:
        frames = list(itertools.islice(source, 70))
    assert [frame.index for frame in frames if frame.breaks] == [59]


def test_a_stream_that_is_not_there_says_so(web_address: str) -> None:
    with pytest.raises(CaptureError, match="no video from"):
        opened(f"{web_address}/none.ts")
