"""The pose of a few pictures, to be compared between two machines.

    python tests/arm64/keypoints.py pictures FILE.npz           the first frames of the bundled clip
    python tests/arm64/keypoints.py pose PICTURES.npz FILE.npz  what this machine makes of them
    python tests/arm64/keypoints.py compare FILE.npz FILE.npz

The pictures are decoded once, since FFmpeg turns video into colours by other instructions on
another processor, and not to the same last digit. The person is searched for in each picture, and
the keypoints are read in regions that are given: where each region comes from the keypoints before,
a last digit grows from frame to frame. How far is told, but not judged.
"""

import argparse
import platform
import sys
from dataclasses import astuple
from itertools import islice
from math import nan
from pathlib import Path

import numpy as np

from edge.capture.source import open_source
from edge.messages.arrays import Floats
from edge.messages.frame import Frame
from edge.pose.models.blazepose.detector import DETECTOR_OUTPUTS, DETECTOR_SIZE, PersonDetector
from edge.pose.models.blazepose.landmarks import LANDMARK_OUTPUTS, LANDMARK_SIZE, BlazePose
from edge.pose.models.port import ModelNetwork
from edge.pose.opening import open_pose
from edge.pose.region import Region
from edge.pose.runtime.onnx_session import Network
from edge.pose.store import model_store
from edge.settings import paths
from edge.settings.settings import Settings

FRAMES = 12
ALIKE_PX = 1e-3


def network(model: str, size: int, outputs: tuple[str, ...]) -> Network:
    """Open a network that must be as the manifest says."""
    path = model_store.verify(paths.models_dir(), model)
    return Network(path, (1, size, size, 3), outputs, Settings().pose.threads)


def region_of(numbers: Floats) -> Region:
    """Return the region that was kept as four numbers."""
    center_x_px, center_y_px, side_px, rotation_rad = map(float, numbers)
    return Region(
        center_x_px=center_x_px,
        center_y_px=center_y_px,
        side_px=side_px,
        rotation_rad=rotation_rad,
    )


def pictures(path: Path) -> None:
    """Decode the first frames of the bundled clip, and find out where in them to look."""
    settings = Settings()
    with open_source(str(paths.demo_clip()), settings.capture, own_pace=False) as source:
        frames = list(islice(source, FRAMES))
    detector = PersonDetector(network(model_store.DETECTOR, DETECTOR_SIZE, DETECTOR_OUTPUTS), 0.5)
    regions = [astuple(detector.find(frame.image)[0]) for frame in frames]
    np.savez(
        path, image=[f.image for f in frames], time_s=[f.time_s for f in frames], region=regions
    )


def pose(taken: Path, path: Path) -> None:
    """Search the pictures, read the keypoints of the given regions, and follow the person."""
    detector = PersonDetector(network(model_store.DETECTOR, DETECTOR_SIZE, DETECTOR_OUTPUTS), 0.5)
    landmarks = ModelNetwork(
        BlazePose("full"), network(Settings().pose.model, LANDMARK_SIZE, LANDMARK_OUTPUTS)
    )
    estimator = open_pose(Settings().pose, paths.models_dir()).estimator
    given = np.load(taken)
    images = list(given["image"])
    frames = [
        Frame(index=index, time_s=float(time_s), image=image, arrived_s=nan)
        for index, (time_s, image) in enumerate(zip(given["time_s"], images, strict=True))
    ]
    looked = [
        landmarks.look(image, region_of(region))
        for image, region in zip(images, given["region"], strict=True)
    ]
    np.savez(
        path,
        machine=platform.machine(),
        found=[astuple(detector.find(image)[0]) for image in images],
        keypoints=[seen.xy_px for seen in looked],
        legs=np.array([seen.legs_px for seen in looked], float),
        followed=[estimator.update(frame).xy_px for frame in frames],
    )


def compare(one: Path, other: Path) -> int:
    """Say how far apart they are; 1 if further than ``ALIKE_PX``, or if a frame is missing."""
    a, b = np.load(one), np.load(other)
    apart = {name: np.abs(a[name] - b[name]) for name in ("found", "keypoints", "legs", "followed")}
    sys.stdout.write(f"{a['machine']} and {b['machine']}, {len(a['keypoints'])} frames:\n")
    for name, values in apart.items():
        judged = f"allowed {ALIKE_PX:g}" if name != "followed" else "not judged"
        sys.stdout.write(
            f"{name:10} median {np.median(values):.2g} px, most {values.max():.2g} px ({judged})\n"
        )
    whole = all(len(values) == FRAMES and np.isfinite(values).all() for values in apart.values())
    worst_px = max(values.max() for name, values in apart.items() if name != "followed")
    return 0 if whole and worst_px <= ALIKE_PX else 1


def main() -> int:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["pictures", "pose", "compare"])
    parser.add_argument("files", type=Path, nargs="+")
    asked = parser.parse_args()
    if asked.what == "compare":
        return compare(*asked.files)
    if asked.what == "pictures":
        pictures(*asked.files)
    else:
        pose(*asked.files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
