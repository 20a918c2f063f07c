"""One station, one network camera, and all that can happen to them, one fault after the other.

    PYTHONPATH=tests:tests/chaos python tests/chaos/chaos_faults.py --connects 1000

Each fault lasts a few seconds; told are the state that was shown meanwhile, and how long after its
end the station measured again. Beside it a viewer writes down every stride that it is told, and at
the end each of them must be in the store. `make chaos` runs it; the test suite a shorter one.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from program import Program, free_port, health
from streaming import StreamCamera, encode
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from edge.record.store import DATABASE
from edge.settings import paths

PATIENCE_S = 60.0
POLL_S = 0.05
WELL = {"live", "degraded"}
# Other programs use the disk, too, as do tests that run beside these.
ROOM_MB = 1024


class Viewer:
    """Reads everything that a station says, and keeps the strides."""

    def __init__(self, port: int) -> None:
        self.strides: list[tuple[str, float]] = []
        self._told_s: dict[tuple[str, float], float] = {}
        self._port = port
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading."""
        self._over.set()
        self._thread.join(PATIENCE_S)

    def _run(self) -> None:
        url = f"ws://127.0.0.1:{self._port}/ws/live"
        while not self._over.is_set():
            # A station that is stopping refuses new connections.
            with (
                suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError),
                connect(url, proxy=None) as link,
            ):
                while not self._over.is_set():
                    self._take(link.recv(timeout=PATIENCE_S))
            self._over.wait(POLL_S)

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            return
        told = json.loads(message)
        if told["type"] == "stride" and (told["side"], told["start_s"]) not in self.strides:
            self.strides.append((told["side"], told["start_s"]))
            self._told_s[self.strides[-1]] = time.monotonic()

    def within(self, seconds: float, of_s: float) -> list[tuple[str, float]]:
        """Return the strides told at most ``seconds`` before a moment, or after it."""
        return [stride for stride, told_s in self._told_s.items() if told_s > of_s - seconds]


@dataclass
class Scene:
    """A running station, its camera and its folder."""

    program: Program
    camera: StreamCamera
    port: int
    data: Path
    clips: dict[str, Path]
    viewer: Viewer
    room_mb: float
    lost: list[tuple[str, float]] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """The station's process."""
        return self.program._process.pid

    def state(self) -> dict[str, Any]:
        """Return its health; a station that does not answer has the state ``silent``."""
        try:
            return health(self.port)
        except OSError:
            return {"state": "silent", "notice": "", "processed": 0}

    def until(self, good: Callable[[dict[str, Any]], bool], what: str) -> float:
        """Wait for a state; return after how many seconds it was there."""
        began_s = time.monotonic()
        while not good(now := self.state()):
            assert time.monotonic() - began_s < PATIENCE_S, f"never {what}: {now}"
            assert self.program._process.poll() is None, f"it ended\n{self.program.stderr}"
            time.sleep(POLL_S)
        return time.monotonic() - began_s

    def measures(self) -> float:
        """Wait until frames are worked on again; return after how long."""
        began = self.state()["processed"]
        return self.until(
            lambda now: now["state"] in WELL and now["processed"] > began, "well again"
        )

    def counts(self) -> dict[str, int]:
        """Return threads and descriptors, with those of connections that happen to be open."""
        return {
            name: len(list(Path(f"/proc/{self.pid}/{folder}").iterdir()))
            for name, folder in {"threads": "task", "descriptors": "fd"}.items()
        }

    def least_counts(self) -> dict[str, int]:
        """Return the least threads and descriptors of a second: between two connections."""
        seen = []
        for _ in range(20):
            seen.append(self.counts())
            time.sleep(POLL_S)
        return {name: min(counts[name] for counts in seen) for name in seen[0]}


Fault = Callable[[Scene], Iterator[str]]
"""Begins, yields the state and words of the notice that are to be seen (empty: any), and ends."""


def unplugged(scene: Scene) -> Iterator[str]:
    """The camera's address answers no more."""
    scene.camera.unplug()
    yield "no_camera"
    scene.camera.plug()


def cut(scene: Scene) -> Iterator[str]:
    """Every stream ends; a new one is to be had at once."""
    scene.camera.cut()
    yield ""


