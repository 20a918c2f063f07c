"""Every stage of a frame's way, one after the other, and the same frames all the way through."""

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
from edge.serve.wire import protocol
from edge.serve.wire.encode import frame_header
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings

# Beside the laps of the pipeline, which name themselves.
ROOMS = ("identity", "gait", "metrics")
NETS = ("detector_net", "landmark_net")
ANALYZE_NET = "analyze_net"
STAGES = {
    "decode": "decode one picture of the clip",
    "pose": "the whole pose room, of which:",
    "detector_net": "- the detector (only while nobody is followed)",
    "landmark_net": "- the landmark network",
    "crop": "- crop and turn the region",
    "pose_rest": "- crop, tensor, heatmaps and keypoints: all but the networks",
    "identity": "tell the legs apart",
    "gait": "smoothing, events, strides",
    "metrics": "measure and coach",
    "record": "write the result folder",
    "encode": "shrink and encode the picture for the page",
    "whole": "decode to record, one after the other",
    "analyze": "the same as `toeline analyze` does it, decoding ahead, of which:",
    ANALYZE_NET: "- the landmark network",
}
SIZE_WORKS = {
    "camera_jpeg": "decode a camera's JPEG",
    "camera_jpeg_half": "decode it at half its size",
    "crop": "crop and turn the region",
    "shrink": "make the picture small enough to be shown",
    "encode": "the same, and encode it",
}
_QUALITY = ServeSettings().jpeg_quality
_SHOWN_ROWS = ServeSettings().preview_height


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What is measured: a video file, and how many of its frames."""

    path: Path
    frames: int

    def load(self) -> list[Frame]:
        """Return the frames, decoded."""
        with open_source(str(self.path), Settings().capture, own_pace=False) as source:
            return [frame for frame, _ in zip(source, range(self.frames), strict=False)]


class StageBench:
    """One size of the pose model, from the clip to the record."""

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
        """Return under which name a stage's samples are kept."""
        return f"{self._prefix} {stage}"

    def round(self, samples: Samples) -> None:
        """Take the clip through, once stage by stage and once as ``analyze`` does it."""
        pipeline, watch = self._pipeline, self._watch
        pipeline.reset()
        path = str(self._clip.path)
        with (
            # As the live worker and `analyze` run.
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
            return protocol.pack(header, jpeg_bytes(small, self._settings.serve.jpeg_quality))

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
    """What depends on the picture's size alone, at several sizes."""

    def __init__(self, frame: Frame, sizes: list[tuple[int, int]]) -> None:
        self._images: dict[str, tuple[Image, Any]] = {}
        for width, height in sizes:
            image = np.asarray(cv2.resize(frame.image, (width, height)), dtype=np.uint8)
            jpeg = np.frombuffer(jpeg_bytes(image, _QUALITY), np.uint8)
            self._images[f"{width}x{height}"] = (image, jpeg)

    def round(self, samples: Samples, runs: int = 15) -> None:
        """Do everything once at each size, so many times."""
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
        """Return the figures by size and work."""
        return {
            size: {work: samples.figures(f"{size} {work}") for work in SIZE_WORKS}
            for size in self._images
        }


def _encoded(image: Image) -> bytes:
    return jpeg_bytes(shrink(image, _SHOWN_ROWS), _QUALITY)
