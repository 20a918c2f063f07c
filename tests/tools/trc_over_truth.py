"""Plot a TRC exported from a clip's session over the clip's exact truth.

    python tests/tools/trc_over_truth.py SESSION.trc CLIP.keypoints.csv.gz OUT.png --side right

``make trc-over-truth`` records the clip and runs this. The file is read only by its format. The
truth is in pixels and the TRC in metres with its own origin, so one scale and one origin for the
whole clip are fitted to hip, knee and ankle; shapes, times and signs are not.
"""

import argparse
import csv
import gzip
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from edge.messages.arrays import Floats

# Marker, and the clip's name for the same point. Ours is the tip of the shoe, not the big toe.
_POINTS = (("Hip", "hip"), ("Knee", "knee"), ("Ankle", "ankle"), ("Toe", "shoe_tip"))
_JOINTS = 3
_SHOWN_S = (4.0, 7.0)
_TRUTH, _OURS = "#8a94a0", "#0072b2"


def read_trc(path: Path) -> tuple[Floats, dict[str, Floats]]:
    """Return times, shape (n,), and each marker's positions, shape (n, 3), metres."""
    lines = path.read_text(encoding="ascii").split("\n")
    names = [name for name in lines[3].split("\t")[2:] if name]
    rows = [line.split("\t")[1:] for line in lines[6:] if line]
    table = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
    return table[:, 0], {
        name: table[:, 1 + 3 * index : 4 + 3 * index] for index, name in enumerate(names)
    }


def read_truth(path: Path, side: str) -> tuple[Floats, Floats]:
    """Return times, and the points in the picture, shape (n, points, 2), pixels."""
    with gzip.open(path, "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [[f"{side}_{name}_{axis}_px" for axis in "uv"] for _, name in _POINTS]
    places = np.array([[[float(row[c]) for c in pair] for pair in columns] for row in rows])
    return np.array([float(row["time_s"]) for row in rows]), places


def placed(exact: Floats, ours: Floats) -> Floats:
    """Return the truth shifted and scaled to ours by least squares over the joints."""
    known = np.isfinite(ours[:, :_JOINTS]).all(axis=2) & np.isfinite(exact[:, :_JOINTS]).all(axis=2)
    a, b = exact[:, :_JOINTS][known], ours[:, :_JOINTS][known]
    centre_a, centre_b = a.mean(axis=0), b.mean(axis=0)
    scale = float(((a - centre_a) * (b - centre_b)).sum() / ((a - centre_a) ** 2).sum())
    moved: Floats = (exact - centre_a) * scale + centre_b
    return moved


def drawn(times_s: Floats, ours: Floats, truth: Floats, away_m: Floats, title: str) -> Figure:
    """Plot each point's x and y over a few strides, ours as a thin line over the truth."""
    figure, axes = plt.subplots(
        len(_POINTS), 2, figsize=(11, 8.5), sharex=True, layout="constrained"
    )
    shown = (_SHOWN_S[0] <= times_s) & (times_s <= _SHOWN_S[1])
    for index, (name, _) in enumerate(_POINTS):
        for axis, way, column in zip(axes[index], ("forward", "up"), (0, 1), strict=True):
            there = times_s[shown], 100 * truth[shown, index, column]
            here = times_s[shown], 100 * ours[shown, index, column]
            axis.plot(*there, color=_TRUTH, lw=4.5, label="exact joint of the clip")
            axis.plot(*here, color=_OURS, lw=1.4, label="marker in the TRC")
            axis.set_title(f"{name}, {way}", loc="left", fontsize=10)
            axis.set_ylabel("cm", fontsize=9)
            axis.tick_params(labelsize=8)
            axis.spines[["top", "right"]].set_visible(False)
            axis.grid(alpha=0.25)
        error = f"median {1000 * np.nanmedian(away_m[:, index]):.0f} mm apart, "
        error += f"95 % within {1000 * np.nanquantile(away_m[:, index], 0.95):.0f}"
        axes[index, 1].set_title(error, loc="right", fontsize=9, color="#4c5865")
    for axis in axes[-1]:
        axis.set_xlabel("seconds", fontsize=9)
        axis.set_xlim(*_SHOWN_S)
    figure.suptitle(title, fontsize=12)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=10)
    return figure


def main() -> None:
    """Fit, plot, and print the error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trc", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--side", default="right", choices=["left", "right"])
    arguments = parser.parse_args()
    times_s, markers = read_trc(arguments.trc)
    truth_s, exact = read_truth(arguments.truth, arguments.side)
    letter = arguments.side[0].upper()
    # The near leg is on the side towards which the runner runs.
    forward = 1.0 if arguments.side == "right" else -1.0
    ours = np.stack([markers[letter + name][:, :2] for name, _ in _POINTS], axis=1)
    frames = np.abs(times_s[:, None] - truth_s[None]).argmin(axis=1)
    truth = placed(exact[frames] * np.array([forward, -1.0]), ours)
    away_m = np.hypot(*np.moveaxis(ours - truth, 2, 0))
    clip = arguments.truth.name.partition(".")[0]
    title = f"Near leg of {clip}: what the TRC holds over the clip\u2019s exact joints"
    figure = drawn(times_s, ours, truth, away_m, title)
    figure.savefig(arguments.out, dpi=80, pil_kwargs={"optimize": True})
    for index, (name, _) in enumerate(_POINTS):
        print(f"{name}: median {1000 * np.nanmedian(away_m[:, index]):.0f} mm")  # noqa: T201


if __name__ == "__main__":
    main()
