"""Correction of a leg by the points that an operator set on one still.

A pose model errs in the same way from stride to stride: it ends a shoe too early, or puts the knee
at the front of loose shorts. Such an error moves with the segment, so it is kept in the segment's
own axes: those of the shank for knee and ankle, those of the foot for heel and toe.
"""

from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.points_by_hand import Offset
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, TOE

_SET: Final = (KNEE, ANKLE, HEEL, TOE)

# The model errs by 3 to 11 % of leg on real runners; a point further away belongs to something
# else in the picture.
MOST_LEGS: Final = 0.15
# A shank cannot be this much longer or shorter than the model sees it.
MOST_SHANK: Final = 0.15


def offsets_legs(model: Floats, hand: Floats) -> tuple[Offset, ...]:
    """Return how far the points set by hand lie from the model's.

    Parameters
    ----------
    model
        Shape (5, 2), the leg as the model placed it; runner's axes.
    hand
        Shape (4, 2): knee, ankle, heel and toe as set by hand; runner's axes.

    Returns
    -------
    Four offsets (forward, up) in leg lengths, see ``PointsByHand``; NaN if the model lacks a point
    of the segment.
    """
    away = (hand - model[list(_SET)]) / _leg_length(model)
    turned = np.einsum("pij,pj->pi", _axes(model), away)
    return tuple((float(forward), float(up)) for forward, up in turned)


def refusal(model: Floats, hand: Floats) -> str:
    """Return the code why points may not be set like this; empty if they may.

    ``points_missing``: the model lacks one of the points, or the hip; ``points_far``: one lies
    further than 0.15 leg from the model's; ``points_shank``: the shank is more than 15 % longer or
    shorter.
    """
    if not (np.isfinite(model).all() and np.isfinite(hand).all()):
        return "points_missing"
    away = np.hypot(*(hand - model[list(_SET)]).T)
    if away.max() > MOST_LEGS * _leg_length(model):
        return "points_far"
    shank, own = (float(np.hypot(*(leg[0] - leg[1]))) for leg in (model[[KNEE, ANKLE]], hand))
    return "points_shank" if abs(own - shank) > MOST_SHANK * shank else ""


def corrected(legs: Floats, offsets: tuple[Offset, ...], leg_px: float) -> Floats:
    """Return legs with the offsets applied.

    Parameters
    ----------
    legs
        Shape (n, 5, 2), as the model placed them; runner's axes.
    offsets
        Of ``offsets_legs``.
    leg_px
        Length of the leg, thigh plus shank.

    Returns
    -------
    Shape (n, 5, 2); NaN where the point or its segment is NaN. The hip is the model's.
    """
    moved = legs.copy()
    # The axes are orthonormal, so their transpose turns back.
    moved[:, list(_SET)] += leg_px * np.einsum("npij,pi->npj", _axes(legs), np.array(offsets))
    return moved


def _leg_length(leg: Floats) -> float:
    return float(np.hypot(*(leg[HIP] - leg[KNEE])) + np.hypot(*(leg[KNEE] - leg[ANKLE])))


def _axes(legs: Floats) -> Floats:
    """Return forward and up of the segment of each point, shape (..., 4, 2, 2)."""
    up = _unit(legs[..., KNEE, :] - legs[..., ANKLE, :])
    shank = np.stack([np.stack([up[..., 1], -up[..., 0]], axis=-1), up], axis=-2)
    ahead = _unit(legs[..., TOE, :] - legs[..., HEEL, :])
    foot = np.stack([ahead, np.stack([-ahead[..., 1], ahead[..., 0]], axis=-1)], axis=-2)
    return np.stack([shank, shank, foot, foot], axis=-3)


def _unit(vector: Floats) -> Floats:
    length = np.hypot(vector[..., 0], vector[..., 1])
    # A segment of zero length has no direction.
    unit: Floats = vector / np.where(length > 0, length, np.nan)[..., None]
    return unit
