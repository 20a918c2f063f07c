"""A network stream through OpenCV: how late its pictures come."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from capture_media import make_clip

from edge.capture.opencv import open_stream
from edge.settings.capture_settings import CaptureSettings

SENT = 40
STALL_S = 2.0
# A packet is known to be whole when the next begins, and a transport stream's last one is not.
IN_TRANSIT = 2


@contextmanager
def held_after(content: bytes) -> Iterator[str]:
    """Serve a stream that never ends but sends no more than this."""
    end = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "video/mp2t")
            self.end_headers()
            self.wfile.write(content)
            end.wait()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/live"
        finally:
            end.set()
            server.shutdown()
            serving.join()


def until(clip: Path, packet: int) -> bytes:
    """Return a transport stream up to where one of its packets begins."""
    command = ["ffprobe", "-v", "error", "-show_packets", "-select_streams", "v", "-of", "json"]
    told = subprocess.run([*command, clip], check=True, capture_output=True, timeout=60)
    return clip.read_bytes()[: int(json.loads(told.stdout)["packets"][packet]["pos"])]


def promptly_seen(url: str, threads: int) -> int:
    """Return how many pictures come before the stream holds still; given up, it gives the rest."""
    stream = open_stream(url, "it", CaptureSettings(stall_s=STALL_S, decode_threads=threads))
    count, began_s = 0, time.monotonic()
    while stream.read() is not None and time.monotonic() - began_s < STALL_S / 2:
        count, began_s = count + 1, time.monotonic()
    stream.close()
    return count


def test_each_thread_beyond_the_first_shows_a_stream_one_picture_later(tmp_path: Path) -> None:
    zero_latency = ("-tune", "zerolatency", "-bf", "0", "-g", "10")
    clip = make_clip(tmp_path / "live.ts", *zero_latency, size="640x480", frames=60)
    seen = {}
    with held_after(until(clip, SENT)) as url:
        for threads in (CaptureSettings().decode_threads, 4):
            seen[threads] = promptly_seen(url, threads)
    assert seen == {1: SENT - IN_TRANSIT, 4: SENT - IN_TRANSIT - 3}
