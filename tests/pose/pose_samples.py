"""Stand-ins for the networks, frames of clips, the true joints in them, and golden files."""

import csv
import gzip
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skeletons import BLAZEPOSE33

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.skeleton import SIDE_POINTS
from edge.pose.estimator import PoseEstimator
from edge.pose.models.blazepose.detector import DETECTOR_OUTPUTS, DETECTOR_SIZE, PersonDetector
from edge.pose.models.blazepose.landmarks import (
    LANDMARK_OUTPUTS,
    LANDMARK_SIZE,
    BlazePose,
)
from edge.pose.models.port import Landmarks, ModelNetwork
from edge.pose.region import Region
from edge.pose.runtime.onnx_session import Network, Tensor
from edge.pose.store import model_store

GOLDEN = Path(__file__).parent.parent / "golden"
UPDATE = "TOELINE_UPDATE_GOLDEN"
NO_PLACE = Region(center_x_px=float("nan"), center_y_px=0.0, side_px=float("nan"), rotation_rad=0.0)


def a_region(x: float = 320.0, y: float = 240.0, side: float = 200.0, turn: float = 0.0) -> Region:
    return Region(center_x_px=x, center_y_px=y, side_px=side, rotation_rad=turn)


def a_frame(
    time_s: float = 0.0, *, index: int = 0, breaks: bool = False, image: Image | None = None
) -> Frame:
    if image is None:
        image = np.zeros((48, 64, 3), np.uint8)
    return Frame(index=index, time_s=time_s, image=image, breaks=breaks)


def seen(presence: float = 1.0, then: Region | None = None, at: float = 10.0) -> Landmarks:
    """Return what a landmark network saw: all points at ``at``, and where to look next."""
    return Landmarks(
        xy_px=np.full((BLAZEPOSE33.count, 2), at),
        depth_px=np.full(BLAZEPOSE33.count, -at),
        visibility=np.full(BLAZEPOSE33.count, 0.75),
        presence=presence,
        next_region=then or a_region(),
        legs_px=np.full((2, len(SIDE_POINTS), 2), at),
        legs_error_px=np.full((2, len(SIDE_POINTS)), 1.0),
    )


class FakeNetwork(Network):
    """A network that keeps what it was given and always answers the same."""

    def __init__(self, *outputs: Tensor) -> None:
        self._answers = list(outputs)
        self.given: list[Tensor] = []

    def run(self, tensor: Tensor) -> list[Tensor]:
        self.given.append(tensor.copy())
        return self._answers


class FakePeople:
    """Both stages of pose estimation, by script; ``calls`` tells what was asked, in order.

    Parameters
    ----------
    found
        What each search finds, in turn; the last answer is repeated.
    looks
        What each look sees, in turn; the last answer is repeated.
    """

    def __init__(self, found: Iterable[list[Region]], looks: Iterable[Landmarks]) -> None:
        self._found = list(found)
        self._looks = list(looks)
        self.calls: list[str | Region] = []

    def find(self, image: Image) -> list[Region]:
        self.calls.append("search")
        return self._found.pop(0) if len(self._found) > 1 else self._found[0]

    def look(self, image: Image, region: Region) -> Landmarks:
        self.calls.append(region)
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]

    def calls_since(self, count: int) -> list[str | Region]:
        return self.calls[count:]


@dataclass(frozen=True)
class Networks:
    """The real ones, with one thread each."""

    detector: PersonDetector
    landmarks: ModelNetwork

    def estimator(self) -> PoseEstimator:
        return PoseEstimator(self.detector, self.landmarks, BLAZEPOSE33, 0.5)

    def detect_and_look(self, image: Image) -> Landmarks:
        """Return the keypoints of the largest person, by the detector and not by tracking."""
        return self.landmarks.look(image, self.detector.find(image)[0])


def real_networks(models_dir: Path, model: str = "full") -> Networks:
    detector = Network(
        model_store.model_path(models_dir, "detector"),
        (1, DETECTOR_SIZE, DETECTOR_SIZE, 3),
        DETECTOR_OUTPUTS,
        threads=1,
    )
    landmarks = Network(
        model_store.model_path(models_dir, model),
        (1, LANDMARK_SIZE, LANDMARK_SIZE, 3),
        LANDMARK_OUTPUTS,
        threads=1,
    )
    return Networks(PersonDetector(detector, 0.5), ModelNetwork(BlazePose("full"), landmarks))


def frames_of(clip: Path, wanted: Sequence[int]) -> list[Image]:
    """Return frames of a clip by their number, which must rise."""
    capture = cv2.VideoCapture(str(clip))
    try:
        frames = []
        for number in range(wanted[-1] + 1):
            found, image = capture.read()
            assert found, f"{clip.name} ends before frame {number}"
            if number in wanted:
                frames.append(np.asarray(image, dtype=np.uint8))
        return frames
    finally:
        capture.release()


def true_points(clip: Path, wanted: Sequence[int], names: Sequence[str]) -> Floats:
    """Return where named points of a rendered runner are, shape (frames, names, 2), pixels."""
    with gzip.open(clip.with_suffix(".keypoints.csv.gz"), "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array(
        [[[float(rows[f][f"{n}_{axis}_px"]) for axis in "uv"] for n in names] for f in wanted]
    )


def golden(name: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """Return a golden file's content; written first, from ``made``, when an update is asked for.

    A missing file is a failure everywhere, and where no test may be skipped nothing is updated.
    """
    path = GOLDEN / f"{name}.json"
    if os.environ.get(UPDATE):
        if os.environ.get("TOELINE_NO_SKIP"):
            pytest.fail(f"{UPDATE} is set where goldens must only be checked")
        path.parent.mkdir(exist_ok=True)
        path.write_text(_lines(made), encoding="utf-8")
    return read_golden(name)


def read_golden(name: str) -> dict[str, Any]:
    path = GOLDEN / f"{name}.json"
    if not path.is_file():
        pytest.fail(f"golden file {path.name} is missing; see the docstring of its test")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _lines(content: Mapping[str, Any]) -> str:
    """Return JSON with one line a key and one a frame, so that changes can be read."""
    lines = []
    for key, value in content.items():
        text = json.dumps(value)
        if isinstance(value, list) and value and isinstance(value[0], list):
            text = "[\n" + ",\n".join(json.dumps(row) for row in value) + "\n]"
        lines.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
