"""Run the pose model on rendered runs and store the leg reader's training samples.

Every frame is used several times, as it is and mirrored, with a slightly misplaced crop and an
augmented picture (width, brightness, colour, resolution, blur, noise, compression, sometimes a bar
across it): drawing a frame costs ten times as much as reading it. A sample has the network's
features, its landmarks, an overview of the decoder's map, the decoder cells around the true points
(displaced at random, like a coarse estimate), and the true points in crop pixels.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from leg_reader_graph import BLOCKS, CELL_PX, CELLS, RADIUS
from numpy.typing import NDArray

from edge.pose.models.blazepose.detector import DETECTOR_OUTPUTS, DETECTOR_SIZE, PersonDetector
from edge.pose.models.blazepose.landmarks import refine_with_heatmap
from edge.pose.region import Region, body_region, crop, crop_to_image, to_image
from edge.pose.runtime.onnx_session import Network
from edge.pose.store import model_store
from edge.pose.store.conversion.convert import convert
from edge.settings.paths import models_dir

JOINTS = ("shoulder", "hip", "knee", "ankle", "heel", "toe", "shoe_tip")
_OUTPUTS = ["landmarks", "presence", "heatmap", "features", "decoder"]
_LEAST_PRESENCE = 0.5
# A region whose centre is farther from the runner's hips than this share of its side is of someone
# else, or of nobody.
_SAME_PERSON = 0.15
_HIPS = [JOINTS.index("hip"), len(JOINTS) + JOINTS.index("hip")]
# How often a coarse estimate lies on the other leg's point: there the reader must learn to doubt.
_ON_OTHER_LEG = 0.12
# Pictures are drawn this much wider or narrower, which gives bodies other proportions.
_WIDER = 0.08
_PASSES = 2
Image = NDArray[np.uint8]
Floats = NDArray[np.float64]


class Eye:
    """The landmark network with its intermediate outputs."""

    def __init__(self, tflite: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        content = convert(tflite.read_bytes()).content
        self._session = onnxruntime.InferenceSession(content, options)

    def look(self, image: Image, region: Region) -> dict[str, Any]:
        """Return the outputs for one region, and the refined landmarks as ``points``."""
        pixels = crop(image, region, 256, replicate_border=True)
        rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.float32)[np.newaxis] / 255
        values = self._session.run(_OUTPUTS, {"input": rgb})
        seen = dict(zip(_OUTPUTS, values, strict=True))
        table = seen["landmarks"].reshape(39, 5).astype(float)
        seen["points"] = refine_with_heatmap(table[:, :2], seen["heatmap"][0])
        return seen


def main() -> None:
    """Write one NPZ per run, named after it; existing ones are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tflite", type=Path, help="pose_landmark_*.tflite")
    parser.add_argument("runs", type=Path, help="folder of draw_runs.py")
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=int, nargs=2, default=(0, 1), metavar=("K", "N"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    eye = Eye(given.tflite)
    shape = (1, DETECTOR_SIZE, DETECTOR_SIZE, 3)
    path = model_store.verify(models_dir(), model_store.DETECTOR)
    detector = PersonDetector(Network(path, shape, DETECTOR_OUTPUTS, 1), 0.5)
    for run in sorted(given.runs.glob("run_*.json"))[given.share[0] :: given.share[1]]:
        out = given.out / f"{run.stem}.npz"
        if not out.exists():
            rows = read(eye, detector, run)
            # A runner who is never found leaves an empty file, and is not looked for again.
            sys.stderr.write(f"{run.stem}: {len(rows.get('mirrored', ()))} frames\n")
            np.savez(out, allow_pickle=False, **rows)


def read(eye: Eye, detector: PersonDetector, run: Path) -> dict[str, NDArray[Any]]:
    """Return the samples of one run, one row per frame and mirror image."""
    info = json.loads(run.read_text())
    truth = np.load(run.with_suffix(".npz"))
    names = [str(n) for n in truth["names"]]
    sides = ("left", "right") if info["near_side"] == "left" else ("right", "left")
    columns = [names.index(f"{side}_{joint}") for side in sides for joint in JOINTS]
    points = truth["px"][:, columns].astype(float)
    rng = np.random.default_rng(info["parameters"]["seed"])
    frames = _frames(run.with_suffix(".mp4"))
    rows: dict[str, list[Any]] = {}
    for mirrored in (False, True) * _PASSES:
        share = rng.uniform(1 - _WIDER, 1 + _WIDER)
        wide = [_widened(frame, share) for frame in frames]
        _follow(eye, detector, wide, points * (share, 1), rng, mirrored, rows)
    half = ("features", "overview", "cells")
    return {
        k: np.array(v, np.float16 if k in half else np.float32 if k != "cell" else np.int16)
        for k, v in rows.items()
    }


def _frames(path: Path) -> list[Image]:
    source = cv2.VideoCapture(str(path))
    frames: list[Image] = []
    while True:
        more, image = source.read()
        if not more:
            return frames
        frames.append(np.asarray(image, np.uint8))


def _follow(
    eye: Eye,
    detector: PersonDetector,
    frames: list[Image],
    points: Floats,
    rng: np.random.Generator,
    mirrored: bool,
    rows: dict[str, list[Any]],
) -> None:
    region = None
    look = int(rng.integers(1 << 30))
    for number, frame in enumerate(frames):
        image = np.ascontiguousarray(frame[:, ::-1]) if mirrored else frame
        true = points[number]
        if mirrored:
            true = np.stack([frame.shape[1] - 1 - true[:, 0], true[:, 1]], axis=1)
        if region is None:
            found = detector.find(image)
            ours = [r for r in found if _shows(r, true)]
            region = _next(eye.look(image, ours[0]), ours[0]) if ours else None
            if region is None:
                continue
        off = _off(region, rng)
        # Augmentation stays the same for a second, as light and camera would in one room.
        altered = _altered(_barred(image, off, rng), np.random.default_rng(look + number // 12))
        seen = eye.look(altered, off)
        if seen["presence"].item() < _LEAST_PRESENCE or not _shows(off, true):
            region = None
            continue
        _keep(rows, seen, _in_crop(true, off), rng, mirrored)
        region = _next(seen, off)


def _shows(region: Region, true: Floats) -> bool:
    hips = true[_HIPS].mean(axis=0)
    away = np.hypot(region.center_x_px - hips[0], region.center_y_px - hips[1])
    return bool(away < _SAME_PERSON * region.side_px)


def _next(seen: dict[str, Any], region: Region) -> Region | None:
    following = body_region(*to_image(seen["points"][33:35], region, 256))
    return following if following.usable else None


def _off(region: Region, rng: np.random.Generator) -> Region:
    return Region(
        center_x_px=region.center_x_px + region.side_px * rng.normal(0, 0.015),
        center_y_px=region.center_y_px + region.side_px * rng.normal(0, 0.015),
        side_px=region.side_px * float(np.exp(rng.normal(0, 0.03))),
        rotation_rad=region.rotation_rad + rng.normal(0, 0.025),
    )


def _in_crop(points: Floats, region: Region) -> Floats:
    matrix = crop_to_image(region, 256)
    return np.asarray(np.linalg.solve(matrix[:, :2], (points - matrix[:, 2]).T).T)


def _keep(
    rows: dict[str, list[Any]],
    seen: dict[str, Any],
    true: Floats,
    rng: np.random.Generator,
    mirrored: bool,
) -> None:
    """Add one frame, with cells around the truth displaced like a coarse estimate."""
    if rng.random() < 0.35:
        error = rng.normal(0, 11, true.shape)
    else:
        error = 4 * np.clip(rng.standard_t(4, size=true.shape), -4, 4)
    other = rng.random((len(true), 1)) < _ON_OTHER_LEG
    place = np.where(other, np.roll(true, len(JOINTS), axis=0), true)
    cell = np.floor((place + error) / CELL_PX).astype(int)
    row = {
        "mirrored": mirrored,
        # Channels first, as in the reader.
        "features": seen["features"][0].transpose(2, 0, 1).ravel(),
        "landmarks": seen["landmarks"].reshape(39, 5)[:33],
        "overview": _overview(seen["decoder"][0]),
        "truth": true,
        "cell": cell,
        "cells": _patches(seen["decoder"][0], cell),
    }
    for name, value in row.items():
        rows.setdefault(name, []).append(value)


def _overview(decoder: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the means over blocks of the map, flat, as the reader has them."""
    inside = CELLS // BLOCKS
    blocks = decoder.reshape(BLOCKS, inside, BLOCKS, inside, -1)
    return np.asarray(blocks.mean(axis=(1, 3)).ravel())


def _patches(decoder: NDArray[np.float32], cell: NDArray[np.int64]) -> NDArray[np.float16]:
    """Return the cells around each position, shape (n, channels, 7, 7); 0 outside the map."""
    far = 2 * CELLS
    wide = np.pad(decoder, ((far, far), (far, far), (0, 0)))
    at = np.clip(cell, -far + RADIUS, CELLS + far - RADIUS - 1) + far
    span = range(-RADIUS, RADIUS + 1)
    rows = np.add.outer(at[:, 1], span)[:, :, None]
    columns = np.add.outer(at[:, 0], span)[:, None, :]
    return wide[rows, columns].transpose(0, 3, 1, 2).astype(np.float16)


def _barred(image: Image, region: Region, rng: np.random.Generator) -> Image:
    """Return the picture, sometimes with a bar across it, like a handrail."""
    if rng.random() >= 0.15:
        return image
    side = region.side_px
    x = region.center_x_px + side * rng.uniform(-0.4, 0.4)
    y = region.center_y_px + side * rng.uniform(-0.2, 0.4)
    turn, reach = rng.uniform(0, np.pi), side * rng.uniform(0.1, 0.5)
    dx, dy = reach * np.cos(turn), reach * np.sin(turn)
    ends = (int(x - dx), int(y - dy)), (int(x + dx), int(y + dy))
    colour = rng.uniform(0, 255, 3).tolist()
    width = int(side * rng.uniform(0.01, 0.04)) + 1
    return np.asarray(cv2.line(image.copy(), *ends, colour, width), np.uint8)


def _altered(image: Image, rng: np.random.Generator) -> Image:
    """Return the picture as if taken by another camera in another light."""
    if rng.random() < 0.5:
        curve = 255 * (np.arange(256) / 255) ** rng.uniform(0.6, 1.8) * rng.uniform(0.5, 1)
        image = np.asarray(cv2.LUT(image, curve.astype(np.uint8)), np.uint8)
    if rng.random() < 0.4:
        mix = np.diag(rng.uniform(0.75, 1.25, 3)) + rng.normal(0, 0.06, (3, 3))
        image = np.clip(image.astype(np.float32) @ mix.T.astype(np.float32), 0, 255).astype(
            np.uint8
        )
    if rng.random() < 0.2:
        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        image = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    if rng.random() < 0.3:
        image = _coarse(image, rng.uniform(0.35, 0.8))
    if rng.random() < 0.3:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.4)), np.uint8)
    if rng.random() < 0.15:
        image = _smeared(image, rng.uniform(0.004, 0.016))
    if rng.random() < 0.3:
        _, packed = cv2.imencode(
            ".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(25, 80))]
        )
        image = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    if rng.random() < 0.3:
        noise = rng.normal(0, rng.uniform(3, 14), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    return image


def _smeared(image: Image, share: float) -> Image:
    """Return the picture as if everything had moved along the belt by a share of its height."""
    length = max(round(share * image.shape[0]), 1)
    return np.asarray(cv2.blur(image, (length, 1)), np.uint8)


def _widened(image: Image, share: float) -> Image:
    """Return the picture drawn wider or narrower."""
    wide = cv2.resize(image, None, fx=share, fy=1, interpolation=cv2.INTER_AREA)
    return np.asarray(wide, np.uint8)


def _coarse(image: Image, share: float) -> Image:
    """Return the picture at a lower resolution, enlarged again."""
    small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


if __name__ == "__main__":
    main()
