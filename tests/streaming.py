"""A network camera that can be made to misbehave: HTTP on loopback, real video from ffmpeg."""

import os
import random
import signal
import subprocess
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Self

from program import free_port


def encode(source: Path, target: Path, *, height: int, rate_hz: int, seconds: float) -> Path:
    """Write part of a clip at another size and rate, with a key frame each half second."""
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", source, "-t", seconds]
    command += [
        "-vf",
        f"scale=-2:{height},fps={rate_hz}",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    ]
    command += ["-tune", "zerolatency", "-g", rate_hz // 2, "-pix_fmt", "yuv420p", target]
    subprocess.run([*map(str, command)], check=True, timeout=120)
    return target


class StreamCamera:
    """A server that streams a clip in a loop to every client; a context manager.

    Parameters
    ----------
    clip
        The clip to stream; a change applies to new connections.
    kind
        ``mpegts``, or ``mpjpeg``: JPEGs one by one.
    """

    def __init__(self, clip: Path, kind: str = "mpegts") -> None:
        self.clip = clip
        self.kind = kind
        self.damage_share = 0.0
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/live"
        self._streams: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._plugged = Event()
        self._random = random.Random(1)
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Be reachable."""
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera._stream(self)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            block_on_close = False

        self._server = Server(("127.0.0.1", self.port), Handler)
        self._plugged.set()
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def unplug(self) -> None:
        """End every stream, and refuse new ones."""
        self._plugged.clear()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        self.cut()

    def cut(self) -> None:
        """End every stream; a client that reconnects gets a new one."""
        for stream in self._copy():
            stream.kill()

    def stall(self) -> None:
        """Send nothing but keep every connection; new ones are accepted and get nothing."""
        for stream in self._copy():
            stream.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Send again."""
        for stream in self._copy():
            stream.send_signal(signal.SIGCONT)

    def _copy(self) -> list["subprocess.Popen[bytes]"]:
        with self._lock:
            return [stream for stream in self._streams if stream.poll() is None]

    def _stream(self, handler: BaseHTTPRequestHandler) -> None:
        how = ["-c", "copy"] if self.kind == "mpegts" else ["-q:v", "4"]
        command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1"]
        command += ["-i", str(self.clip), *how, "-f", self.kind, "-flush_packets", "1", "-"]
        mime = (
            "video/mp2t" if self.kind == "mpegts" else "multipart/x-mixed-replace;boundary=ffmpeg"
        )
        with subprocess.Popen(command, stdout=subprocess.PIPE) as stream:
            assert stream.stdout is not None
            with self._lock:
                self._streams.add(stream)
            try:
                handler.send_response(200)
                handler.send_header("Content-Type", mime)
                handler.end_headers()
                while self._plugged.is_set() and (data := os.read(stream.stdout.fileno(), 65_536)):
                    handler.wfile.write(self._damaged(data))
            except OSError:
                # The client disconnected.
                pass
            finally:
                with suppress(OSError):
                    stream.send_signal(signal.SIGCONT)
                stream.kill()
                with self._lock:
                    self._streams.discard(stream)

    def _damaged(self, data: bytes) -> bytes:
        """Return the data with single bytes corrupted."""
        if not self.damage_share:
            return data
        bad = bytearray(data)
        for _ in range(max(1, int(len(bad) * self.damage_share))):
            bad[self._random.randrange(len(bad))] = self._random.randrange(256)
        return bytes(bad)
