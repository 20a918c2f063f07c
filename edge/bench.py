"""How fast every stage and the whole are on this machine, in interleaved rounds of one run."""

import os
import platform
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime

from edge import resources
from edge.assembly import build_estimator
from edge.capture.source import open_source
from edge.messages import Frame, Pose
from edge.pipeline import Pipeline
from edge.pose.detector import DETECTOR_OUTPUTS, DETECTOR_SIZE
from edge.pose.landmarks import LANDMARK_OUTPUTS, LANDMARK_SIZE
from edge.pose.region import crop, letterbox_region
from edge.pose.session import Network
from edge.settings import PoseSettings, Settings
from edge.weights import store

_FRAMES = 300
_NET_RUNS = 60
Samples = dict[str, list[float]]

STAGES = {
    "decode": "decode one picture of the clip",
    "crop": "crop and turn one region",
    "detector_net": "detector network (only while nobody is tracked)",
    "landmark_net": "landmark network",
    "pose": "pose room: crop, landmark network, keypoints",
    "after_pose": "identity, gait, metrics, coaching",
    "encode": "JPEG of the picture for the page",
    "whole": "decode to verdict, one thread after the other",
}


def run_bench(models: Path, model: str, rounds: int) -> dict[str, Any]:
    """Measure the bundled clip.

    Parameters
    ----------
    models
        The folder of models.
    model
        Size of the landmark model.
    rounds
        How often all stages are measured in turn; more rounds even out what else runs.

    Returns
    -------
    ``machine``, ``clip``, ``stages`` (each ``median_ms``, ``p95_ms`` and its share of ``whole``),
    and ``real_time``: the clip's frame time over the whole's mean, above 1 where the machine keeps
    up.

    Raises
    ------
    edge.weights.errors.WeightsError
        If a model is missing or altered.
    """
    settings = Settings(pose=PoseSettings(model=model))
    frames, rate_hz = _load()
    samples: Samples = {stage: [] for stage in STAGES}
    nets = _networks(models, model)
    for _ in range(rounds):
        _time_decode(samples["decode"])
        region = letterbox_region(*frames[0].image.shape[1::-1])
        for frame in frames[:_NET_RUNS]:
            _timed(samples["crop"], crop, frame.image, region, LANDMARK_SIZE, replicate_border=True)
        for stage, (network, size) in nets.items():
            tensor = np.zeros((1, size, size, 3), np.float32)
            for _ in range(_NET_RUNS):
                _timed(samples[stage], network.run, tensor)
        poses = _time_pose(samples["pose"], settings.pose, models, frames)
        _time_after_pose(samples["after_pose"], settings, poses)
        for frame in frames[:_NET_RUNS]:
            _timed(samples["encode"], cv2.imencode, ".jpg", frame.image)
        _time_whole(samples["whole"], settings, models)
    return _report(samples, rate_hz, frames[0], model, rounds)


def table(report: dict[str, Any]) -> str:
    """Return the report as lines of text."""
    machine, clip = report["machine"], report["clip"]
    lines = [
        f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, "
        f"onnxruntime {machine['onnxruntime']}",
        f"model {report['model']}, {clip['width']}x{clip['height']} at {clip['fps']:g} frames/s, "
        f"{report['rounds']} rounds",
        "",
        f"{'stage':14}{'median ms':>10}{'p95 ms':>9}{'of whole':>10}",
    ]
    for stage, figures in report["stages"].items():
        lines.append(
            f"{stage:14}{figures['median_ms']:10.2f}{figures['p95_ms']:9.2f}"
            f"{figures['of_whole']:10.2f}  {STAGES[stage]}"
        )
    verdict = "keeps up" if report["real_time"] >= 1 else "does not keep up"
    lines += ["", f"{report['real_time']:.2f} times real time: {verdict} with the clip"]
    return "\n".join(lines)


def _load() -> tuple[list[Frame], float]:
    frames = []
    with _clip() as source:
        for frame in source:
            frames.append(frame)
            if len(frames) == _FRAMES:
                break
        return frames, source.info.frame_rate_hz


def _clip() -> Any:
    return open_source(str(resources.demo_clip()), Settings().capture, own_pace=False)


def _networks(models: Path, model: str) -> dict[str, tuple[Network, int]]:
    def network(name: str, size: int, outputs: Iterable[str]) -> tuple[Network, int]:
        return Network(store.verify(models, name), (1, size, size, 3), tuple(outputs), 0), size

    return {
        "detector_net": network(store.DETECTOR, DETECTOR_SIZE, DETECTOR_OUTPUTS),
        "landmark_net": network(model, LANDMARK_SIZE, LANDMARK_OUTPUTS),
    }


def _timed(samples: list[float], call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    start = time.perf_counter()
    result = call(*args, **options)
    samples.append(1000 * (time.perf_counter() - start))
    return result


def _time_decode(samples: list[float]) -> None:
    with _clip() as source:
        frames = iter(source)
        for _ in range(_FRAMES):
            _timed(samples, next, frames)


def _time_pose(
    samples: list[float], settings: PoseSettings, models: Path, frames: list[Frame]
) -> list[Pose]:
    estimator = build_estimator(settings, models)
    return [_timed(samples, estimator.update, frame) for frame in frames]


class _NoEstimator:
    """Stands where poses are given instead of frames."""

    def update(self, frame: Frame) -> Pose:
        """Never called."""
        raise NotImplementedError

    def reset(self) -> None:
        """Nothing to forget."""


def _time_after_pose(samples: list[float], settings: Settings, poses: list[Pose]) -> None:
    pipeline = Pipeline(_NoEstimator(), settings)
    for pose in poses:
        _timed(samples, pipeline.follow, pose)


def _time_whole(samples: list[float], settings: Settings, models: Path) -> None:
    pipeline = Pipeline(build_estimator(settings.pose, models), settings)
    with _clip() as source:
        frames = iter(source)
        for _ in range(_FRAMES):
            _timed(samples, lambda: pipeline.update(next(frames)))


def _report(
    samples: Samples, rate_hz: float, frame: Frame, model: str, rounds: int
) -> dict[str, Any]:
    height, width = frame.image.shape[:2]
    whole = float(np.median(samples["whole"]))
    return {
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": platform.platform(terse=True),
            "python": platform.python_version(),
            "onnxruntime": onnxruntime.__version__,
        },
        "clip": {"width": width, "height": height, "fps": rate_hz, "frames": _FRAMES},
        "model": model,
        "rounds": rounds,
        "stages": {
            stage: {
                "median_ms": round(float(np.median(times)), 3),
                "p95_ms": round(float(np.percentile(times, 95)), 3),
                "of_whole": round(float(np.median(times)) / whole, 3),
            }
            for stage, times in samples.items()
        },
        "real_time": round(1000 / rate_hz / float(np.mean(samples["whole"])), 3),
    }


def _processor() -> str:
    """Return the processor's name as Linux tells it, else the machine's architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
