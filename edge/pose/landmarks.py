"""From one body region to 33 keypoints: the landmark network, refined by its heatmaps."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.messages import Floats, Image
from edge.pose.region import Region, body_region, crop, to_image
from edge.pose.session import Network, Tensor
from edge.skeleton import KEYPOINT_COUNT

LANDMARK_SIZE = 256
LANDMARK_OUTPUTS = ("landmarks", "presence", "heatmap", "legs")
_POINTS = 39
_NEXT_CENTER, _NEXT_OUTER = 33, 34
_WINDOW = np.arange(-3, 4)
_MIN_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landmarks:
    """What the landmark network saw in one region.

    Attributes
    ----------
    xy_px
        Shape (33, 2), image pixels.
    depth_px
        Shape (33,), image pixels, smaller is nearer.
    visibility
        Shape (33,), 0 to 1.
    presence
        Score of a person in the region, 0 to 1.
    next_region
        Where to look in the next frame.
    legs_px, legs_error_px
        Shapes (2, 7, 2) and (2, 7), image pixels: near and far leg, as in ``Pose``.
    """

    xy_px: Floats
    depth_px: Floats
    visibility: Floats
    presence: float
    next_region: Region
    legs_px: Floats
    legs_error_px: Floats


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -80, 80))))


def refine_with_heatmap(points: Floats, heatmap: Tensor) -> Floats:
    """Move each point to the centre of mass of its heatmap near the regressed place.

    Parameters
    ----------
    points
        Shape (n, 2), crop pixels of a 256-pixel crop.
    heatmap
        Shape (64, 64, n), logits.

    Returns
    -------
    Shape (n, 2). A point outside the map, or whose window never reaches 0.5, stays.

    Notes
    -----
    Source: google-ai-edge/mediapipe ``refine_landmarks_from_heatmap_calculator.cc``. Cell indices
    are integers there, with no half-cell shift. Differs: none.
    """
    size = np.array(heatmap.shape[1::-1])
    scale = size / LANDMARK_SIZE
    cells = np.trunc(points * scale).astype(int)
    inside = np.flatnonzero(((points >= 0) & (cells < size)).all(axis=1))
    peaks, centers = _windows(heatmap, inside, cells[inside])
    sure = peaks >= _MIN_CONFIDENCE
    refined = points.copy()
    refined[inside[sure]] = centers[sure] / scale
    return refined


def _windows(
    heatmap: Tensor, channels: NDArray[np.int64], cells: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return peak, shape (n,), and centre of mass, shape (n, 2), around one cell a channel.

    All windows are read at once, shape (n, 7 rows, 7 columns): a loop over them takes as long as a
    tenth of the network. What lies beyond the map's edge weighs nothing.
    """
    rows, columns = heatmap.shape[:2]
    column, row = cells[:, :1] + _WINDOW, cells[:, 1:] + _WINDOW
    logits = heatmap[
        row.clip(0, rows - 1)[:, :, None],
        column.clip(0, columns - 1)[:, None, :],
        channels[:, None, None],
    ]
    on_row, on_column = (row >= 0) & (row < rows), (column >= 0) & (column < columns)
    p = _sigmoid(logits.astype(float)) * (on_row[:, :, None] & on_column[:, None, :])
    x = (p.sum(axis=1) * column).sum(axis=1)
    y = (p.sum(axis=2) * row).sum(axis=1)
    return p.max(axis=(1, 2)), np.stack([x, y], axis=1) / p.sum(axis=(1, 2))[:, None]


class LandmarkNetwork:
    """The landmark network with its pre- and post-processing.

    Parameters
    ----------
    network
        Input (1, 256, 256, 3), outputs ``landmarks``, ``presence``, ``heatmap`` and ``legs``.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._input = np.empty((1, LANDMARK_SIZE, LANDMARK_SIZE, 3), np.float32)

    def look(self, image: Image, region: Region) -> Landmarks:
        """Return the keypoints of the person in ``region`` of a BGR picture."""
        pixels = crop(image, region, LANDMARK_SIZE, replicate_border=True)
        rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
        np.multiply(rgb, np.float32(1 / 255), out=self._input[0])
        raw, presence, heatmap, legs = self._network.run(self._input)
        table = raw.reshape(_POINTS, 5).astype(float)
        points = to_image(refine_with_heatmap(table[:, :2], heatmap[0]), region, LANDMARK_SIZE)
        places = legs[0, :, :, :2].reshape(-1, 2).astype(float)
        # A point is believed only as far as it is both in the picture and not hidden.
        visibility = np.minimum(_sigmoid(table[:, 3]), _sigmoid(table[:, 4]))
        return Landmarks(
            xy_px=points[:KEYPOINT_COUNT],
            depth_px=table[:KEYPOINT_COUNT, 2] * region.side_px / LANDMARK_SIZE,
            visibility=visibility[:KEYPOINT_COUNT],
            presence=float(presence.ravel()[0]),
            next_region=body_region(points[_NEXT_CENTER], points[_NEXT_OUTER]),
            legs_px=to_image(places, region, LANDMARK_SIZE).reshape(2, -1, 2),
            legs_error_px=legs[0, :, :, 2].astype(float) * region.side_px / LANDMARK_SIZE,
        )
