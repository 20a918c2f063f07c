"""Run every evaluation shown in docs/accuracy.md, as `make accuracy` does.

The results of one run go into one file, named after it; a run with randomness is repeated with
several seeds, and the page shows medians.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SEEDS = (1, 2, 3, 4, 5)
REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One evaluation.

    Attributes
    ----------
    name
        Name of its file.
    says
        Its label on the page.
    options
        Options after the command and its data.
    seeds
        The seeds to repeat it with; empty for a deterministic run.
    """

    name: str
    says: str
    options: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()

    def files(self, folder: Path) -> list[Path]:
        """Return its result files, one per seed."""
        if not self.seeds:
            return [folder / f"{self.name}.json"]
        return [folder / f"{self.name}-seed{seed}.json" for seed in self.seeds]


_FLAWED = ("--swap-pct", "3", "--merge-pct", "40", "--drop-pct", "5")
BASE = Run(name="keypoints-60fps", says="60 fps", seeds=SEEDS)
KEYPOINTS = (
    BASE,
    Run(name="keypoints-30fps", says="30 fps", options=("--fps", "30"), seeds=SEEDS),
    Run(name="keypoints-120fps", says="120 fps", options=("--fps", "120"), seeds=SEEDS[:1]),
    Run(
        name="keypoints-60fps-10mm",
        says="60 fps, noise 10+10 mm",
        options=("--noise-mm", "10"),
        seeds=SEEDS[:1],
    ),
    Run(
        name="keypoints-60fps-flawed",
        says="60 fps, 3 % exchanged, merges at 40 % of crossings, 5 % dropped",
        options=_FLAWED,
        seeds=SEEDS,
    ),
    Run(
        name="keypoints-30fps-flawed",
        says="30 fps, 3 % exchanged, merges at 40 % of crossings, 5 % dropped",
        options=("--fps", "30", *_FLAWED),
        seeds=SEEDS[:1],
    ),
    Run(
        name="keypoints-60fps-roll2",
        says="60 fps, camera rolled by 2 degrees",
        options=("--roll-deg", "2"),
        seeds=SEEDS[:1],
    ),
    Run(
        name="keypoints-60fps-near",
        says="60 fps, camera 2.5 m away",
        options=("--distance-m", "2.5"),
        seeds=SEEDS[:1],
    ),
)
CLIPS_FULL = Run(name="clips-full", says="`full`")
CLIPS_RAW = Run(name="clips-full-raw", says="`full`, its own left and right", options=("--raw",))
CLIPS = (
    CLIPS_FULL,
    CLIPS_RAW,
    Run(name="clips-lite", says="`lite`", options=("--model", "lite")),
    Run(name="clips-heavy", says="`heavy`", options=("--model", "heavy")),
)
CLIPS_SPOILT = tuple(
    Run(name=f"clips-full-{way}", says=f"rendered, {says}", options=("--spoil", way))
    for way, says in (
        ("half", "half resolution"),
        ("dark", "darkened"),
        ("half-rate", "every second frame"),
    )
)
REAL_FULL = Run(name="real-full", says="`full`")
REAL = (
    REAL_FULL,
    Run(name="real-lite", says="`lite`", options=("--model", "lite")),
    Run(name="real-heavy", says="`heavy`", options=("--model", "heavy")),
)
REAL_SPOILT = tuple(
    Run(name=f"real-full-{way}", says=says, options=("--spoil", way))
    for way, says in (
        ("mirrored", "mirrored"),
        ("half", "half resolution"),
        ("dark", "darkened"),
        ("half-rate", "every second frame"),
    )
)
KINDS = {"real": (*REAL, *REAL_SPOILT), "keypoints": KEYPOINTS, "clips": (*CLIPS, *CLIPS_SPOILT)}


def main() -> None:
    """Run the chosen evaluations one after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path, help="folder of the reference data")
    parser.add_argument("out", type=Path, help="output folder")
    parser.add_argument(
        "--kinds", nargs="*", choices=KINDS, default=list(KINDS), help="default: all"
    )
    parser.add_argument("--only", nargs="*", help="names of runs; default: all")
    parser.add_argument("--seeds", type=int, default=max(SEEDS), help="maximum number of seeds")
    parser.add_argument("--keep", action="store_true", help="keep existing results")
    parser.add_argument("--clips", nargs="*", type=Path, default=[], help="more folders of clips")
    parser.add_argument("--more", nargs=argparse.REMAINDER, default=[], help="options for all")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    data = given.shared / "data"
    inputs = {
        "real": [data / "real"],
        "keypoints": [data / "rbds" / "rbds.npz"],
        "clips": [data / "clips", *given.clips],
    }
    for kind in given.kinds:
        for run in KINDS[kind]:
            if given.only is None or run.name in given.only:
                _do(run, [kind, *map(str, inputs[kind]), *run.options, *given.more], given)


def _do(run: Run, arguments: Sequence[str], given: argparse.Namespace) -> None:
    for seed, file in zip(run.seeds or (None,), run.files(given.out), strict=True):
        if (given.keep and file.exists()) or (seed or 0) > given.seeds:
            continue
        seeded = [] if seed is None else ["--seed", str(seed)]
        # Written under another name first, so that an interrupted run leaves no partial file.
        part = file.with_suffix(".part")
        sys.stdout.write(f"{file.name}\n")
        sys.stdout.flush()
        subprocess.run(
            [sys.executable, "-m", "edge", "evaluate", *arguments, *seeded, "--json", str(part)],
            cwd=REPOSITORY,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        part.replace(file)


if __name__ == "__main__":
    main()
