"""Draw a TRC that was exported from a clip's session over the clip's exact truth.

    python docs/trc_over_truth.py SESSION.trc CLIP.keypoints.csv.gz OUT.png --side right

The truth is in pixels and the TRC in metres with an origin of its own, so scale and origin are
fitted, one of each for the whole clip; shapes, times and signs are not.
"""

import argparse
import csv
import gzip
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from edge.messages import Floats

_POINTS = (("Hip", "hip"), ("Knee", "knee"), ("Ankle", "ankle"))


def read_trc(path: Path) -> tuple[Floats, dict[str, Floats]]:
    """Return times, shape (n,), and each marker's places, shape (n, 3), metres."""
    lines = path.read_text(encoding="ascii").split("\n")
    names = [name for name in lines[3].split("\t")[2:] if name]
    rows = [line.split("\t")[1:] for line in lines[6:] if line]
    table = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
    return table[:, 0], {
        name: table[:, 1 + 3 * index : 4 + 3 * index] for index, name in enumerate(names)
    }


def read_truth(path: Path, side: str) -> dict[str, Floats]:
    """Return each point's places in the picture, shape (n, 2), pixels."""
    with gzip.open(path, "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([[float(row[f"{side}_{name}_{axis}_px"]) for axis in "uv"] for row in rows])
        for _, name in _POINTS
    }


def main() -> None:
    """Fit, draw, and say the error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trc", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--side", default="right", choices=["left", "right"])
    arguments = parser.parse_args()
    times_s, markers = read_trc(arguments.trc)
    truth = read_truth(arguments.truth, arguments.side)
    letter, forward = arguments.side[0].upper(), 1.0 if arguments.side == "right" else -1.0
    ours = np.stack([markers[letter + name][:, :2] for name, _ in _POINTS], axis=1)
    exact = np.stack([truth[name] for _, name in _POINTS], axis=1)[: len(ours)]
    exact = exact * np.array([forward, -1.0])
    known = np.isfinite(ours).all(axis=2) & np.isfinite(exact).all(axis=2)
    scale = np.std(ours[known], axis=0).sum() / np.std(exact[known], axis=0).sum()
    placed = exact * scale
    placed = placed + (ours[known] - placed[known]).mean(axis=0)
    figure, axes = plt.subplots(3, 2, figsize=(11, 7), sharex=True, layout="constrained")
    shown = times_s < 4
    for row, (name, _) in zip(axes, _POINTS, strict=True):
        index = [n for n, _ in _POINTS].index(name)
        for axis, letter_, column in zip(row, "xy", range(2), strict=True):
            axis.plot(times_s[shown], placed[shown, index, column], "k", lw=2.4, label="truth")
            axis.plot(times_s[shown], ours[shown, index, column], "C1", lw=1.2, label="TRC")
            axis.set_title(f"{name} {letter_}, m")
    axes[0, 0].legend()
    axes[2, 0].set_xlabel("s")
    axes[2, 1].set_xlabel("s")
    figure.savefig(arguments.out, dpi=80)
    for index, (name, _) in enumerate(_POINTS):
        away = np.hypot(*(ours[:, index] - placed[:, index])[known[:, index]].T)
        print(f"{name}: median {1000 * np.median(away):.0f} mm")  # noqa: T201


if __name__ == "__main__":
    main()
