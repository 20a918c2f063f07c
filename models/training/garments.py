"""Clothes of the MakeHuman community, fitted to any body: `.mhclo` and `.obj` files.

A garment's vertex is a weighted mean of three vertices of the base mesh hm08, plus an offset that
grows with the body. World axes: x forward, y to the left, z up, metres.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

# Order of the garment's axes (left, up, forward) in the world's (forward, left, up).
_WORLD = [2, 0, 1]
_SCALES = ("x_scale", "y_scale", "z_scale")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Garment:
    """One garment as drawn, before it is fitted.

    Attributes
    ----------
    base
        Shape (n, 3), the vertices of the base mesh that carry each vertex.
    weights
        Shape (n, 3), their weights, with sum 1; some are negative.
    offsets
        Shape (n, 3), left, up and forward, in units of the scales.
    scales
        Two vertices of the base mesh and their distance along the axis when the garment was made,
        for left, up and forward.
    faces
        Shape (m, 3), triangles.
    hidden
        Vertices of the base mesh that the garment covers.
    """

    name: str
    base: Indices
    weights: Floats
    offsets: Floats
    scales: tuple[tuple[int, int, float], ...]
    faces: Indices
    hidden: Indices


def read_garment(path: Path) -> Garment:
    """Read a `.mhclo` file and the `.obj` file that it names.

    Raises
    ------
    ValueError
        If the file has another form.
    """
    head: dict[str, list[str]] = {}
    rows: list[list[float]] = []
    hidden: list[int] = []
    section = ""
    for words in _lines(path):
        if words[0] in ("verts", "delete_verts"):
            section = words[0]
        elif section == "verts" and words[0].lstrip("-").isdigit():
            rows.append(_row(words))
        elif section == "delete_verts" and words[0].isdigit():
            hidden += _ranges(words)
        else:
            head[words[0]] = words[1:]
    missing = [name for name in (*_SCALES, "obj_file") if name not in head]
    if missing or not rows:
        raise ValueError(f"{path} lacks {', '.join(missing) or 'verts'}")
    table = np.array(rows)
    return Garment(
        name=path.parent.name,
        base=table[:, :3].astype(np.int64),
        weights=table[:, 3:6],
        offsets=table[:, 6:],
        scales=tuple((int(a), int(b), float(c)) for a, b, c in (head[k] for k in _SCALES)),
        faces=read_faces(path.with_name(head["obj_file"][0])),
        hidden=np.array(hidden, np.int64),
    )


def read_faces(path: Path) -> Indices:
    """Return the faces of an `.obj` file as triangles, shape (m, 3)."""
    triangles: list[tuple[int, int, int]] = []
    for words in _lines(path):
        if words[0] == "f":
            corners = [int(word.split("/")[0]) - 1 for word in words[1:]]
            triangles += [(corners[0], b, c) for b, c in pairwise(corners[1:])]
    return np.array(triangles, np.int64)


def fit(garment: Garment, base_m: Floats) -> Floats:
    """Return a garment's vertices on a body, shape (n, 3), metres.

    Parameters
    ----------
    garment
        The garment.
    base_m
        Shape (19158, 3), all vertices of hm08 in the body's shape, world axes, metres.

    Notes
    -----
    Source: MakeHuman, ``shared/proxy.py``, ``Proxy.getCoords``. Differs: world axes.
    """
    along = [_WORLD.index(axis) for axis in range(3)]
    scale = [
        abs(base_m[a, axis] - base_m[b, axis]) / made
        for axis, (a, b, made) in zip(along, garment.scales, strict=True)
    ]
    offsets = (garment.offsets * scale)[:, _WORLD]
    return np.asarray(blend(garment, base_m) + offsets)


def blend(garment: Garment, values: Floats) -> Floats:
    """Return values of the base mesh's vertices, blended for the garment's, shape (n, k)."""
    return np.asarray(np.einsum("nj,njk->nk", garment.weights, values[garment.base]))


def pieces(garment: Garment) -> Indices:
    """Return the connected piece of each vertex, named by its lowest vertex, shape (n,)."""
    piece = np.arange(len(garment.base))
    ends = np.concatenate([garment.faces[:, [0, 1]], garment.faces[:, [1, 2]]])
    while True:
        lowest = np.minimum(piece[ends[:, 0]], piece[ends[:, 1]])
        following = piece.copy()
        np.minimum.at(following, ends[:, 0], lowest)
        np.minimum.at(following, ends[:, 1], lowest)
        following = following[following]
        if (following == piece).all():
            return piece
        piece = following


def _lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if words and not words[0].startswith("#"):
                yield words


def _row(words: list[str]) -> list[float]:
    """Return three base vertices, three weights and three offsets."""
    if len(words) == 1:
        # A vertex that lies on one of the base mesh.
        return [float(words[0])] * 3 + [1.0, 0.0, 0.0] + [0.0] * 3
    return [float(word) for word in words[:9]]


def _ranges(words: list[str]) -> list[int]:
    """Return the numbers of a list such as ``3 - 5 8``."""
    found: list[int] = []
    joined = " ".join(words).replace(" - ", "-").split()
    for part in joined:
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found
