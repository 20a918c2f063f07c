"""Compute the reference band behind the report's curves.

    python tests/tools/make_reference_curves.py ../shared/data/rbds/rbds.npz CURVES.json

From treadmill running of 18 runners (Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298,
CC BY 4.0). Each stride goes through the station's own curve code; a leg's strides are averaged, and
the mean and standard deviation between legs give the band.
"""

import argparse
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT, LEFT_LEG, RIGHT_LEG
from edge.messages.stride import Stride
from edge.metrics.curves import stride_curves

SOURCE = "Fukuchi, Fukuchi & Duarte (2017), PeerJ 5:e3298, CC BY 4.0"
JOINTS = ("hip_deg", "knee_deg", "ankle_deg")
MARKER_HZ = 150.0


def leg_px(points: dict[str, Floats], side: str) -> Floats:
    """Return hip, knee, ankle, heel and shoe tip of a leg, shape (n, 5, 2), y down."""
    hip, knee, ankle, heel, mt2 = (
        np.stack([points[f"{side}_{name}_x"], -points[f"{side}_{name}_y"]], axis=1)
        for name in ("hip", "knee", "ankle", "heel", "mt2")
    )
    # The shoe tip has no marker: the second metatarsal head is at 0.74 of the shoe's length.
    return np.stack([hip, knee, ankle, heel, heel + (mt2 - heel) / 0.74], axis=1)


def leg_means(points: dict[str, Floats], events: Floats) -> list[Floats]:
    """Return each leg's mean curves, shape (3, 51)."""
    means = []
    for code, side, indices in ((0, Side.RIGHT, RIGHT_LEG), (1, Side.LEFT, LEFT_LEG)):
        leg = leg_px(points, "R" if side is Side.RIGHT else "L")
        contacts = events[events[:, 2] == code]
        curves = []
        for (start, toe_off, _), (end, _, _) in pairwise(contacts):
            first, last = int(start * MARKER_HZ) - 1, int(end * MARKER_HZ) + 2
            if first < 0 or last > len(leg) or not 0.4 < end - start < 1.2:
                continue
            times_s = np.arange(first, last) / MARKER_HZ
            xy = np.full((last - first, BODY_COUNT, 2), np.nan)
            xy[:, list(indices)] = leg[first:last]
            made = stride_curves(_stride(side, start, toe_off, end, times_s, xy))
            if made is not None:
                curves.append([getattr(made, joint) for joint in JOINTS])
        means.append(np.mean(curves, axis=0))
    return means


def _stride(
    side: Side, start: float, toe_off: float, end: float, times_s: Floats, xy_px: Floats
) -> Stride:
    return Stride(
        side=side,
        near=True,
        facing=Side.RIGHT,
        start_s=float(start),
        peak_knee_flexion_s=float("nan"),
        toe_off_s=float(toe_off),
        end_s=float(end),
        decided_at_s=float(end),
        opposite_contact_s=float("nan"),
        valid=True,
        reason=Reason(),
        times_s=times_s,
        frame_indices=np.arange(len(times_s)),
        xy_px=xy_px,
        belt_speed_px_s=float("nan"),
    )


def reference(path: Path) -> dict[str, Any]:
    """Return the content of the file."""
    data = np.load(path, allow_pickle=False)
    names = [str(name) for name in data["names"]]
    legs: dict[float, list[Floats]] = {}
    for trial in json.loads(str(data["meta"])):
        table = data[f"{trial['key']}_pts"].astype(float) / 10
        points = {name: table[:, index] for index, name in enumerate(names)}
        events = data[f"{trial['key']}_ev"].astype(float)
        legs.setdefault(trial["speed"], []).extend(leg_means(points, events))
    speeds = []
    for speed, means in sorted(legs.items()):
        band = np.array(means)
        joints = {
            joint: {
                "mean": np.round(band[:, index].mean(axis=0), 2).tolist(),
                "sd": np.round(band[:, index].std(axis=0, ddof=1), 2).tolist(),
            }
            for index, joint in enumerate(JOINTS)
        }
        speeds.append({"speed_mps": speed, "legs": len(means), **joints})
    return {"source": SOURCE, "made_by": "tests/tools/make_reference_curves.py", "speeds": speeds}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rbds", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    text = json.dumps(reference(arguments.rbds), separators=(",", ":"))
    arguments.out.write_text(text + "\n", encoding="utf-8")