def stalled(scene: Scene) -> Iterator[str]:
    """The connection stands, and nothing comes."""
    scene.camera.stall()
    yield "no_camera"
    scene.camera.go_on()


def another_size_and_rate(scene: Scene) -> Iterator[str]:
    """The camera restarts with other settings and keeps them."""
    scene.camera.unplug()
    scene.camera.clip = scene.clips["small"]
    yield "no_camera"
    scene.camera.plug()


def black(scene: Scene) -> Iterator[str]:
    """Someone puts the cap on the lens."""
    kept, scene.camera.clip = scene.camera.clip, scene.clips["black"]
    scene.camera.cut()
    yield "no_camera: gives a black picture"
    scene.camera.clip = kept
    scene.camera.cut()


def still(scene: Scene) -> Iterator[str]:
    """The camera goes on sending its last picture."""
    kept, scene.camera.clip = scene.camera.clip, scene.clips["still"]
    scene.camera.cut()
    yield "no_camera: gives the same picture"
    scene.camera.clip = kept
    scene.camera.cut()


def damaged(scene: Scene) -> Iterator[str]:
    """Bytes of the stream are changed on the way."""
    scene.camera.damage_share = 2e-5
    yield ""
    scene.camera.damage_share = 0.0


def disk_full(scene: Scene) -> Iterator[str]:
    """Somebody else fills the disk that sessions are on."""
    told = len(scene.viewer.strides)
    with (scene.data / "filler").open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, round(2e6 * scene.room_mb))
    yield "storage_full"
    (scene.data / "filler").unlink()
    scene.until(lambda now: now["state"] in WELL, "well again")
    # A session begins at a fresh frame: the stride under way belongs to none.
    scene.lost += scene.viewer.strides[told:]


def held_up(scene: Scene) -> Iterator[str]:
    """The station is stopped and goes on, as by a debugger or a suspend."""
    scene.program.signal(signal.SIGSTOP)
    yield "stopped"
    scene.program.signal(signal.SIGCONT)


def busy(scene: Scene) -> Iterator[str]:
    """Twice as many programs as processors want them, each for itself."""
    burn = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(burn) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        yield ""
    finally:
        for other in others:
            other.kill()
            other.wait()


FAULTS: dict[str, tuple[Fault, float]] = {
    "unplugged": (unplugged, 2.0),
    "cut": (cut, 0.5),
    "stalled": (stalled, 4.0),
    "damaged": (damaged, 4.0),
    "black": (black, 2.0),
    "still": (still, 2.0),
    "disk full": (disk_full, 2.0),
    "held up": (held_up, 4.0),
    "busy": (busy, 4.0),
    "another size and rate": (another_size_and_rate, 1.0),
}


def suffer(scene: Scene, name: str) -> dict[str, Any]:
    """Let one fault happen; return what was seen."""
    fault, lasts_s = FAULTS[name]
    story = iter(fault(scene))
    wanted = next(story)
    noticed_s = 0.0
    if wanted and wanted != "stopped":
        state, _, words = wanted.partition(": ")
        noticed_s = scene.until(
            lambda now: now["state"] == state and words in now["notice"], wanted
        )
    notice = "" if wanted == "stopped" else scene.state()["notice"]
    time.sleep(lasts_s)
    with suppress(StopIteration):
        next(story)
    return {
        "noticed_s": round(noticed_s, 2),
        "notice": notice,
        "measures_again_s": round(scene.measures(), 2),
    }


