"""Keypoints agree with mediapipe 0.10.18, whose networks these are, when every frame is searched.

`golden/pose_mediapipe.json` was made once, outside this project's environment, under Python 3.11
with mediapipe 0.10.18, numpy 1.26.4 and opencv-contrib-python 4.11.0.86 (whose frames have the same
pixels as those of OpenCV 5.0.0), in a folder with the clips of the reference data:

    python3.11 -m venv scratch && scratch/bin/pip install mediapipe==0.10.18 'numpy<2'
    scratch/bin/python make.py    # then moved to tests/golden/pose_mediapipe.json

with `make.py`:

    import json
    import cv2, mediapipe, numpy as np
    FRAMES = [120, 137, 154, 171, 188, 205]
    made = {"made_with": f"mediapipe {mediapipe.__version__}, static_image_mode=True, "
                         "model_complexity=1", "frames": FRAMES}
    options = dict(static_image_mode=True, model_complexity=1)
    with mediapipe.solutions.pose.Pose(**options) as pose:
        for clip in ("good_right", "good_left"):
            video = cv2.VideoCapture(f"{clip}.mp4")
            images = [video.read()[1] for _ in range(FRAMES[-1] + 1)]
            made[clip] = []  # x, y and z in pixels of the picture, and visibility
            for image in (images[i] for i in FRAMES):
                h, w = image.shape[:2]
                found = pose.process(np.ascontiguousarray(image[..., ::-1])).pose_landmarks
                made[clip].append([[round(p.x * w, 3), round(p.y * h, 3), round(p.z * w, 3),
                                    round(p.visibility, 4)] for p in found.landmark])
    with open("pose_mediapipe.json", "w") as file:
        file.write(json.dumps(made).replace("]], [[", "]],\\n[[") + "\\n")

A tail is left over, and it is the network's own: moving the crop by 0.2 px moves our points by a
median of 0.27 px and one in a hundred by 10 px, where a window slips to another heatmap cell.
"""

from pathlib import Path

import numpy as np
import pytest
from pose_samples import Networks, frames_of, read_golden, real_networks

from edge.messages.arrays import Floats
from edge.pose.models.port import Landmarks

CLIPS = ("good_right", "good_left")


@pytest.fixture(scope="module")
def networks(models_dir: Path) -> Networks:
    return real_networks(models_dir)


@pytest.fixture(scope="module", params=CLIPS)
def both(
    request: pytest.FixtureRequest, networks: Networks, clips_dir: Path
) -> tuple[list[Landmarks], Floats]:
    """Return what we see and what the reference saw, shape (frames, 33, 4), in the same pixels."""
    reference = read_golden("pose_mediapipe")
    clip = str(request.param)
    images = frames_of(clips_dir / f"{clip}.mp4", reference["frames"])
    seen = [networks.detect_and_look(image) for image in images]
    return seen, np.array(reference[clip])


def test_places_agree(both: tuple[list[Landmarks], Floats]) -> None:
    seen, reference = both
    distance = np.linalg.norm([s.xy_px for s in seen] - reference[..., :2], axis=2)
    assert distance.shape == (6, 33)
    assert np.median(distance) <= 1
    assert np.quantile(distance, 0.95) <= 6


def test_depths_agree(both: tuple[list[Landmarks], Floats]) -> None:
    seen, reference = both
    assert np.median(np.abs([s.depth_px for s in seen] - reference[..., 2])) <= 2


def test_visibility_agrees(both: tuple[list[Landmarks], Floats]) -> None:
    # Ours is the lower of two scores; the reference gives one of them.
    seen, reference = both
    assert np.abs([s.visibility for s in seen] - reference[..., 3]).max() <= 0.05
