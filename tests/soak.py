"""Soak test of a live station from outside: lateness, drops, memory, and many viewers.

    python tests/soak.py live --seconds 300           one client that reads everything
    python tests/soak.py browser --seconds 300        the page itself, in headless Chromium
    python tests/soak.py viewers --seconds 20         one client against fifty, five of them silent
    python tests/soak.py stream --seconds 3600        an hour of poses: does the cost grow?

`make soak` runs them all. The station is the installed program, the clip is looped in real time,
and everything shares the machine's processors.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from program import Program, free_port, health
from recordings import record
from synthetic import Runner
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from edge.pipeline import Pipeline
from edge.pose.no_pictures import NoPictures
from edge.serve.wire import binary, protocol
from edge.settings import paths
from edge.settings.settings import Settings

_SETTLE_S = 12
_ROUNDS = 3
_WHOLE = "capture_to_pose", "capture_to_send", "capture_to_paint"


class Watch:
    """A poller of a station's health, once a second."""

    def __init__(self, port: int, process_id: int) -> None:
        self._port = port
        self._status = Path(f"/proc/{process_id}/status")
        self.seen: list[dict[str, Any]] = []
        self.megabytes: list[float] = []

    def look(self) -> dict[str, Any]:
        """Return the current health."""
        now = health(self._port)
        now["times"] = {t["stage"]: t for t in now["times"]}
        self.seen.append(now)
        (line,) = [x for x in self._status.read_text().splitlines() if x.startswith("VmRSS")]
        self.megabytes.append(int(line.split()[1]) / 1024)
        return now

    def run(self, seconds: float) -> list[dict[str, Any]]:
        """Poll once a second for ``seconds``; return the results."""
        first, end_s = len(self.seen), time.monotonic() + seconds
        while time.monotonic() < end_s:
            time.sleep(1)
            self.look()
        return self.seen[first:]


@contextmanager
def station(clip: Path, *more: str) -> Iterator[Watch]:
    """Run the installed program on the clip, looped."""
    with TemporaryDirectory() as folder:
        port = free_port()
        arguments = ("run", "--source", str(clip), "--loop", "--port", str(port), *more)
        with Program(*arguments, data=Path(folder), models=paths.models_dir()) as program:
            program.line()
            yield Watch(port, program._process.pid)


@contextmanager
def viewers(port: int, count: int, silent: int) -> Iterator[None]:
    """Run clients in a separate process."""
    command = [sys.executable, __file__, "watch", "--port", str(port)]
    process = subprocess.Popen([*command, "--viewers", str(count), "--silent", str(silent)])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


async def watch(port: int, count: int, silent: int) -> None:
    """Run ``count`` clients, of which some never read."""
    url = f"ws://127.0.0.1:{port}/ws/live"

    async def one(reads: bool) -> None:
        newest = 0
        while True:
            with suppress(ConnectionClosed):
                async with connect(url, proxy=None, max_queue=None if reads else 1) as client:
                    if not reads:
                        await asyncio.Event().wait()
                    async for data in client:
                        if isinstance(data, bytes):
                            header, _ = binary.unpack(data)
                            if isinstance(header, binary.FrameHeader):
                                assert header.seq > newest, "an older picture came"
                                newest = header.seq
                                now_ms = 1000 * time.monotonic()
                                ack = protocol.Ack(
                                    seq=header.seq, received_ms=now_ms, painted_ms=now_ms
                                )
                                await client.send(protocol.encode_text(ack))
            newest = 0
            await asyncio.sleep(1)

    await asyncio.gather(*(one(number >= silent) for number in range(count)))


