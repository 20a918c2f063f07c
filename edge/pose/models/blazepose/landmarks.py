"""The BlazePose landmark network: 33 keypoints of one region, refined by heatmaps."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats, Image
from edge.pose.models.port import Landmarks, ModelSpec
from edge.pose.region import Region, body_region, crop, to_image
from edge.pose.runtime.onnx_session import Tensor
from edge.pose.skeletons.loader import BLAZEPOSE, skeleton

LANDMARK_SIZE = 256
LANDMARK_OUTPUTS = ("landmarks", "presence", "heatmap", "legs")
_KEYPOINT_COUNT = 33
_POINTS = 39
_NEXT_CENTER, _NEXT_OUTER = 33, 34
# Offsets to the 49 cells of a window, and the factors that give its mass and centre.
_DOWN, _ACROSS = (step.ravel() for step in np.mgrid[-3:4, -3:4])
_MOMENTS = np.column_stack([np.ones(_DOWN.size), _ACROSS, _DOWN])
_MIN_CONFIDENCE = 0.5


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -80, 80))))


def refine_with_heatmap(points: Floats, heatmap: Tensor) -> Floats:
    """Move each point to the centre of mass of its heatmap near the regressed position.

    Parameters
    ----------
    points
        Shape (n, 2), crop pixels of a 256-pixel crop.
    heatmap
        Shape (64, 64, n), logits.

    Returns
    -------
    Shape (n, 2). A point stays put if it is outside the map or its window never reaches 0.5.

    Notes
    -----
    Source: google-ai-edge/mediapipe ``refine_landmarks_from_heatmap_calculator.cc``. Cell indices
    are integers there, with no half-cell shift. Differs: none.
    """
    rows, columns = heatmap.shape[:2]
    scale = np.array([columns, rows]) / LANDMARK_SIZE
    cells = np.trunc(points * scale).astype(int)
    inside = ((points >= 0) & (cells < (columns, rows))).all(axis=1)
    peaks, centers = _windows(heatmap, cells)
    sure = inside & (peaks >= _MIN_CONFIDENCE)
    return np.where(sure[:, None], centers / scale, points)


def _windows(heatmap: Tensor, cells: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return peak, shape (n,), and centre of mass, shape (n, 2), around a cell of each channel.

    All windows are read at once, shape (n, 49): a loop over them takes a tenth of the network's
    time. Cells beyond the map's edge have zero weight; a window wholly beyond it has no centre.
    """
    rows, columns, channels = heatmap.shape
    column, row = cells[:, :1] + _ACROSS, cells[:, 1:] + _DOWN
    beyond = (row < 0) | (row >= rows) | (column < 0) | (column >= columns)
    places = (row * columns + column) * channels + np.arange(channels)[:, None]
    p = _sigmoid(heatmap.reshape(-1).take(places, mode="clip").astype(float))
    p[beyond] = 0.0
    mass, x, y = (p @ _MOMENTS).T
    with np.errstate(invalid="ignore"):
        return p.max(axis=1), cells + np.stack([x / mass, y / mass], axis=1)


class BlazePose:
    """The landmark network's input and outputs.

    Parameters
    ----------
    name
        Name of the size.
    licence
        Licence of its weights.
    """

    def __init__(self, name: str, licence: str = "") -> None:
        self.spec = ModelSpec(
            name=name,
            skeleton=skeleton(BLAZEPOSE),
            input_shape=(1, LANDMARK_SIZE, LANDMARK_SIZE, 3),
            outputs=LANDMARK_OUTPUTS,
            licence=licence,
        )
        self._input = np.empty(self.spec.input_shape, np.float32)

    def prepare(self, image: Image, region: Region) -> Tensor:
        """Return the crop, RGB from 0 to 1; the next call overwrites it."""
        pixels = crop(image, region, LANDMARK_SIZE, replicate_border=True)
        rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        np.multiply(rgb, np.float32(1 / 255), out=self._input[0])
        return self._input

    def decode(self, outputs: Sequence[Tensor], region: Region) -> Landmarks:
        """Return the refined keypoints and the next region, given by two auxiliary points."""
        raw, presence, heatmap, legs = outputs
        table = raw.reshape(_POINTS, 5).astype(float)
        refined = refine_with_heatmap(table[:, :2], heatmap[0])
        places = legs[0, :, :, :2].reshape(-1, 2)
        in_picture = to_image(np.concatenate([refined, places]), region, LANDMARK_SIZE)
        points = in_picture[:_POINTS]
        # A point counts as visible only if it is both in the picture and not occluded.
        visibility = _sigmoid(table[:_KEYPOINT_COUNT, 3:]).min(axis=1)
        return Landmarks(
            xy_px=points[:_KEYPOINT_COUNT],
            depth_px=table[:_KEYPOINT_COUNT, 2] * region.side_px / LANDMARK_SIZE,
            visibility=visibility,
            presence=float(presence.ravel()[0]),
            next_region=body_region(points[_NEXT_CENTER], points[_NEXT_OUTER]),
            legs_px=in_picture[_POINTS:].reshape(2, -1, 2),
            legs_error_px=legs[0, :, :, 2].astype(float) * region.side_px / LANDMARK_SIZE,
        )
