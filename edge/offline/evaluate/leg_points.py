"""Errors of the recorded leg points, and whether they are on the correct leg."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats
from edge.messages.skeleton import KNEE
from edge.offline.evaluate.clip_truth import LEG_JOINTS
from edge.record.numbers import number

# Legs nearer to each other than this, in leg lengths, cannot be distinguished by position.
_APART_LEGS = 0.10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointScore:
    """The near leg's points of one clip.

    Attributes
    ----------
    errors_px
        Shape (n, 5), distance of each point from its true position; NaN where it is absent.
    leg_px
        Leg length.
    judged, swapped
        Shape (n,): whether the frame can be judged, and whether its near leg's points are on the
        far leg.
    """

    errors_px: Floats
    leg_px: float
    judged: NDArray[np.bool_]
    swapped: NDArray[np.bool_]

    @property
    def longest_swap(self) -> int:
        """Return the longest swap in frames; a frame that cannot be judged does not end it."""
        longest = run = 0
        for swapped in self.swapped[self.judged]:
            run = run + 1 if swapped else 0
            longest = max(longest, run)
        return longest


def score_points(seen_px: Floats, near_px: Floats, far_px: Floats, leg_px: float) -> PointScore:
    """Compare the near leg's points with the true ones.

    Parameters
    ----------
    seen_px
        Shape (n, 5, 2), the near leg as recorded; NaN where absent.
    near_px, far_px
        Shape (n, 5, 2), the two true legs in the same frames.
    leg_px
        Leg length.

    Notes
    -----
    The leg is decided by the sum of distances to each true leg, over the points present from the
    knee down. A frame is judged if any such point is present and the two true legs are more than a
    tenth of a leg length apart, averaged over these points.
    """
    to_near, to_far = _distances(seen_px, near_px), _distances(seen_px, far_px)
    present = np.isfinite(to_near)
    present[:, :KNEE] = False
    count = present.sum(axis=1)
    apart = np.where(present, _distances(near_px, far_px), 0.0).sum(axis=1)
    judged = (count > 0) & (apart > _APART_LEGS * leg_px * count)
    swapped = np.where(present, to_far - to_near, 0.0).sum(axis=1) < 0
    return PointScore(
        errors_px=to_near, leg_px=leg_px, judged=judged, swapped=np.asarray(judged & swapped)
    )


def identity_table(scores: Mapping[str, PointScore]) -> dict[str, Any]:
    """Return how often the near leg was on the wrong leg, over clips by name; for JSON.

    Returns
    -------
    ``swapped_frames_pct`` of ``judged_frames``, and ``longest_swap_frames`` with its
    ``longest_swap_clip``; None where nothing was judged.
    """
    judged = sum(int(s.judged.sum()) for s in scores.values())
    swapped = sum(int(s.swapped.sum()) for s in scores.values())
    longest = max(scores, key=lambda name: scores[name].longest_swap, default=None)
    frames = scores[longest].longest_swap if longest else 0
    return {
        "swapped_frames_pct": number(100 * swapped / judged) if judged else None,
        "judged_frames": judged,
        "longest_swap_frames": frames,
        "longest_swap_clip": longest if frames else None,
    }


def point_table(scores: Sequence[PointScore]) -> dict[str, Any]:
    """Return by joint ``median_px``, ``median_pct_leg``, ``p95_pct_leg`` and ``absent_pct``."""
    return {
        joint: _joint(
            [s.errors_px[:, i] for s in scores],
            [100 * s.errors_px[:, i] / s.leg_px for s in scores],
        )
        for i, joint in enumerate(LEG_JOINTS)
    }


def _joint(errors_px: list[Floats], errors_pct: list[Floats]) -> dict[str, Any]:
    px = np.concatenate(errors_px) if errors_px else np.empty(0)
    pct = np.concatenate(errors_pct) if errors_pct else np.empty(0)
    known = np.isfinite(px)
    if not known.any():
        return dict.fromkeys(("median_px", "median_pct_leg", "p95_pct_leg", "absent_pct"))
    return {
        "median_px": number(float(np.median(px[known]))),
        "median_pct_leg": number(float(np.median(pct[known]))),
        "p95_pct_leg": number(float(np.percentile(pct[known], 95))),
        "absent_pct": number(100 * float(np.mean(~known))),
    }


def _distances(points: Floats, others: Floats) -> Floats:
    return np.asarray(np.hypot(*np.moveaxis(points - others, -1, 0)))
