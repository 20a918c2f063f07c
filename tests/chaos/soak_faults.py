"""A station for an hour: viewers come and go, and now and then something breaks.

    PYTHONPATH=tests:tests/chaos python tests/chaos/soak_faults.py --minutes 60 --out build/soak

Writes ``soak.json`` and ``soak.svg``: memory, descriptors, latency and loss, second by second, with
the faults marked. Exit code 1 if memory grows, descriptors or latency do, a stride is lost, or a
state is seen that no fault explains. `make soak-faults` runs it. Station, camera and viewers share
processors: a machine that cannot do all that at 60 frames/s gives something up, the figures say
what and for how long, and ``--rate 30`` asks less of it.
"""

import argparse
import json
import signal
import sys
import time
from contextlib import suppress
from itertools import cycle
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import matplotlib as mpl
import numpy as np
from chaos_faults import PATIENCE_S, ROOM_MB, WELL, Scene, missing, station, suffer
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from edge.settings import paths

FAULTS = ("unplugged", "stalled", "black", "held up", "cut", "disk full", "damaged", "still")
FAULT_EVERY_S = 60.0
VIEWERS_EVERY_S = 7.0
# A state follows its cause within a second, and a station measures again within five.
EXPLAINED_S = 6.0
WARM_UP_SHARE = 1 / 6
WARM_UP_S = 60.0
MOST_MB_A_MINUTE = 0.2
MOST_P95_RATIO = 1.1
# What is recorded in a minute at 60 frames/s, and some more.
RECORDED_MB_A_MINUTE = 6.0


def sample(scene: Scene, began_s: float) -> dict[str, float | str]:
    """Return how the station is now."""
    now = scene.state()
    times = {t["stage"]: t for t in now.get("times", ())}
    status = Path(f"/proc/{scene.pid}/status").read_text()
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    p95_ms = times.get("capture_to_pose", {}).get("p95_ms")
    return {
        "at_s": round(time.monotonic() - began_s, 1),
        "state": now["state"],
        "rss_mb": int(kilobytes) / 1024,
        "p95_ms": nan if p95_ms is None else p95_ms,
        "captured": now.get("captured", 0),
        "lost": now.get("dropped", 0) + now.get("late", 0),
        "shed": now.get("shed", ""),
        **scene.counts(),
    }


def come_and_go(scene: Scene, over: Event) -> None:
    """Let three viewers in, let them read for a while, and let them go; again and again."""
    url = f"ws://127.0.0.1:{scene.port}/ws/live"
    while not over.wait(VIEWERS_EVERY_S / 2):
        with suppress(OSError, ConnectionClosed, TimeoutError):
            links = [connect(url, proxy=None, close_timeout=1) for _ in range(3)]
            end_s = time.monotonic() + VIEWERS_EVERY_S / 2
            while time.monotonic() < end_s:
                for link in links:
                    link.recv(timeout=PATIENCE_S)
            for link in links:
                link.close()