def vanish(port: int) -> None:
    """Open a live link, take the beginning of what comes, and be gone without a word."""
    lines = [
        "GET /ws/live HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "",
        "",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as link:
        link.sendall("\r\n".join(lines).encode())
        assert link.recv(4096).startswith(b"HTTP/1.1 101")


def connects(scene: Scene, count: int) -> dict[str, Any]:
    """Let clients come and go, some in the middle of a picture."""
    url = f"ws://127.0.0.1:{scene.port}/ws/live"
    for number in range(count):
        if number % 2:
            vanish(scene.port)
            continue
        with connect(url, proxy=None, open_timeout=PATIENCE_S, max_queue=None) as link:
            link.recv(timeout=PATIENCE_S)
    return {"connects": count, "measures_again_s": round(scene.measures(), 2)}


def clips_of(folder: Path, rate_hz: int) -> dict[str, Path]:
    """Make the camera's clips: running, the same smaller, nothing, and one frozen picture."""
    demo = paths.demo_clip()
    clips = {
        "running": encode(demo, folder / "running.mp4", height=360, rate_hz=rate_hz, seconds=8),
        "small": encode(demo, folder / "small.mp4", height=270, rate_hz=30, seconds=8),
    }
    for name, frames in {"black": "drawbox=c=black:t=fill", "still": "loop=-1:1:0"}.items():
        clips[name] = folder / f"{name}.mp4"
        command = ["ffmpeg", "-v", "error", "-nostdin", "-i", clips["running"], "-vf", frames]
        command += ["-t", 4, "-c:v", "libx264", "-preset", "ultrafast", "-qp", 20, "-g", 600]
        subprocess.run([*map(str, command), str(clips[name])], check=True, timeout=120)
    return clips


@contextmanager
def station(
    folder: Path, models: Path, *, rate_hz: int = 60, room_mb: float = ROOM_MB
) -> Iterator[Scene]:
    """Run the installed program on a network camera, with limited space for recordings."""
    clips = clips_of(folder, rate_hz)
    data = folder / "data"
    data.mkdir()
    free_mb = shutil.disk_usage(data).free / 1_000_000
    port = free_port()
    with StreamCamera(clips["running"]) as camera:
        arguments = ["run", "--source", camera.url, "--port", str(port), "--set"]
        arguments += [f"record.keep_free_mb={free_mb - room_mb:.0f}"]
        with Program(*arguments, data=data, models=models) as program:
            program.line()
            viewer = Viewer(port)
            try:
                yield Scene(program, camera, port, data, clips, viewer, room_mb)
            finally:
                viewer.close()


def stored(data: Path) -> set[tuple[str, float]]:
    """Return the strides in the store."""
    with closing(sqlite3.connect(data / DATABASE)) as database:
        rows = database.execute("SELECT side, start_s FROM strides").fetchall()
    return {(side, round(start_s, 6)) for side, start_s in rows}


def missing(scene: Scene) -> list[tuple[str, float]]:
    """Return the strides that were told and are not in the store."""
    known = stored(scene.data)
    told = [s for s in scene.viewer.strides if s not in scene.lost]
    return [(side, at) for side, at in told if (side, round(at, 6)) not in known]


def play(scene: Scene, names: list[str], count: int) -> dict[str, Any]:
    """Let everything happen; return what was seen."""
    scene.until(lambda now: now["state"] in WELL and now["processed"] > 120, "live")
    while not scene.viewer.strides:
        time.sleep(POLL_S)
    told: dict[str, Any] = {"before": scene.least_counts()}
    for name in names:
        told[name] = suffer(scene, name)
        # Long enough for a stride or two between two faults.
        time.sleep(2.5)
    if count:
        told["connects"] = connects(scene, count)
    time.sleep(1.0)
    told["after"] = scene.least_counts()
    told["told_strides"] = len(scene.viewer.strides)
    return told


def main() -> int:
    """Let everything happen, and print it as JSON; 1 if a stride is lost or something is late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connects", type=int, default=1000)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    asked = parser.parse_args()
    with (
        TemporaryDirectory(dir=asked.folder) as folder,
        station(Path(folder), paths.models_dir()) as scene,
    ):
        told = play(scene, list(FAULTS), asked.connects)
        began_s = time.monotonic()
        scene.program.signal(signal.SIGTERM)
        code = scene.program.ended()
        told["sigterm_s"] = round(time.monotonic() - began_s, 2)
        told["lost_strides"] = missing(scene)
    late = [n for n, t in told.items() if isinstance(t, dict) and t.get("measures_again_s", 0) > 5]
    told["later_than_5_s"] = late
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    leaks = told["after"] != told["before"]
    # 1, since the disk was full for a while.
    return int(bool(late or told["lost_strides"] or code != 1 or leaks))


if __name__ == "__main__":
    sys.exit(main())
