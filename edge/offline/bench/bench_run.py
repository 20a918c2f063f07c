"""A benchmark run: what is measured, the rounds, and the report."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from edge.messages.frame import Frame
from edge.offline.bench.link import NAME as SHOW
from edge.offline.bench.link import LinkBench
from edge.offline.bench.networks import NetworkBench
from edge.offline.bench.peer import Peer, PeerError
from edge.offline.bench.samples import Samples
from edge.offline.bench.stages import ANALYZE_NET, NETS, STAGES, Clip, SizeBench, StageBench
from edge.offline.bench.startup import MARKS, StartupBench
from edge.pose.runtime.processor import processor_name
from edge.pose.store import model_store
from edge.settings import paths
from edge.settings.pose_settings import PoseSettings
from edge.settings.settings import Settings

SCHEMA = 1
SIZES = [(960, 540), (1280, 720), (1920, 1080)]
_SHOWN_FRAMES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure.

    Attributes
    ----------
    models
        The models folder.
    sizes
        Pose model sizes to run on the clip.
    rounds
        Number of rounds; more rounds average out other load on the machine.
    clip, frames
        The recording, and how many of its frames.
    threads
        Threads of the pose model; 0 as in the station.
    peer
        A Python that has mediapipe; None skips the comparison.
    startup
        Whether to time the station's start as well.
    progress
        Called with the current step.
    """

    models: Path
    sizes: Sequence[str] = (model_store.DEFAULT,)
    rounds: int = 3
    clip: Path = field(default_factory=paths.demo_clip)
    frames: int = 240
    threads: int = 0
    peer: Path | None = None
    startup: bool = False
    progress: Callable[[str], None] = lambda _what: None


def run_bench(plan: Plan) -> dict[str, Any]:
    """Run the benchmark in interleaved rounds.

    Returns
    -------
    ``machine``, ``clip``, ``rounds``; ``models`` by size with ``stages``, ``whole`` and, if
    mediapipe is installed, ``mediapipe`` and the ``ratio`` of ours to it; ``networks``; ``sizes``;
    ``startup``. All times are in milliseconds.

    Raises
    ------
    WeightsError, ModelError, CaptureError
        If a model or the clip cannot be opened.
    """
    clip = Clip(path=plan.clip, frames=plan.frames)
    frames = clip.load()
    # The clip may have fewer frames than were asked for.
    clip = Clip(path=plan.clip, frames=len(frames))
    samples = Samples()
    ours = {
        size: StageBench(clip, _settings(size, plan.threads), plan.models) for size in plan.sizes
    }
    networks = NetworkBench(
        plan.models, (model_store.DETECTOR, "lite", "full", "heavy"), _threads()
    )
    sizes = SizeBench(frames[0], SIZES)
    link = LinkBench(frames[:_SHOWN_FRAMES])
    peer, why_no_peer = _peer(plan, clip)
    found: dict[str, float] = {}
    try:
        for number in range(plan.rounds):
            plan.progress(f"round {number + 1} of {plan.rounds}")
            samples.begin_round()
            for size, bench in ours.items():
                bench.round(samples)
                if peer is not None:
                    found[size] = peer.round(samples, size)
            networks.round(samples)
            sizes.round(samples)
            link.round(samples)
            if plan.startup:
                StartupBench(plan.models).round(samples)
    finally:
        if peer is not None:
            peer.close()
    return {
        "schema": SCHEMA,
        "machine": _machine(),
        "clip": _clip(clip, frames),
        "rounds": plan.rounds,
        "models": {
            size: _of_model(samples, bench, size, found.get(size)) for size, bench in ours.items()
        },
        "mediapipe": {"version": peer.version if peer else None, "missing": why_no_peer},
        "networks": networks.report(samples),
        "sizes": sizes.report(samples),
        "show": samples.figures(SHOW),
        "startup": {m: samples.figures(m) for m in MARKS if m in samples},
    }


def _settings(size: str, threads: int) -> Settings:
    return Settings(pose=PoseSettings(model=size, threads=threads))


def _threads() -> list[int]:
    return sorted({1, 2, min(os.cpu_count() or 1, 4)})


def _peer(plan: Plan, clip: Clip) -> tuple[Peer | None, str]:
    if plan.peer is None:
        return None, "mediapipe is not installed; `make bench-peer` installs it"
    try:
        return Peer(plan.peer, clip.path, clip.frames), ""
    except PeerError as error:
        return None, str(error)


def _of_model(
    samples: Samples, bench: StageBench, size: str, found: float | None
) -> dict[str, Any]:
    stages = {
        stage: samples.figures(bench.name(stage))
        for stage in STAGES
        if bench.name(stage) in samples
    }
    whole = stages["whole"]["median_ms"]
    for figures in stages.values():
        figures["of_whole"] = round(figures["median_ms"] / whole, 3)
    nets = stages[NETS[1]]["median_ms"]
    in_analyze = samples.ratio(bench.name(ANALYZE_NET), bench.name("analyze"))
    report: dict[str, Any] = {
        "stages": stages,
        # For a frame in which the runner is tracked, as in all but the first.
        "overhead": round((whole - nets) / whole, 3),
        # Work done in parallel with the network costs nothing here.
        "overhead_analyze": round(1 - in_analyze, 3),
    }
    if found is not None:
        report["mediapipe"] = samples.figures(Peer.name(size)) | {"found": round(found, 3)}
        ratios = {
            stage: samples.ratio(bench.name(stage), Peer.name(size))
            for stage in ("analyze", "whole", "pose")
        }
        report["ratio"] = {stage: ratio for stage, ratio in ratios.items() if isfinite(ratio)}
    return report


def _machine() -> dict[str, Any]:
    return {
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
    }


def _clip(clip: Clip, frames: list[Frame]) -> dict[str, Any]:
    height, width = frames[0].image.shape[:2]
    interval_s = float(np.median(np.diff([frame.time_s for frame in frames])))
    return {
        "name": clip.path.name,
        "width": width,
        "height": height,
        "fps": round(1 / interval_s, 2),
        "frames": clip.frames,
    }
