"""Random looks of a clinic: patterns, pictures, rooms, machines, lamps and bystanders."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from clinic_scene import LAMPS, MATT, PHOTO, PLANKS, PLASTER, Mesh, Scene
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Image = NDArray[np.uint8]
Rng = np.random.Generator

TILE = 256
_PHOTO_PX = (768, 384)
_FAR_WALL_M = (1.3, 4.0)
# One picture in five is kept out of training, as are some clothes.
HELD_OUT_PICTURES = 5


class Palette:
    """Colours of one run: anything, close greys, or dark on dark."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self.kind = str(rng.choice(["any", "grey", "dark"], p=[0.55, 0.28, 0.17]))
        self._level = rng.uniform(0.12, 0.7)
        self._hue = 1 + rng.normal(0, 0.05, 3)

    def colour(self) -> Floats:
        """Return one colour, red, green, blue, 0 to 1."""
        rng = self._rng
        if self.kind == "any":
            grey = rng.uniform(0.03, 0.95)
            mixed = rng.uniform(0.03, 0.95, 3)
            return np.asarray(grey + (mixed - grey) * rng.choice([0.1, 0.5, 1.0]))
        level, spread = (self._level, 0.10) if self.kind == "grey" else (0.10, 0.05)
        drawn = (level + rng.normal(0, spread)) * self._hue + rng.normal(0, 0.015, 3)
        return np.asarray(np.clip(drawn, 0.02, 0.95))


def read_pictures(folders: Sequence[Path], held_out: bool) -> list[Image]:
    """Return the photographs of some folders, RGB, those of training or the others."""
    kinds = (".jpg", ".jpeg", ".png", ".webp")
    paths = [p for folder in folders for p in sorted(folder.rglob("*")) if p.suffix in kinds]
    ours = [p for i, p in enumerate(paths) if (i % HELD_OUT_PICTURES == 0) == held_out]
    read = (cv2.imread(str(path), cv2.IMREAD_REDUCED_COLOR_2) for path in ours)
    large = [image for image in read if image is not None and min(image.shape[:2]) >= 96]
    if not large:
        raise ValueError(f"no picture in {', '.join(map(str, folders))}")
    return [np.asarray(image[:, :, ::-1], np.uint8) for image in large]


