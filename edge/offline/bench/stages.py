"""Benchmark of every stage of a frame, in sequence and as the whole pipeline."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

from edge.capture.jpeg import decoded
from edge.capture.source import open_source
from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.messages.message import Message
from edge.offline.analyze import analyze
from edge.offline.bench.samples import Samples
from edge.pipeline import Pipeline
from edge.pose.models.blazepose.landmarks import LANDMARK_SIZE
from edge.pose.opening import open_pose
from edge.pose.region import crop, letterbox_region
from edge.pose.runtime.low_latency import low_latency
from edge.record.result_folder import ResultFolder
from edge.serve.live.pictures import jpeg_bytes, shrink
from edge.serve.wire import binary
from edge.serve.wire.encode import frame_header
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings

# Rooms timed by the pipeline, in addition to the pose room.
ROOMS = ("identity", "gait", "metrics")
NETS = ("detector_net", "landmark_net")
ANALYZE_NET = "analyze_net"
STAGES = {
    "decode": "decode one frame of the clip",
    "pose": "the whole pose room, of which:",
    "detector_net": "- detector network (only until a person is found)",
    "landmark_net": "- landmark network",
    "crop": "- crop and rotate the region",
    "pose_rest": "- everything except the networks: crop, tensor, heatmaps, keypoints",
    "identity": "leg identity",
    "gait": "smoothing, events, strides",
    "metrics": "metrics and coaching",
    "record": "write the result folder",
    "encode": "downscale and encode the picture for the page",
    "whole": "decode to record, in sequence",
    "analyze": "the same in `toeline analyze`, which decodes ahead, of which:",
    ANALYZE_NET: "- landmark network",
}
SIZE_WORKS = {
    "camera_jpeg": "decode a camera's JPEG",
    "camera_jpeg_half": "decode it at half size",
    "crop": "crop and rotate the region",
    "shrink": "downscale the picture for display",
    "encode": "downscale and encode it",
}
_QUALITY = ServeSettings().jpeg_quality
_SHOWN_ROWS = ServeSettings().preview_height


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """The frames to measure: a video file, and how many of its frames."""

    path: Path
    frames: int

    def load(self) -> list[Frame]:
        """Return the frames, decoded."""
        with open_source(str(self.path), Settings().capture, own_pace=False) as source:
            return [frame for frame, _ in zip(source, range(self.frames), strict=False)]


class StageBench:
    """A benchmark of one pose model size, from the clip to the record."""

    def __init__(self, clip: Clip, settings: Settings, models: Path) -> None:
        self._clip = clip
        self._settings = settings
        pose = open_pose(settings.pose, models)
        self._watch = pose.watch
        self._pipeline = Pipeline(
            pose.estimator, settings, lap=pose.watch.lap, network_begins=pose.begins
        )
        self._prefix = settings.pose.model

    def name(self, stage: str) -> str:
        """Return the name of a stage's samples."""
        return f"{self._prefix} {stage}"

    def round(self, samples: Samples) -> None:
        """Process the clip once stage by stage and once as ``analyze`` does."""
        pipeline, watch = self._pipeline, self._watch
        pipeline.reset()
        path = str(self._clip.path)
        with (
            # As in the live worker and `analyze`.
            low_latency(),
            TemporaryDirectory() as folder,
            ResultFolder(Path(folder) / "bench") as record,
            open_source(path, self._settings.capture, own_pace=False) as source,
        ):
            frames = iter(source)
            for _ in range(self._clip.frames):
                watch.start()
                frame = next(frames)
                watch.lap("decode")
                outcome = pipeline.update(frame)
                _write(record, outcome.messages)
                watch.lap("record")
                self._keep(samples, dict(watch.laps_ms))
                self._show(samples, frame, outcome)
        self._analyze(samples)

    def _keep(self, samples: Samples, laps_ms: dict[str, float]) -> None:
        whole = ("decode", "pose", *ROOMS, "record")
        laps_ms["whole"] = sum(laps_ms[stage] for stage in whole)
        laps_ms["pose_rest"] = laps_ms["pose"] - sum(laps_ms.get(net, 0.0) for net in NETS)
        for stage, ms in laps_ms.items():
            samples.add(self.name(stage), ms)

    def _show(self, samples: Samples, frame: Frame, outcome: Any) -> None:
        region = letterbox_region(*frame.image.shape[1::-1])
        samples.timed(
            self.name("crop"), crop, frame.image, region, LANDMARK_SIZE, replicate_border=True
        )

        def encode() -> bytes:
            small = shrink(frame.image, self._settings.serve.preview_height)
            header = frame_header(1, frame, outcome.pose, outcome.state)
            return binary.pack(header, jpeg_bytes(small, self._settings.serve.jpeg_quality))

        samples.timed(self.name("encode"), encode)

    def _analyze(self, samples: Samples) -> None:
        done = 0

        def progress(frames: int, _of: int | None) -> None:
            nonlocal done
            done = frames

        watch = self._watch
        watch.start()
        with TemporaryDirectory() as folder:
            whole = Samples()
            whole.timed(
                "all",
                analyze,
                str(self._clip.path),
                Path(folder) / "bench",
                self._pipeline,
                self._settings,
                version="bench",
                progress=progress,
                stopped=lambda: done >= self._clip.frames,
            )
        samples.add(self.name("analyze"), whole.figures("all")["mean_ms"] / max(done, 1))
        samples.add(self.name(ANALYZE_NET), watch.laps_ms[NETS[1]] / max(done, 1))


def _write(record: ResultFolder, messages: list[Message]) -> None:
    for message in messages:
        record.write(message)


class SizeBench:
    """A benchmark of the work that depends only on picture size, at several sizes."""

    def __init__(self, frame: Frame, sizes: list[tuple[int, int]]) -> None:
        self._images: dict[str, tuple[Image, Any]] = {}
        for width, height in sizes:
            image = np.asarray(cv2.resize(frame.image, (width, height)), dtype=np.uint8)
            jpeg = np.frombuffer(jpeg_bytes(image, _QUALITY), np.uint8)
            self._images[f"{width}x{height}"] = (image, jpeg)

    def round(self, samples: Samples, runs: int = 15) -> None:
        """Do everything at each size, ``runs`` times."""
        for size, (image, jpeg) in self._images.items():
            region = letterbox_region(*image.shape[1::-1])
            calls: dict[str, Callable[[], Any]] = {
                "camera_jpeg": partial(decoded, jpeg, 1),
                "camera_jpeg_half": partial(decoded, jpeg, 2),
                "crop": partial(crop, image, region, LANDMARK_SIZE, replicate_border=True),
                "shrink": partial(shrink, image, _SHOWN_ROWS),
                "encode": partial(_encoded, image),
            }
            for _ in range(runs):
                for what, call in calls.items():
                    samples.timed(f"{size} {what}", call)

    def report(self, samples: Samples) -> dict[str, Any]:
        """Return the figures by size and kind of work."""
        return {
            size: {work: samples.figures(f"{size} {work}") for work in SIZE_WORKS}
            for size in self._images
        }


def _encoded(image: Image) -> bytes:
    return jpeg_bytes(shrink(image, _SHOWN_ROWS), _QUALITY)
