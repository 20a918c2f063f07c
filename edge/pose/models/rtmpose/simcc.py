"""SimCC decoding: each keypoint of a region from two classifications, along x and along y."""

from collections.abc import Sequence

import numpy as np

from edge.messages.arrays import Floats, Image
from edge.messages.errors import ModelError
from edge.messages.skeleton import ABSENT, Skeleton
from edge.pose.models.port import Landmarks, ModelSpec
from edge.pose.region import Region, crop, to_image
from edge.pose.runtime.onnx_session import Tensor

SIMCC_OUTPUTS = ("simcc_x", "simcc_y")
# RGB statistics of the backbone's training images.
_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_SD = np.array([58.395, 57.12, 57.375], np.float32)
# Size of the region over that of the points' box, as in training.
_MARGIN = 1.25
_LEAST_SCORE = 0.3
_LEAST_POINTS = 4
_LEAST_SIDE_PX = 16.0


class SimccPose:
    """A top-down SimCC model such as RTMPose.

    Parameters
    ----------
    name, skeleton, licence
        See ``ModelSpec``.
    rows, columns
        Height and width of its input; width must not exceed height.

    Notes
    -----
    Source: open-mmlab/mmpose, ``simcc_label.py`` and ``topdown_affine.py`` (Jiang et al. 2023, doi
    10.48550/arXiv.2303.07399): region 1.25 times the box, normalised RGB, the largest bin of each
    axis, the lower of the two maxima as the score. Differs: a parabola through the largest bin and
    its neighbours gives sub-bin resolution, because steps of half an input pixel are visible in the
    path of a foot; and the next region comes from the points, not from a detector.
    """

    def __init__(
        self, name: str, skeleton: Skeleton, rows: int = 256, columns: int = 192, licence: str = ""
    ) -> None:
        self._rows, self._columns = rows, columns
        self.spec = ModelSpec(
            name=name,
            skeleton=skeleton,
            input_shape=(1, 3, rows, columns),
            outputs=SIMCC_OUTPUTS,
            licence=licence,
        )

    def prepare(self, image: Image, region: Region) -> Tensor:
        """Return the central columns of the region's crop, normalised, channels first."""
        left = self._left
        square = crop(image, region, self._rows, replicate_border=False)
        rgb = square[:, left : left + self._columns, ::-1].astype(np.float32)
        return np.ascontiguousarray(((rgb - _MEAN) / _SD).transpose(2, 0, 1)[None])

    def decode(self, outputs: Sequence[Tensor], region: Region) -> Landmarks:
        """Return the keypoints, NaN where no bin has a positive score, and their region."""
        across, down = (output[0].astype(float) for output in outputs)
        skeleton = self.spec.skeleton
        if len(across) != skeleton.count:
            raise ModelError(
                f"model {self.spec.name} gives {len(across)} points, and skeleton "
                f"{skeleton.name} has {skeleton.count}"
            )
        x, y = (
            _peaks(bins) * size / bins.shape[1]
            for bins, size in ((across, self._columns), (down, self._rows))
        )
        score = np.clip(np.minimum(across.max(axis=1), down.max(axis=1)), 0.0, 1.0)
        xy = to_image(np.column_stack([x + self._left, y]), region, self._rows)
        xy[score <= 0] = np.nan
        body = skeleton.body
        return Landmarks(
            xy_px=xy,
            depth_px=np.full(len(xy), np.nan),
            visibility=score,
            presence=float(score[body[body != ABSENT]].mean()),
            next_region=self._next_region(xy[score >= _LEAST_SCORE]),
        )

    @property
    def _left(self) -> int:
        """Number of columns in the square crop to the left of the input."""
        return (self._rows - self._columns) // 2

    def _next_region(self, seen_px: Floats) -> Region:
        if len(seen_px) < _LEAST_POINTS:
            return Region(center_x_px=np.nan, center_y_px=np.nan, side_px=np.nan, rotation_rad=0.0)
        low, high = seen_px.min(axis=0), seen_px.max(axis=0)
        width, height = high - low
        side = max(height, width * self._rows / self._columns, _LEAST_SIDE_PX)
        x, y = (low + high) / 2
        return Region(
            center_x_px=float(x),
            center_y_px=float(y),
            side_px=float(side * _MARGIN),
            rotation_rad=0.0,
        )


def _peaks(bins: Floats) -> Floats:
    """Return the position of each row's maximum, shape (n,), in bins with sub-bin resolution.

    Examples
    --------
    >>> _peaks(np.array([[0.0, 1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0], [5.0, 0.0, 0.0, 0.0]]))
    array([1. , 1.5, 0. ])
    """
    rows = np.arange(len(bins))
    top = bins.argmax(axis=1)
    inner = np.clip(top, 1, bins.shape[1] - 2)
    before, at, after = (bins[rows, inner + step] for step in (-1, 0, 1))
    bend = before - 2 * at + after
    part = np.divide(before - after, 2 * bend, out=np.zeros_like(at), where=bend < 0)
    return np.asarray(np.where(top == inner, inner + np.clip(part, -0.5, 0.5), top))