def piece_of(pictures: Sequence[Image], rng: Rng, size: tuple[int, int]) -> Image:
    """Return a random part of a random picture at a size (width, height)."""
    image = pictures[int(rng.integers(len(pictures)))]
    height, width = image.shape[:2]
    share = rng.uniform(0.4, 1.0)
    h, w = int(height * share), int(width * share)
    y, x = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
    part = cv2.resize(image[y : y + h, x : x + w], size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(part, np.uint8)


def pattern(rng: Rng, pictures: Sequence[Image]) -> Image:
    """Return a tile that multiplies a garment's colour: plain, stripes, checks, a print."""
    y, x = np.mgrid[0:TILE, 0:TILE] / TILE
    kind = rng.choice(["plain", "stripes", "panel", "checks", "noise", "photo"])
    low = rng.uniform(0.2, 0.9)
    if kind == "photo":
        return piece_of(pictures, rng, (TILE, TILE))
    shapes: dict[str, Callable[[], Floats]] = {
        "plain": lambda: np.ones_like(x),
        "stripes": lambda: (np.sin(2 * np.pi * (y if rng.random() < 0.5 else x) * 8) > 0) * 1.0,
        "panel": lambda: ((x + rng.uniform(-0.3, 0.3) * y) % 1 < rng.uniform(0.1, 0.5)) * 1.0,
        "checks": lambda: ((x * 6).astype(int) + (y * 6).astype(int)) % 2 * 1.0,
        "noise": lambda: _blotches(rng),
    }
    mask = shapes[str(kind)]()[:, :, None]
    tint = np.where(rng.random() < 0.5, rng.uniform(0.2, 1, 3), np.ones(3))
    tile = 255 * (mask + (1 - mask) * low * tint)
    return np.ascontiguousarray(np.clip(tile, 0, 255), np.uint8)


def look(
    rng: Rng, palette: Palette, pictures: Sequence[Image], scene: ModuleType, facing: str
) -> Scene:
    """Draw one clinic; the camera is on the runner's right if the runner faces right."""
    far = 1.0 if facing == "right" else -1.0
    cloth = np.concatenate([pattern(rng, pictures) for _ in range(3)], axis=1)
    light = str(rng.choice(LAMPS, p=[0.35, 0.25, 0.2, 0.2]))
    wall = float(rng.uniform(*_FAR_WALL_M))
    mirror = rng.random() < 0.06
    ghosts = [_mirrored(far * wall)] if mirror else []
    if rng.random() < 0.15:
        ghosts.append(_bystander(rng, far))
    # More often from the camera's side than from behind the runner.
    lamp = [rng.uniform(-1, 1), far * rng.uniform(-1, 0.6), rng.uniform(0.3, 1.2)]
    return Scene(
        room=_room(rng, palette, scene, 2 * wall + 1 if mirror else wall),
        treadmill=_treadmill(rng, palette, scene, -far),
        cloth=np.ascontiguousarray(cloth),
        repeats=(rng.uniform(1, 4), rng.uniform(1, 4), rng.uniform(3, 9)),
        photo=piece_of(pictures, rng, _PHOTO_PX)[::-1].copy(),
        light=light,
        warmth=float(rng.uniform(0.1, 0.4) if light == "lamp" else rng.normal(0, 0.06)),
        toward=np.array(lamp),
        ghosts=tuple(ghosts),
        ghost_tint=rng.uniform(0.3, 1.3, 3),
    )


def _blotches(rng: Rng) -> Floats:
    small = rng.random((int(rng.integers(6, 40)), int(rng.integers(6, 40))))
    return np.asarray(cv2.resize(small, (TILE, TILE), interpolation=cv2.INTER_CUBIC) > 0.5, float)


def _room(
    rng: Rng, palette: Palette, scene: ModuleType, wall: float
) -> Callable[[int, str, float], Mesh]:
    """Return a maker of the room: the renderer's own, or a floor and a wall with a picture."""
    if rng.random() < 0.35:
        plain = scene.build_room
        tone, share = palette.colour() ** 2.2, 0.0 if palette.kind == "any" else 0.75

        def own(seed: int, facing: str, deck: float) -> Mesh:
            v, n, c, f = plain(seed, facing, deck, 1)
            c[:, :3] += share * (tone * rng.uniform(0.8, 1.2, (len(c), 1)) - c[:, :3])
            return v, n, c, f

        return own

    wall_mat = PHOTO if rng.random() < 0.65 else PLASTER
    white = 1.0 if palette.kind == "any" else float(palette.colour().mean())

    def pictured(seed: int, facing: str, deck: float) -> Mesh:
        mesh, side = scene.MeshB(), 1.0 if facing == "right" else -1.0
        floor = PLANKS if rng.random() < 0.4 else PLASTER
        mesh.box([-9, -9, -deck - 0.1], [9, 9, -deck], palette.colour(), floor)
        y = sorted([side * wall, side * (wall + 0.1)])
        colour = np.full(3, white) if wall_mat == PHOTO else palette.colour()
        mesh.box([-9, y[0], -deck], [9, y[1], 5], colour, wall_mat)
        for _ in range(int(rng.integers(0, 6))):
            _furniture(mesh, rng, palette.colour(), side * wall, deck)
        made: Mesh = mesh.arrays()
        return made

    return pictured


def _furniture(mesh: Any, rng: Rng, colour: Floats, wall: float, deck: float) -> None:
    """Add a cupboard, a post or a machine in front of the far wall."""
    x, deep = rng.uniform(-2.5, 2.5), rng.uniform(0.1, 0.6)
    near = wall - np.sign(wall) * deep
    half, top = rng.uniform(0.03, 0.5), rng.uniform(0.1, 2.0)
    y = sorted([near, wall])
    mesh.box([x - half, y[0], -deck], [x + half, y[1], top], colour, MATT)


def _treadmill(
    rng: Rng, palette: Palette, scene: ModuleType, near: float
) -> Callable[[dict[str, Any]], Mesh]:
    """Return a maker of the treadmill, sometimes with a thing between it and the camera."""
    plain = scene.build_treadmill
    machine = {
        "colour": tuple(palette.colour()),
        "accent": tuple(palette.colour()),
        "belt_len": rng.uniform(1.35, 1.9),
        "belt_w": rng.uniform(0.46, 0.62),
        "rail_w": rng.uniform(0.06, 0.14),
        "rail_h": rng.uniform(0.01, 0.06),
        "console_h": rng.uniform(1.0, 1.35),
        "handrail_h": rng.uniform(0.75, 1.05),
    }
    before = rng.random() < 0.4

    def made(given: dict[str, Any]) -> Mesh:
        v, n, c, f = plain(machine | given)
        mesh = scene.MeshB()
        mesh.add(v, n, f, np.power(c[:, :3], 1 / 2.2), 0)
        mesh.c[0] = c
        if before:
            _before(mesh, rng, near)
        parts: Mesh = mesh.arrays()
        return parts

    return made


def _before(mesh: Any, rng: Rng, side: float) -> None:
    """Add a rail of the next machine, a post or a box on the camera's side of the belt."""
    colour, y = rng.uniform(0.03, 0.9, 3), side * rng.uniform(0.42, 0.95)
    kind = rng.choice(["rail", "post", "box", "frame"])
    thick = rng.uniform(0.012, 0.035)
    x, z = rng.uniform(-0.5, 0.6), rng.uniform(0.25, 1.1)
    if kind == "rail":
        mesh.tube([[x - 0.9, y, z], [x + 0.9, y, z + rng.uniform(-0.2, 0.2)]], thick, colour, MATT)
    elif kind == "post":
        mesh.tube([[x, y, -0.2], [x + rng.uniform(-0.3, 0.3), y, 1.9]], thick, colour, MATT)
    elif kind == "box":
        x, width, top = rng.uniform(0.3, 0.9), rng.uniform(0.1, 0.5), rng.uniform(0.02, 0.45)
        deep = sorted([y, y + side * 0.2])
        mesh.box([x, deep[0], -0.2], [x + width, deep[1], top], colour, MATT)
    else:
        mesh.tube([[x + 0.9, y, -0.2], [x + 0.6, y, z], [x - 0.4, y, z]], thick, colour, MATT)


def _mirrored(wall: float) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """Return the runner's image in a mirror at this place across the treadmill."""

    def copy(v: Floats, n: Floats) -> tuple[Floats, Floats]:
        turned = np.array([1.0, -1.0, 1.0])
        return v * turned + np.array([0, 2 * wall, 0]), n * turned

    return copy


def _bystander(rng: Rng, far: float) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """Return someone who stands behind the treadmill, in the runner's first pose."""
    angle, size = rng.uniform(0, 2 * np.pi), rng.uniform(0.88, 1.08)
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    at = np.array([rng.choice([-1, 1]) * rng.uniform(0.7, 2.2), far * rng.uniform(0.5, 1.2), -0.15])
    first: list[tuple[Floats, Floats]] = []

    def copy(v: Floats, n: Floats) -> tuple[Floats, Floats]:
        if not first:
            first.append(((v * size) @ turn.T + at, n @ turn.T))
        return first[0]

    return copy