def soak(scene: Scene, minutes: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Run it; return the samples and the faults."""
    over = Event()
    began_s = time.monotonic()
    samples: list[dict[str, Any]] = []
    faults: list[dict[str, Any]] = []

    def watch() -> None:
        while not over.wait(1.0):
            samples.append(sample(scene, began_s))

    threads = [Thread(target=watch), Thread(target=come_and_go, args=(scene, over))]
    for thread in threads:
        thread.start()
    try:
        for name in cycle(FAULTS):
            # A fault is over a while before the end, so that the end can be compared.
            left_s = began_s + 60 * minutes - time.monotonic()
            if left_s < FAULT_EVERY_S:
                time.sleep(max(0.0, left_s))
                break
            time.sleep(FAULT_EVERY_S / 2)
            from_s = time.monotonic() - began_s
            told = suffer(scene, name)
            to_s = time.monotonic() - began_s
            faults.append({"name": name, "from_s": from_s, "to_s": to_s, **told})
            time.sleep(max(0.0, FAULT_EVERY_S / 2 - (to_s - from_s)))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    return samples, faults


def figures(samples: list[dict[str, Any]], faults: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the run showed."""
    at_s = np.array([s["at_s"] for s in samples])
    warm = at_s > max(WARM_UP_S, WARM_UP_SHARE * at_s[-1])
    rss_mb = np.array([s["rss_mb"] for s in samples])
    p95_ms = np.array([s["p95_ms"] for s in samples])
    part = at_s[-1] / 6
    descriptors = np.array([s["descriptors"] for s in samples])
    unplanned = [
        {"at_s": s["at_s"], "state": s["state"]}
        for s in samples
        if s["state"] not in WELL
        and not any(f["from_s"] <= s["at_s"] <= f["to_s"] + EXPLAINED_S for f in faults)
    ]
    quiet = [
        s for s in samples if not any(f["from_s"] - 1 <= s["at_s"] <= f["to_s"] + 5 for f in faults)
    ]
    return {
        "minutes": round(at_s[-1] / 60, 1),
        "mb_a_minute": round(float(np.polyfit(at_s[warm] / 60, rss_mb[warm], 1)[0]), 3),
        "rss_mb": [round(float(rss_mb.min())), round(float(rss_mb.max()))],
        "descriptors": [min(s["descriptors"] for s in quiet), max(s["descriptors"] for s in quiet)],
        "descriptors_first_and_last_sixth": [
            float(np.median(descriptors[at_s < part])),
            float(np.median(descriptors[at_s > at_s[-1] - part])),
        ],
        "threads": [min(s["threads"] for s in quiet), max(s["threads"] for s in quiet)],
        "p95_ms_first_and_last_sixth": [
            round(float(np.nanmedian(p95_ms[at_s < part])), 2),
            round(float(np.nanmedian(p95_ms[at_s > at_s[-1] - part])), 2),
        ],
        "captured": samples[-1]["captured"],
        "shed_share": {
            step: round(sum(s["shed"] == step for s in samples) / len(samples), 3)
            for step in sorted({s["shed"] for s in samples} - {""})
        },
        "lost_share": round(samples[-1]["lost"] / max(1, samples[-1]["captured"]), 4),
        "slowest_recovery_s": max((f["measures_again_s"] for f in faults), default=0.0),
        "unplanned_states": unplanned,
    }


def plot(samples: list[dict[str, Any]], faults: list[dict[str, Any]], path: Path) -> None:
    """Draw memory, descriptors, latency and loss over time."""
    mpl.use("svg")
    from matplotlib import pyplot as plt

    minutes = np.array([s["at_s"] for s in samples]) / 60
    captured = np.diff([s["captured"] for s in samples], prepend=0)
    lost = np.diff([s["lost"] for s in samples], prepend=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(captured > 0, 100 * lost / captured, np.nan)
    rows = {
        "memory, MB": [s["rss_mb"] for s in samples],
        "descriptors": [s["descriptors"] for s in samples],
        "capture to pose,\n95 %, ms": [s["p95_ms"] for s in samples],
        "lost or late, %": share,
    }
    figure, axes = plt.subplots(
        len(rows), 1, sharex=True, figsize=(11, 9), layout="constrained", dpi=100
    )
    for axis, (label, values) in zip(axes, rows.items(), strict=True):
        for fault in faults:
            axis.axvspan(
                fault["from_s"] / 60, fault["to_s"] / 60, color="#E69F00", alpha=0.35, lw=0
            )
        axis.plot(minutes, values, color="#0072B2", lw=1.2)
        axis.set_ylabel(label)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    for fault in faults:
        axes[0].annotate(
            fault["name"],
            (fault["from_s"] / 60, axes[0].get_ylim()[1]),
            rotation=45,
            fontsize=8,
            annotation_clip=False,
        )
    axes[-1].set_xlabel("minutes")
    figure.savefig(path)
    figure.savefig(path.with_suffix(".png"))
    plt.close(figure)


def main() -> int:
    """Run it, write what was seen, and judge it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=int, default=60)
    parser.add_argument("--out", type=Path, default=Path("build/soak"))
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(dir=asked.folder) as folder,
        station(
            Path(folder),
            paths.models_dir(),
            rate_hz=asked.rate,
            room_mb=ROOM_MB + RECORDED_MB_A_MINUTE * asked.minutes,
        ) as scene,
    ):
        scene.until(lambda now: now["state"] in WELL and now["processed"] > 120, "live")
        samples, faults = soak(scene, asked.minutes)
        began_s = time.monotonic()
        scene.program.signal(signal.SIGTERM)
        scene.program.ended()
        ended_s = time.monotonic() - began_s
        lost = missing(scene)
        told = figures(samples, faults) | {
            "sigterm_s": round(ended_s, 2),
            "strides": len(scene.viewer.strides),
            "lost_strides": lost,
        }
    whole = told | {"faults": faults, "samples": samples}
    (asked.out / "soak.json").write_text(json.dumps(whole, indent=1) + "\n")
    plot(samples, faults, asked.out / "soak.svg")
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    grows = told["mb_a_minute"] > MOST_MB_A_MINUTE
    first, last = told["descriptors_first_and_last_sixth"]
    # One of a viewer who is coming or going more or less is none that was left open.
    leaks = last > first + 1
    first_ms, last_ms = told["p95_ms_first_and_last_sixth"]
    slower = last_ms > MOST_P95_RATIO * first_ms
    return int(bool(grows or leaks or slower or lost or told["unplanned_states"]))


if __name__ == "__main__":
    sys.exit(main())
