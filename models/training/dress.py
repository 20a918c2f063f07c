"""Bodies dressed from the wardrobe, in the form of the reference renderer's own."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from clinic_scene import BOTTOM, SHOE, TOP
from footwear import ShoeShape, in_foot, points_of, shaped, to_world
from garments import Garment, blend, fit, pieces
from numpy.typing import NDArray
from shells import Cut, Places, gaps, legwear, places, shirt

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Body = dict[str, Any]

# hm08: the body's own vertices come first, helpers for clothes after them.
BODY_VERTICES = 13_380
_SKIN, _SHIRT, _HAIR, _SOCK = 0, 1, 3, 6
# Skin this far inside a garment's edge, in positions along a limb, is not drawn.
_INSIDE = 0.12
_SHAPE = (
    *("gender", "age", "muscle", "weight", "height", "proportions"),
    *("african", "asian", "caucasian"),
)
# Height of the renderer's own sole, metres, and of the average runner.
_RENDERER_SOLE_M, _STATURE_M = 0.026, 1.72


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What one runner wears.

    Attributes
    ----------
    shoe, shape
        Mesh of the shoes, and how it is drawn out.
    suit
        A mesh for the whole body, instead of ``top`` and ``bottom``.
    top, bottom, under
        Shells: shirt, legwear, and tights under it.
    hair
        Mesh of the hair; None for a shaven head.
    sock
        Height of the socks, 0 at the ankle, 1 at the knee.
    """

    shoe: Garment
    shape: ShoeShape
    suit: Garment | None = None
    top: Cut | None = None
    bottom: Cut | None = None
    under: Cut | None = None
    hair: Garment | None = None
    sock: float = 0.1


@dataclass(slots=True)
class _Parts:
    """Pieces of the mesh so far."""

    v: list[Floats] = field(default_factory=list)
    w: list[Floats] = field(default_factory=list)
    mat: list[Floats] = field(default_factory=list)
    f: list[NDArray[np.int64]] = field(default_factory=list)
    count: int = 0

    def add(self, v: Floats, w: Floats, mat: Floats | int, f: NDArray[np.int64]) -> None:
        used, corner = np.unique(f, return_inverse=True)
        self.v.append(v[used])
        self.w.append(w[used])
        self.mat.append(np.broadcast_to(mat, len(v))[used])
        self.f.append(corner.reshape(f.shape) + self.count)
        self.count += len(used)


class Wardrobe:
    """The base mesh of every body, with skin weights for all of its vertices."""

    def __init__(self, anny: Any, body: Any) -> None:
        self._segments: Mapping[str, int] = body.SEG_ID
        self._model = _whole_model(anny)
        labels = [self._segments[body.bone_to_seg(name)] for name in self._model.bone_labels]
        self.weights = _weights(self._model, np.array(labels), len(self._segments))
        self.faces = self._model.get_triangular_faces().numpy().astype(np.int64)
        self.faces = self.faces[(self.faces < BODY_VERTICES).all(axis=1)]

    def base(self, spec: Mapping[str, Any], sole_m: float) -> Floats:
        """Return hm08 in a body's shape, world axes, metres, standing on a sole."""
        shape = {name: float(spec[name]) for name in _SHAPE}
        raw = self._model(phenotype_kwargs=shape)["rest_vertices"][0].numpy().astype(float)
        v = np.stack([-raw[:, 1], raw[:, 0], raw[:, 2]], axis=1)
        own = v[:BODY_VERTICES, 2]
        v *= spec["stature"] / (own.max() - own.min())
        v[:, 2] += sole_m - v[:BODY_VERTICES, 2].min()
        return v

    def dress(self, plain: Body, spec: Mapping[str, Any], outfit: Outfit) -> Body:
        """Return a body of the renderer in other clothes; its joints and motion stay."""
        body = lifted(plain, outfit.shape.sole_m - _RENDERER_SOLE_M, self._segments)
        v = self.base(spec, outfit.shape.sole_m)
        at = places(v, self.weights, body["seg_head"], self._segments)
        parts = _Parts()
        hidden = self._clothe(parts, v, at, outfit, spec["stature"] / _STATURE_M)
        body |= self._shoes(parts, v, body, outfit)
        hidden[outfit.shoe.hidden] = True
        skin = np.where((at.legs > 0.5) & (at.leg > 2 - outfit.sock), _SOCK, _SKIN)
        bare = self.faces[~hidden[self.faces].all(axis=1)]
        parts.add(v, self.weights, skin.astype(float), bare)
        if outfit.hair is not None:
            self._wear(parts, v, outfit.hair, _HAIR)
        return body | _joined(parts)

    def _clothe(self, parts: _Parts, v: Floats, at: Places, outfit: Outfit, scale: float) -> Mask:
        """Add clothes; return which vertices of the base mesh they hide."""
        hidden = np.zeros(len(v), bool)
        if outfit.suit is not None:
            where = _heights(outfit.suit, at)
            self._wear(parts, v, outfit.suit, np.where(where > 0.2, TOP, BOTTOM).astype(float))
            hidden[outfit.suit.hidden] = True
        normals = vertex_normals(v, self.faces)
        for cut, covers, mat in (
            (outfit.under, legwear, _SHIRT),
            (outfit.bottom, legwear, BOTTOM),
            (outfit.top, shirt, TOP),
        ):
            if cut is None:
                continue
            worn = covers(at, cut)
            cloth = v + normals * gaps(v, at, cut, scale)[:, None]
            parts.add(cloth, self.weights, mat, self.faces[worn[self.faces].all(axis=1)])
            hidden |= worn & _well_inside(at, cut)
        return hidden

    def _wear(self, parts: _Parts, v: Floats, garment: Garment, mat: Floats | int) -> None:
        parts.add(fit(garment, v), self._blended(garment), mat, garment.faces)

    def _blended(self, garment: Garment) -> Floats:
        weights = np.clip(blend(garment, self.weights), 0, None)
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    def _shoes(self, parts: _Parts, v: Floats, body: Body, outfit: Outfit) -> dict[str, Floats]:
        """Add both shoes; return the points of the feet that they change."""
        shoes, weights = fit(outfit.shoe, v), self._blended(outfit.shoe)
        changed: dict[str, Floats] = {}
        for side, mine in (("L", shoes[:, 1] > 0), ("R", shoes[:, 1] <= 0)):
            ankle, yaw = body["seg_head"][self._segments[f"foot{side}"]], body[f"foot_yaw{side}"]
            ball = body[f"c_ball{side}"]
            ends = body[f"toe_pt{side}"][0], body[f"heel_pt{side}"][0]
            # The foot stands one sole above the ground, which lies at the ball's contact point.
            foot_z = float(ball[2] + outfit.shape.sole_m)
            foot = shaped(in_foot(shoes[mine], ankle, yaw), outfit.shape, *ends, foot_z)
            changed |= {name + side: point for name, point in points_of(foot, ball).items()}
            shoes[mine] = to_world(foot, ankle, yaw)
            weights[mine] = self._shoe_weights(weights[mine], foot, float(ball[0]), side)
        parts.add(shoes, weights, SHOE, outfit.shoe.faces)
        return changed

    def _shoe_weights(self, weights: Floats, foot: Floats, ball_x: float, side: str) -> Floats:
        """Return stiff weights: a shoe bends at the ball, and only its shaft with the ankle."""
        stiff = np.zeros_like(weights)
        toes = np.clip((foot[:, 0] - ball_x) / 0.04 + 0.5, 0, 1)
        stiff[:, self._segments[f"toes{side}"]] = toes
        stiff[:, self._segments[f"foot{side}"]] = 1 - toes
        shaft = np.clip((foot[:, 2] - 0.01) / 0.03, 0, 1)[:, None]
        return np.asarray(weights * shaft + stiff * (1 - shaft))


