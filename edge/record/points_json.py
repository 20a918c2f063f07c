"""Points set by hand as JSON, for the store and the pose log."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from edge.messages.gait import EventKind
from edge.messages.legs import LegSource
from edge.messages.points_by_hand import PointsByHand
from edge.messages.side import Side


def points_json(points: PointsByHand) -> dict[str, Any]:
    """Return the points as a JSON object."""
    return asdict(points)


def points_of(told: Mapping[str, Any]) -> PointsByHand:
    """Return what ``points_json`` was given.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is none.
    """
    return PointsByHand(
        side=Side(told["side"]),
        source=LegSource(told["source"]),
        kind=EventKind(told["kind"]),
        still_s=float(told["still_s"]),
        set_at=str(told["set_at"]),
        set_by=str(told["set_by"]),
        offsets_legs=_pairs(told["offsets_legs"]),
        model_px=_pairs(told["model_px"]),
        hand_px=_pairs(told["hand_px"]),
    )


def _pairs(told: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in told)