def figures(seen: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a phase's results: medians over windows of ten seconds."""

    def median(stage: str, quantile: str) -> float:
        values = [s["times"][stage][quantile] for s in seen if stage in s["times"]]
        return float(np.median([v for v in values if v is not None])) if values else nan

    net = median("landmark_net", "p50_ms")
    captured = seen[-1]["captured"] - seen[0]["captured"]
    dropped = seen[-1]["dropped"] - seen[0]["dropped"]
    told: dict[str, Any] = {
        "captured": captured,
        "dropped": dropped,
        "dropped_share": round(dropped / captured, 5),
        # Seconds and counts, to distinguish a pause of the machine from a station that is too slow.
        "dropped_in": [
            [second, after["dropped"] - before["dropped"]]
            for second, (before, after) in enumerate(pairwise(seen), 1)
            if after["dropped"] > before["dropped"]
        ],
        "late": seen[-1]["late"] - seen[0]["late"],
        "shed": sorted({s["shed"] for s in seen if s["shed"]}),
        "landmark_net_p50_ms": round(net, 2),
    }
    for stage in _WHOLE:
        p95 = median(stage, "p95_ms")
        if not np.isnan(p95):
            told[stage] = {
                "p50_ms": round(median(stage, "p50_ms"), 2),
                "p95_ms": round(p95, 2),
                "p99_ms": round(median(stage, "p99_ms"), 2),
                "p95_over_net": round(p95 / net, 2),
            }
    return told


def slope(megabytes: list[float]) -> float:
    """Return growth in MB per minute after the first minute; NaN if shorter than two minutes."""
    later = np.array(megabytes[60:])
    if later.size < 60:
        return nan
    return round(float(np.polyfit(np.arange(later.size) / 60, later, 1)[0]), 3)


def live(clip: Path, seconds: float) -> dict[str, Any]:
    """Run one client that reads everything."""
    with station(clip) as seen, viewers(seen._port, 1, 0):
        seen.run(_SETTLE_S)
        told = figures(seen.run(seconds))
        return told | {"rss_mb": round(seen.megabytes[-1]), "mb_a_minute": slope(seen.megabytes)}


def browser(clip: Path, seconds: float) -> dict[str, Any]:
    """Run the page in headless Chromium, on the same processors."""
    sys.path.insert(0, str(Path(__file__).parent / "web"))
    from browsing import chromium

    with station(clip) as seen, chromium() as opened:
        page = opened.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"http://127.0.0.1:{seen._port}/")
        seen.run(_SETTLE_S)
        told = figures(seen.run(seconds))
        return told | {"rss_mb": round(seen.megabytes[-1]), "mb_a_minute": slope(seen.megabytes)}


def many(clip: Path, seconds: float) -> dict[str, Any]:
    """Compare one viewer with fifty, in turn."""
    phases: dict[str, list[dict[str, Any]]] = {"one": [], "fifty": []}
    with station(clip) as seen:
        for _ in range(_ROUNDS):
            for name, (count, silent) in {"one": (1, 0), "fifty": (50, 5)}.items():
                with viewers(seen._port, count, silent):
                    seen.run(_SETTLE_S)
                    phases[name].append(figures(seen.run(seconds)))
        ratios = [
            fifty["capture_to_pose"]["p95_ms"] / one["capture_to_pose"]["p95_ms"]
            for one, fifty in zip(phases["one"], phases["fifty"], strict=True)
        ]
        return {
            "p95_over_one": round(float(np.median(ratios)), 3),
            "rss_mb": [round(min(seen.megabytes)), round(max(seen.megabytes))],
            **phases,
        }


def stream(seconds: float) -> dict[str, Any]:
    """Process an hour of a synthetic runner's poses; compare the first minute with the last."""

    pipeline = Pipeline(NoPictures(), Settings())
    minute = record(Runner(), 60.0, 60.0).poses
    minutes = []
    for number in range(max(2, round(seconds / 60))):
        taken_ms = []
        for pose in minute:
            moved = _later(pose, 60.0 * number, len(minute) * number)
            began_s = time.thread_time()
            pipeline.follow(moved)
            taken_ms.append(1000 * (time.thread_time() - began_s))
        minutes.append(float(np.mean(taken_ms)))
    # The first minute also decides which leg is near; the second is like all others.
    return {"first_ms": minutes[1], "last_ms": minutes[-1], "ratio": minutes[-1] / minutes[1]}


def _later(pose: Any, seconds: float, frames: int) -> Any:
    from dataclasses import replace

    arrays = {name: getattr(pose, name).copy() for name in ("xy_px", "visibility", "depth_px")}
    return replace(
        pose, time_s=pose.time_s + seconds, frame_index=pose.frame_index + frames, **arrays
    )


def main() -> None:
    """Run the chosen test, and print the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["live", "browser", "viewers", "stream", "watch"])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--clip", type=Path, default=paths.demo_clip())
    parser.add_argument("--port", type=int)
    parser.add_argument("--viewers", type=int, default=1)
    parser.add_argument("--silent", type=int, default=0)
    asked = parser.parse_args()
    if asked.what == "watch":
        with suppress(KeyboardInterrupt):
            asyncio.run(watch(asked.port, asked.viewers, asked.silent))
        return
    if asked.what == "stream":
        told = stream(asked.seconds)
    else:
        kinds = {"live": live, "browser": browser, "viewers": many}
        told = kinds[asked.what](asked.clip, asked.seconds)
    sys.stdout.write(json.dumps({asked.what: told}, indent=1) + "\n")


if __name__ == "__main__":
    main()
