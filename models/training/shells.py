"""Plain clothes made from the body's own surface: shorts, tights, trousers, shirts, hoodies.

A shell is a part of the body's surface, moved outward: tight or loose, flaring towards its hem.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One plain garment.

    Attributes
    ----------
    leg, sleeve
        Where it ends: 0 at the hip or shoulder, 1 at knee or elbow, 2 at ankle or wrist; a shirt's
        ``leg`` is where its hem hangs over the thighs.
    gap_m
        Distance from the skin.
    flare_m
        Additional distance at the hem.
    crumple
        Uneven part of the distance, as a share.
    """

    leg: float
    sleeve: float
    gap_m: float
    flare_m: float
    crumple: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where the vertices of a body are on it, each of shape (n,).

    Attributes
    ----------
    leg, arm
        Position along a limb: 0 hip or shoulder, 1 knee or elbow, 2 ankle or wrist.
    legs, arms, head, feet
        Skin weight of those parts.
    height
        0 at the hip joints, 1 at the base of the neck.
    """

    leg: Floats
    arm: Floats
    legs: Floats
    arms: Floats
    head: Floats
    feet: Floats
    height: Floats


def places(v: Floats, w: Floats, joints: Floats, number: Mapping[str, int]) -> Places:
    """Find the places of vertices.

    Parameters
    ----------
    v, w
        Vertices at rest, shape (n, 3), and their skin weights, shape (n, segments).
    joints
        Shape (segments, 3), where each segment begins.
    number
        Number of each segment by its name.
    """
    left = v[:, 1] > 0
    weight = {
        part: w[:, [number[name] for name in names]].sum(axis=1)
        for part, names in (
            ("legs", [f"{s}{side}" for s in ("thigh", "shank", "foot", "toes") for side in "LR"]),
            ("arms", [f"{s}{side}" for s in ("uarm", "farm", "hand") for side in "LR"]),
            ("head", ["head", "neck"]),
            ("feet", [f"{s}{side}" for s in ("foot", "toes") for side in "LR"]),
        )
    }

    def limb(*segments: str) -> Floats:
        both = [
            _along(v, *(joints[number[segment + side]] for segment in segments)) for side in "LR"
        ]
        return np.where(left, *both)

    hip, neck = joints[number["thighL"]][2], joints[number["neck"]][2]
    return Places(
        leg=limb("thigh", "shank", "foot"),
        arm=limb("uarm", "farm", "hand"),
        height=(v[:, 2] - hip) / (neck - hip),
        **weight,
    )


def legwear(at: Places, cut: Cut) -> Mask:
    """Return which vertices shorts, tights or trousers cover."""
    return np.asarray(
        (at.leg < cut.leg)
        & (at.height < 0.35)
        & (at.arms < 0.3)
        & (at.head < 0.1)
        & (at.feet < 0.5)
    )


def shirt(at: Places, cut: Cut) -> Mask:
    """Return which vertices a shirt, vest or hoodie covers."""
    trunk = (at.height > -0.05) | ((at.legs > 0.3) & (at.leg < cut.leg))
    sleeve = (at.arms < 0.5) | (at.arm < cut.sleeve)
    return np.asarray(trunk & sleeve & (at.head < 0.45) & (at.height < 1.02) & (at.feet < 0.1))


def gaps(v: Floats, at: Places, cut: Cut, scale: float) -> Floats:
    """Return the distance of cloth from skin at each vertex, metres, shape (n,).

    ``scale`` is the body's size over the average; legs and arms both flare towards their hems.
    """
    hem = np.where(at.arms > 0.4, at.arm / max(cut.sleeve, 0.1), at.leg / max(cut.leg, 0.1))
    flare = cut.flare_m * np.clip(hem, 0, 1) ** 2
    x, y, z = v.T
    folds = np.sin(23 * x + 31 * z + 5 * y) + np.sin(41 * y - 17 * z) + np.sin(67 * z + 29 * x)
    return np.asarray((cut.gap_m + flare) * (1 + cut.crumple * folds / 3) * scale)


def _along(v: Floats, start: Floats, middle: Floats, end: Floats) -> Floats:
    """Return positions along two bones, 0 to 2 and beyond."""
    upper, lower = middle - start, end - middle
    first = (v - start) @ upper / (upper @ upper)
    second = (v - middle) @ lower / (lower @ lower)
    return np.where(second > 0, 1 + second, np.minimum(first, 1))