def lifted(body: Body, rise_m: float, segments: Mapping[str, int]) -> Body:
    """Return a body on a thicker sole; the toe joints stay on the ground, where they roll."""
    up = np.array([0.0, 0.0, rise_m])
    joints = body["seg_head"].copy()
    stay = [segments["toesL"], segments["toesR"]]
    joints[[i for i in range(len(joints)) if i not in stay]] += up
    moved = {name: value + up for name, value in body.items() if name.startswith(_RIGID)}
    sunk = {name: value - up for name, value in body.items() if name.startswith("c_")}
    return body | moved | sunk | {"seg_head": joints}


_RIGID = ("lm_", "neck_base", "head_top", "hand_mid")


def vertex_normals(v: Floats, f: NDArray[np.int64]) -> Floats:
    """Return normals of vertices, weighted by area, shape (n, 3)."""
    face = np.cross(v[f[:, 1]] - v[f[:, 0]], v[f[:, 2]] - v[f[:, 0]])
    normals = np.zeros_like(v)
    for corner in range(3):
        np.add.at(normals, f[:, corner], face)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.asarray(normals / (length + 1e-12))


def _well_inside(at: Places, cut: Cut) -> Mask:
    """Return which covered vertices are too far from the garment's edge to be seen."""
    sleeve = (at.arms < 0.3) | (at.arm < cut.sleeve - _INSIDE)
    return np.asarray((at.leg < cut.leg - _INSIDE) & sleeve & (at.height < 0.95))


def _heights(suit: Garment, at: Places) -> Floats:
    """Return the mean height of the piece to which each vertex of a suit belongs."""
    piece = pieces(suit)
    height = at.height[suit.base[:, 0]]
    return np.asarray(np.bincount(piece, height)[piece] / np.bincount(piece)[piece])


def _joined(parts: _Parts) -> Body:
    v, f = np.concatenate(parts.v), np.concatenate(parts.f)
    mat = np.concatenate(parts.mat).astype(np.int32)
    return {
        "V": v,
        "N": vertex_normals(v, f),
        "W": np.concatenate(parts.w),
        "mat": mat,
        "tint": np.ones((len(v), 3)),
        "F": f.astype(np.int32),
    }


@functools.cache
def _whole_model(anny: Any) -> Any:
    """Return the parametric body with the helper vertices that carry clothes."""
    return anny.create_fullbody_model(
        rig="default", topology="default", all_phenotypes=True, remove_unattached_vertices=False
    )


def _weights(model: Any, segment: NDArray[np.int64], count: int) -> Floats:
    """Return skin weights of all vertices; a helper without any has those of its neighbour."""
    from scipy.spatial import cKDTree

    index, weight = model.vertex_bone_indices.numpy(), model.vertex_bone_weights.numpy()
    weights = np.zeros((len(index), count))
    np.add.at(weights, (np.arange(len(index))[:, None], segment[index]), np.nan_to_num(weight))
    v = model.template_vertices.numpy()
    bare = np.flatnonzero(weights[BODY_VERTICES:].sum(axis=1) < 1e-6) + BODY_VERTICES
    _, nearest = cKDTree(v[:BODY_VERTICES]).query(v[bare])
    weights[bare] = weights[nearest]
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
