"""Held-out event readings: weights fitted without the runner on whom they are evaluated."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from edge.gait.event_reading import Reading
from edge.gait.event_weights import READINGS
from edge.messages.gait import EventKind

# Written by `make train-events`.
_FILE = Path(__file__).with_name("held_out_readings.json")


def readings_for(runner: str) -> Mapping[EventKind, Reading]:
    """Return the readings fitted without a runner; for unknown runners, the default readings."""
    own = _table().get(runner)
    if own is None:
        return READINGS
    return {EventKind(kind): _reading(fields) for kind, fields in own.items()}


@cache
def _table() -> dict[str, dict[str, dict[str, Any]]]:
    table: dict[str, dict[str, dict[str, Any]]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return table


def _reading(fields: dict[str, Any]) -> Reading:
    return Reading(
        at_s=tuple(fields["at_s"]),
        channels=tuple(fields["channels"]),
        weights_s=tuple(tuple(row) for row in fields["weights_s"]),
        offset_s=fields["offset_s"],
        limit_s=fields["limit_s"],
    )
