"""Render random runs with exact truth, the training data of the leg reader.

Each seed gives one set of settings, deliberately far beyond the clinical range: a reader trained
only on ordinary forms is biased towards them. Needs the renderer's own libraries (listed in its
README), which are not dependencies of Toeline.
"""

import argparse
import contextlib
import functools
import io
import sys
import time
from pathlib import Path

import numpy as np

# RBDS runners excluded from training; the reference clips use the same three.
HELD_OUT_SUBJECTS = (3, 14, 19)
# Seeds below this are for training, others for evaluation: no body, room or camera is in both.
FIRST_HELD_OUT_SEED = 500_000
_HEIGHTS = ("360", "360", "360", "540")


def main() -> None:
    """Render the runs of a range of seeds; existing ones are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("renderer", type=Path, help="folder of render_runner.py")
    parser.add_argument("out", type=Path)
    parser.add_argument("--first", type=int, required=True, help="first seed")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--step", type=int, default=1, help="every n-th seed, to split the work")
    parser.add_argument("--fps", type=float, default=12.0)
    parser.add_argument("--duration", type=float, default=8.0)
    given = parser.parse_args()
    sys.path.insert(0, str(given.renderer))
    import anny
    import render_runner

    anny.create_fullbody_model = functools.cache(anny.create_fullbody_model)
    given.out.mkdir(parents=True, exist_ok=True)
    for seed in range(given.first, given.first + given.count, given.step):
        out = given.out / f"run_{seed}"
        if out.with_suffix(".json").exists():
            continue
        settings = draw(seed, given.renderer, given.fps)
        began = time.time()
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                render_runner.main(
                    [
                        *("--out", str(out), "--fps", str(given.fps)),
                        *("--duration", str(given.duration), *settings),
                    ]
                )
            except (ValueError, np.linalg.LinAlgError) as error:
                # Some random forms are impossible at the random speed; continue with the next.
                sys.stderr.write(f"{seed}: {error}\n")
                continue
        sys.stderr.write(f"{seed}: {time.time() - began:.0f} s {' '.join(settings)}\n")


def draw(seed: int, renderer: Path, fps: float) -> list[str]:
    """Return the renderer's settings for one seed."""
    rng = np.random.default_rng(seed)
    width = {"360": 640, "540": 960}
    height = str(rng.choice(_HEIGHTS))
    settings = {
        "seed": str(seed),
        "room-seed": str(int(rng.integers(10**6))),
        "size": f"{width[height]}x{height}",
        "facing": str(rng.choice(["left", "right"])),
        "build": f"{rng.uniform(0.0, 0.95):.2f}",
        "light": f"{rng.uniform(0.45, 1.6):.2f}",
        "noise": f"{rng.choice([0.0, 2.0, 5.0, 9.0]):.0f}",
        "tights": str(int(rng.random() < 0.4)),
        "crf": str(int(rng.integers(17, 28))),
    }
    for cloth in ("shirt", "shorts", "shoes"):
        settings[cloth] = ",".join(f"{c:.2f}" for c in rng.uniform(0.03, 0.97, 3))
    if rng.random() < 0.3:
        # Dark clothing on both legs: they differ least.
        dark = ",".join(f"{c:.2f}" for c in rng.uniform(0.03, 0.15, 3))
        settings |= {"shorts": dark, "tights": "1"}
    settings |= _camera(rng)
    if rng.random() < 0.25:
        settings["blur"] = f"{rng.uniform(0.002, 0.008) * fps:.3f}"
        settings["blur-samples"] = "3"
    kind = rng.choice(["run", "mocap", "walk"], p=[0.78, 0.14, 0.08])
    settings |= {"run": _run, "mocap": _mocap, "walk": _walk}[kind](rng, renderer, seed)
    return [part for name, value in settings.items() for part in (f"--{name}={value}",)]


def _camera(rng: np.random.Generator) -> dict[str, str]:
    distance = rng.uniform(2.3, 5.0)
    # The runner fills 55 to 90 % of the picture's height.
    focal = distance * 24 / 1.85 * rng.uniform(0.55, 0.88) * 36 / 24 * 9 / 16
    return {
        "cam-distance": f"{distance:.2f}",
        "focal": f"{focal:.1f}",
        "cam-height": f"{rng.uniform(0.4, 1.4):.2f}",
        "cam-yaw": f"{rng.normal(0, 5):.1f}",
        "cam-tilt": f"{rng.normal(0, 1.5):.1f}",
        "look-x": f"{rng.uniform(-0.35, 0.35):.2f}",
        "look-z": f"{rng.uniform(0.78, 0.95):.2f}",
        "console": str(int(rng.random() < 0.7)),
        "handrail": f"{rng.choice([0.0, 0.45, 0.9, 1.3]):.2f}",
    }


def _run(rng: np.random.Generator, renderer: Path, seed: int) -> dict[str, str]:
    speed = rng.uniform(1.9, 5.0)
    cadence = np.interp(speed, [1.6, 2.5, 3.5, 4.5, 6], [154, 161.6, 171.5, 184, 200])
    settings = {
        "mode": "run",
        "speed": f"{speed:.2f}",
        "cadence": f"{cadence * rng.uniform(0.87, 1.15):.0f}",
        "trunk-lean": f"{rng.uniform(0, 15):.1f}",
        "strike": str(rng.choice(["rear", "rear", "mid", "fore"])),
        "variability": f"{rng.uniform(0.5, 2.5):.2f}",
    }
    if rng.random() < 0.3:
        settings["incline"] = f"{rng.uniform(0, 8):.1f}"
    for side in ("", "-left", "-right") if rng.random() < 0.5 else ("",):
        settings |= {
            f"hips-forward{side}": f"{rng.uniform(-0.08, 0.07):.3f}",
            f"knee-bend{side}": f"{rng.uniform(-10, 20):.1f}",
            f"toeoff-knee{side}": f"{rng.uniform(-6, 26):.1f}",
            f"overstride{side}": f"{rng.uniform(-0.05, 0.1):.3f}",
            f"push-plantar{side}": f"{rng.uniform(-10, 8):.1f}",
            f"swing-knee{side}": f"{rng.uniform(-15, 15):.1f}",
        }
    return settings


def _mocap(rng: np.random.Generator, renderer: Path, seed: int) -> dict[str, str]:
    files = sorted((renderer / "mocap").glob("RBDS*.npz"))
    held_out = seed >= FIRST_HELD_OUT_SEED
    ours = [f for f in files if (int(f.stem[4:7]) in HELD_OUT_SUBJECTS) == held_out]
    return {
        "mode": "mocap",
        "mocap": str(ours[int(rng.integers(len(ours)))]),
        "mocap-start": f"{rng.uniform(2, 16):.1f}",
    }


def _walk(rng: np.random.Generator, renderer: Path, seed: int) -> dict[str, str]:
    return {"mode": "walk", "speed": f"{rng.uniform(0.7, 1.9):.2f}"}


if __name__ == "__main__":
    main()
