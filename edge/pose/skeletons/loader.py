"""Loading of skeletons from their files."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from edge.messages.errors import ModelError
from edge.messages.skeleton import ABSENT, SIDE_POINTS, SIDE_SHOULDER, Skeleton

BLAZEPOSE: Final = "blazepose33"
_FOLDER: Final = Path(__file__).parent
_NEEDED: Final = ("shoulder", "hip", "knee", "ankle")


def skeleton_names() -> list[str]:
    """Return the names of all skeletons."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def skeleton(name: str) -> Skeleton:
    """Return a skeleton by its name; the same object each time.

    Raises
    ------
    ModelError
        If there is no skeleton of that name.
    """
    if name not in skeleton_names():
        raise ModelError(f"there is no skeleton {name!r}, only {', '.join(skeleton_names())}")
    return read_skeleton((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def read_skeleton(text: str) -> Skeleton:
    """Return the skeleton that a file's text describes.

    Raises
    ------
    ModelError
        If a key is missing, or names a point that is not in ``points``.
    """
    try:
        return _skeleton(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"a skeleton is not valid TOML: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"a skeleton is incomplete or inconsistent: {error}") from error


def _skeleton(table: dict[str, Any]) -> Skeleton:
    points, side = tuple(table["points"]), table["side"]
    unknown = side.keys() - set(SIDE_POINTS)
    missing = set(_NEEDED) - side.keys()
    if unknown or missing or len(set(points)) != len(points):
        raise ValueError(f"its sides are wrong: {sorted(unknown | missing)}")
    own = [side[point] for point in SIDE_POINTS[SIDE_SHOULDER + 1 :] if point in side]
    return Skeleton(
        name=table["name"],
        points=points,
        bones=tuple((points.index(a), points.index(b)) for a, b in table["bones"]),
        left=_places(points, side, "left"),
        right=_places(points, side, "right"),
        pairs=tuple(
            (points.index(f"left_{point}"), points.index(f"right_{point}"))
            for point in dict.fromkeys([*own, *table.get("also_leg", [])])
        ),
        markers=tuple((marker, points.index(p)) for marker, p in table["markers"].items()),
    )


def _places(points: tuple[str, ...], side: dict[str, str], which: str) -> tuple[int, ...]:
    return tuple(
        points.index(f"{which}_{side[point]}") if point in side else ABSENT for point in SIDE_POINTS
    )
