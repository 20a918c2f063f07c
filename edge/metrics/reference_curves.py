"""The band of reference runners behind a leg's curves, by speed."""

import json
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import Any, Final

import numpy as np

from edge.messages.arrays import Floats
from edge.settings import paths

JOINTS: Final = ("hip_deg", "knee_deg", "ankle_deg")
DEFAULT_MPS: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """Mean and standard deviation between legs over the stride, shape (51,), degrees."""

    mean: Floats
    sd: Floats


def bands_at(speed_mps: float) -> dict[str, Band]:
    """Return the band of each joint at a belt speed.

    Bands are interpolated linearly between the measured speeds (2.5, 3.5 and 4.5 m/s) and constant
    beyond them; an unknown speed is taken as 3 m/s, as for the limits.

    Notes
    -----
    Source: Fukuchi, Fukuchi & Duarte (2017), PeerJ 5:e3298, CC BY 4.0; made by
    tests/tools/make_reference_curves.py.
    """
    table = _table()["speeds"]
    speeds = [entry["speed_mps"] for entry in table]
    at = speed_mps if isfinite(speed_mps) and speed_mps > 0 else DEFAULT_MPS
    bands = {}
    for joint in JOINTS:
        parts = [
            np.array([np.interp(at, speeds, column) for column in np.array(rows).T])
            for rows in (
                [entry[joint]["mean"] for entry in table],
                [entry[joint]["sd"] for entry in table],
            )
        ]
        bands[joint] = Band(mean=parts[0], sd=parts[1])
    return bands


@cache
def _table() -> dict[str, Any]:
    path = paths.PACKAGE / "metrics" / "reference_curves.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def source() -> str:
    """Return the source of the band, to be cited wherever it is shown."""
    return str(_table()["source"])
