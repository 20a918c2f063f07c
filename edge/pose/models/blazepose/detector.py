"""Person detection in a whole picture: anchors, decoding, weighted non-maximum suppression."""

from functools import cache

import numpy as np

from edge.messages.arrays import Floats, Image
from edge.pose.region import Region, body_region, crop, letterbox_region
from edge.pose.runtime.onnx_session import Network, Tensor

DETECTOR_SIZE = 224
DETECTOR_OUTPUTS = ("boxes", "scores")
_OVERLAP = 0.3


@cache
def anchor_centers() -> Floats:
    """Return the anchors' centres, shape (2254, 2), x and y as fractions of the input side.

    Notes
    -----
    Source: google-ai-edge/mediapipe ``pose_detection_cpu.pbtxt``: grids of 28, 14 and 7 cells with
    2, 2 and 6 anchors a cell, row by row. Differs: none.
    """
    grids = []
    for cells, per_cell in ((28, 2), (14, 2), (7, 6)):
        at = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(at, at, indexing="ij")
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), per_cell, axis=0))
    centers = np.concatenate(grids)
    centers.setflags(write=False)
    return centers


def decode_detections(boxes: Tensor, scores: Tensor, min_score: float) -> tuple[Floats, Floats]:
    """Turn raw outputs into boxes with keypoints.

    Parameters
    ----------
    boxes, scores
        Shapes (2254, 12) and (2254,), raw network outputs; scores are logits.
    min_score
        Least score kept, 0 to 1.

    Returns
    -------
    Shape (n, 12): cx, cy, w, h and four keypoints (x, y), fractions of the input; and shape (n,),
    scores; the best first.
    """
    # Clipped as in the reference graph; logits beyond 100 add nothing.
    probability = 1 / (1 + np.exp(-np.clip(scores.astype(float), -100, 100)))
    keep = np.flatnonzero(probability >= min_score)
    keep = keep[np.argsort(-probability[keep], kind="stable")]
    decoded = boxes[keep].astype(float) / DETECTOR_SIZE
    centers = anchor_centers()[keep]
    for first in (0, 4, 6, 8, 10):
        decoded[:, first : first + 2] += centers
    return decoded, probability[keep]


def overlap(box: Floats, others: Floats) -> Floats:
    """Return intersection over union of ``box`` (cx, cy, w, h) with each row of ``others``."""
    low = np.maximum(box[:2] - box[2:4] / 2, others[:, :2] - others[:, 2:4] / 2)
    high = np.minimum(box[:2] + box[2:4] / 2, others[:, :2] + others[:, 2:4] / 2)
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    union = np.prod(box[2:4]) + np.prod(others[:, 2:4], axis=1) - shared
    ratio: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio


def suppress(detections: Floats, scores: Floats) -> list[tuple[Floats, float]]:
    """Merge overlapping detections into people, the most certain first.

    Parameters
    ----------
    detections, scores
        Shapes (n, 12) and (n,), best first.

    Returns
    -------
    One (detection, score) per person; each detection is the score-weighted mean of its group.
    """
    people = []
    left = np.arange(len(scores))
    while left.size:
        group = overlap(detections[left[0]], detections[left]) > _OVERLAP
        group[0] = True
        members = left[group]
        weights = scores[members]
        merged = (detections[members] * weights[:, None]).sum(axis=0) / weights.sum()
        people.append((merged, float(scores[members[0]])))
        left = left[~group]
    return people


class PersonDetector:
    """The detector network with its pre- and post-processing.

    Parameters
    ----------
    network
        The detector: input (1, 224, 224, 3), outputs ``boxes`` and ``scores``.
    min_score
        Least score of a person, 0 to 1.
    """

    def __init__(self, network: Network, min_score: float) -> None:
        self._network = network
        self._min_score = min_score

    def find(self, image: Image) -> list[Region]:
        """Return the body regions of the people in a BGR picture, the largest first.

        Notes
        -----
        Differs from the reference, which takes the best score: on a treadmill the runner fills the
        picture, and a bystander far behind may score as high.
        """
        height, width = image.shape[:2]
        box = letterbox_region(width, height)
        pixels = crop(image, box, DETECTOR_SIZE, replicate_border=False)[..., ::-1]
        tensor = pixels[None].astype(np.float32) * np.float32(2 / 255) - np.float32(1)
        boxes, scores = self._network.run(tensor)
        people = suppress(*decode_detections(boxes[0], scores[0, :, 0], self._min_score))
        offset = np.array([(box.side_px - width) / 2, (box.side_px - height) / 2])
        regions = [
            body_region(d[4:6] * box.side_px - offset, d[6:8] * box.side_px - offset)
            for d, _ in people
        ]
        return sorted((r for r in regions if r.usable), key=lambda r: -r.side_px)
