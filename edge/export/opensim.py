"""OpenSim's text formats: markers as TRC, joint angles as MOT.

TRC: metres, x forward, y up, z right; a marker that was not seen is left blank, as OpenSim
expects, except in the last cell of a row.
MOT: degrees, with the coordinate names and signs of the Rajagopal (2016) model: hip flexion, knee
flexion and ankle dorsiflexion are positive. The table spans the first to the last row with all
angles known; an unknown angle in between is ``nan``.
"""

from pathlib import Path
from typing import Final

import numpy as np

from edge.export.markers import MARKERS, Markers
from edge.messages.arrays import Floats
from edge.numerics.sagittal import (
    foot_angle_deg,
    knee_flexion_deg,
    shank_angle_deg,
    thigh_angle_deg,
    trunk_lean_deg,
)

_DECIMALS: Final = 6


def write_trc(markers: Markers, path: Path, name: str) -> None:
    """Write markers as TRC; ``name`` is the session's name, written in the header.

    Notes
    -----
    Five header lines (path; names and values of the metadata; marker names, each over three
    columns; X1 Y1 Z1 ...), a blank line, then tab-separated rows of frame (from 1), time and
    coordinates. Source: OpenSim documentation, "Marker (.trc) Files".
    """
    count, total = len(markers.times_s), len(MARKERS)
    rate = f"{markers.rate_hz:.6f}".rstrip("0").rstrip(".")
    axes = [f"{axis}{number}" for number in range(1, total + 1) for axis in "XYZ"]
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{name}.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame"
        "\tOrigNumFrames",
        f"{rate}\t{rate}\t{count}\t{total}\tm\t{rate}\t1\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(MARKERS) + "\t\t",
        "\t\t" + "\t".join(axes),
        "",
    ]
    for number, (time_s, row) in enumerate(zip(markers.times_s, markers.xyz_m, strict=True), 1):
        cells = [f"{v:z.{_DECIMALS}f}" if np.isfinite(v) else "" for v in row.ravel()]
        # OpenSim drops a blank cell at the end of a line and then rejects the row as too short.
        cells[-1] = cells[-1] or "nan"
        lines.append(f"{number}\t{time_s:.{_DECIMALS}f}\t" + "\t".join(cells))
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def angles_of(markers: Markers) -> dict[str, Floats]:
    """Return the joint angles in degrees by coordinate name, each shape (n,); NaN where unknown.

    Notes
    -----
    The pelvis is not seen: hip flexion is the thigh's angle to the vertical, which assumes an
    upright pelvis. The zero of ankle dorsiflexion is the foot's median angle while its heel is
    lowest, on the belt, taken as its angle in standing.
    """
    point = {name: markers.xyz_m[:, i, :2] for i, name in enumerate(MARKERS)}
    shoulders = (point["RShoulder"] + point["LShoulder"]) / 2
    hips = (point["RHip"] + point["LHip"]) / 2
    angles = {"lumbar_extension": -trunk_lean_deg(shoulders, hips)}
    for letter in "RL":
        hip, knee, ankle, heel, toe = (
            point[letter + name] for name in ("Hip", "Knee", "Ankle", "Heel", "Toe")
        )
        side = letter.lower()
        foot = foot_angle_deg(heel, toe)
        angles[f"hip_flexion_{side}"] = thigh_angle_deg(hip, knee)
        angles[f"knee_angle_{side}"] = knee_flexion_deg(hip, knee, ankle)
        angles[f"ankle_angle_{side}"] = shank_angle_deg(knee, ankle) + foot - _standing(heel, foot)
    return angles


def write_mot(markers: Markers, path: Path, name: str) -> None:
    """Write joint angles as MOT; ``name`` is the session's name, the file's first line.

    Notes
    -----
    Source: OpenSim documentation, "Motion (.mot) Files": name, version, nRows, nColumns,
    inDegrees, endheader, one line of column names starting with ``time``, then the rows.
    """
    angles = angles_of(markers)
    table = np.column_stack([markers.times_s, *angles.values()])
    known = np.flatnonzero(np.isfinite(table).all(axis=1))
    table = table[known[0] : known[-1] + 1] if known.size else table[:0]
    lines = [
        name,
        "version=1",
        f"nRows={len(table)}",
        f"nColumns={table.shape[1]}",
        "inDegrees=yes",
        "",
        "Units are S.I. units (second, meters, Newtons, ...)",
        "Angles are in degrees.",
        "endheader",
        "\t".join(["time", *angles]),
    ]
    lines += ["\t".join(f"{v:z.{_DECIMALS}f}" for v in row) for row in table]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def _standing(heel: Floats, foot: Floats) -> float:
    """Return the foot's median angle while its heel is in its lowest fifth: flat on the belt."""
    height = heel[:, 1]
    known = np.isfinite(height) & np.isfinite(foot)
    if not known.any():
        return float("nan")
    low = known & (height <= np.quantile(height[known], 0.2))
    return float(np.median(foot[low]))
