"""Frames of rendered runners with their true keypoints as poses, and ways to spoil the frames."""

import csv
import gzip
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.offline.evaluate.side_camera import poses_of

FPS = 60
BODY = [
    "left_shoulder",
    "right_shoulder",
    *(f"{s}_{p}" for s in ("left", "right") for p in ("hip", "knee", "ankle", "heel", "shoe_tip")),
]


@cache
def images_of(clip: Path, count: int, first: int = 60) -> list[Image]:
    """Return frames of a clip; do not change them."""
    capture = cv2.VideoCapture(str(clip))
    try:
        read = [capture.read() for _ in range(first + count)]
    finally:
        capture.release()
    assert all(found for found, _ in read)
    return [np.asarray(image, np.uint8) for _, image in read[first:]]


def truth_of(clip: Path, count: int, first: int = 60) -> Floats:
    """Return the true body in those frames, shape (n, 12, 2)."""
    with gzip.open(clip.with_suffix(".keypoints.csv.gz"), "rt", newline="") as file:
        rows = list(csv.DictReader(file))[first : first + count]
    return np.array(
        [[[float(row[f"{n}_{axis}_px"]) for axis in "uv"] for n in BODY] for row in rows]
    )


def film(images: Sequence[Image]) -> list[Frame]:
    """Return the images as frames of 60 a second."""
    return [Frame(index=i, time_s=i / FPS, image=image) for i, image in enumerate(images)]


def posed(points: Floats, images: Sequence[Image]) -> list[Pose]:
    """Return the poses of the true body in these frames."""
    height, width = images[0].shape[:2]
    times = np.arange(len(images)) / FPS
    return poses_of(points, times, np.arange(len(images)), (width, height))


def painted(images: Sequence[Image], box: tuple[int, int, int, int], grey: int = 40) -> list[Image]:
    """Return the images with a box (left, top, right, bottom) before everything."""
    left, top, right, bottom = box
    spoiled = [image.copy() for image in images]
    for image in spoiled:
        image[top:bottom, left:right] = grey
    return spoiled


def turned(image: Image, deg: float, dx: float = 0.0) -> Image:
    """Return the picture turned clockwise about its middle and shifted to the right."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -deg, 1.0)
    matrix[0, 2] += dx
    return np.asarray(
        cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def held(
    notices: Callable[[Frame, Pose], Sequence[Notice]],
    frames: Sequence[Frame],
    poses: Sequence[Pose],
) -> list[set[str]]:
    """Return the codes that a watch tells at each frame."""
    return [
        {notice.code for notice in notices(frame, pose) if notice}
        for frame, pose in zip(frames, poses, strict=True)
    ]
