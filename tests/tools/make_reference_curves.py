"""Write healthy runners' hip, knee and ankle curves to web_display/reference_curves.js.

``python tests/tools/make_reference_curves.py RBDS.npz``. Source: Fukuchi, Fukuchi & Duarte
(2017), PeerJ 5:e3298, CC BY 4.0. Markers on a level belt; angles as in gait_curves.js.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from edge.messages.arrays import Floats

OUT: Final = Path(__file__).parents[2] / "web_display" / "reference_curves.js"
RATE_HZ: Final = 150
POINTS: Final = 101
SPEED_MPS: Final = 2.5
JOINTS: Final = ("hip", "knee", "ankle")


def main() -> None:
    """Read the trials at one speed, and write mean and SD between runners."""
    data = np.load(sys.argv[1])
    names = [str(name) for name in data["names"]]
    trials = [t for t in json.loads(str(data["meta"])) if t["speed"] == SPEED_MPS]
    runners = np.array([_runner(data, names, trial["key"]) for trial in trials])
    mean, sd = runners.mean(axis=0), runners.std(axis=0, ddof=1)
    curves = {
        joint: {"mean": np.round(mean[i], 1).tolist(), "sd": np.round(sd[i], 1).tolist()}
        for i, joint in enumerate(JOINTS)
    }
    OUT.write_text(
        "// @ts-check\n"
        "/**\n"
        f" * Hip, knee and ankle of {len(runners)} healthy runners at {SPEED_MPS} m/s, degrees per "
        "hundredth of the stride,\n"
        " * mean and SD between runners, by\n"
        " * tests/tools/make_reference_curves.py. Markers, not video.\n"
        " * Source: Fukuchi, Fukuchi & Duarte (2017), PeerJ 5:e3298, CC BY 4.0.\n"
        " */\n"
        "export const REFERENCE = " + json.dumps(curves, separators=(", ", ": ")) + ";\n",
        encoding="utf-8",
    )


def _runner(data: "np.lib.npyio.NpzFile", names: list[str], key: str) -> Floats:
    """Return one runner's mean curves, shape (3, 101), degrees, over both legs."""
    points = data[f"{key}_pts"].astype(np.float64)
    events = data[f"{key}_ev"]
    strides = []
    for number, side in enumerate("RL"):
        angles = _angles(points, names, side)
        contacts = np.sort(events[events[:, 2] == number, 0])
        for start, end in pairwise(contacts):
            if 0.5 < end - start < 1.0:
                at = np.linspace(start, end, POINTS) * RATE_HZ
                frames = np.arange(points.shape[0])
                strides.append([np.interp(at, frames, angle) for angle in angles])
    return np.asarray(np.mean(strides, axis=0), dtype=np.float64)


def _angles(points: Floats, names: list[str], side: str) -> Floats:
    """Return hip, knee and ankle angles, shape (3, n), degrees."""

    def point(name: str) -> Floats:
        column = names.index(f"{side}_{name}_x")
        return points[:, column : column + 2]

    hip, knee, ankle, heel = (point(name) for name in ("hip", "knee", "ankle", "heel"))
    # The toe is on the line from heel to ball, so its angle is the foot's.
    foot = point("mt2") - heel
    thigh = np.degrees(np.arctan2(*(hip - knee).T))
    shank = np.degrees(np.arctan2(*(knee - ankle).T))
    return np.stack([-thigh, shank - thigh, np.degrees(np.arctan2(foot[:, 1], foot[:, 0])) + shank])


if __name__ == "__main__":
    main()
