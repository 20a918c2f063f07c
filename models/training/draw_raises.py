"""Render random sets of single-leg calf raises with exact truth.

Each seed gives one set: body, room, camera, facing, shoes or bare feet, full and low raises, bent
knees, sway, double bounces, lost beats, fatigue. Beside the renderer's own truth,
``NAME.raises.json`` has the raises as ``raises.csv`` does. Needs the renderer's libraries (listed
in its README).
"""

import argparse
import contextlib
import functools
import io
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from raise_motion import RaiseMotion, TrueRaise, draw_raises, truth_of

_MASS_KG_PER_M2 = 23.0
_BARE = (4, 5, 6)
_BARE_SOLE_M = 0.004


def main() -> None:
    """Render the sets of a range of seeds; existing ones are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("renderer", type=Path, help="folder of render_runner.py")
    parser.add_argument("out", type=Path)
    parser.add_argument("--first", type=int, required=True, help="first seed")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--raises", type=int, default=25)
    parser.add_argument("--fps", type=float, default=30.0)
    parser.add_argument("--size", default="640x480")
    parser.add_argument("--leg", choices=["near", "far", "both"], default="near")
    parser.add_argument("--clean", action="store_true", help="no faults")
    given = parser.parse_args()
    sys.path.insert(0, str(given.renderer))
    import anny
    import render_runner

    anny.create_fullbody_model = functools.cache(anny.create_fullbody_model)
    given.out.mkdir(parents=True, exist_ok=True)
    for seed in range(given.first, given.first + given.count):
        out = given.out / f"raises_{seed}"
        if out.with_suffix(".mp4").exists():
            continue
        began = time.time()
        _render(render_runner, given, seed, out)
        sys.stderr.write(f"{seed}: {time.time() - began:.0f} s\n")


def _render(program: Any, given: argparse.Namespace, seed: int, out: Path) -> None:
    """Render one set with the renderer's own program, its motion and body exchanged."""
    rng = np.random.default_rng((seed, 11))
    facing = str(rng.choice(["left", "right"]))
    near = "R" if facing == "right" else "L"
    side = near if given.leg != "far" else {"L": "R", "R": "L"}[near]
    bare = bool(rng.random() < 0.3)
    raises, end_s = draw_raises(rng, given.raises, rng.uniform(0.07, 0.11), faults=not given.clean)
    carried = rng.uniform(0.7, 1.1)

    def motion(_given: Any, skeleton: Any, _forms: Any) -> tuple[RaiseMotion, float]:
        both = given.leg == "both"
        return RaiseMotion(skeleton, raises, side, carried=carried, both=both, wobble=seed), 0.0

    def pick_body(arguments: Any) -> Any:
        spec, colours, who = kept[1](arguments)
        if bare:
            spec["sole"] = _BARE_SOLE_M
            colours |= {material: colours[0] for material in _BARE}
        return spec, colours, who

    kept = program.steady_motion, program.pick_body
    program.steady_motion, program.pick_body = motion, pick_body
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            meta = program.main(_settings(rng, given, seed, facing, out, end_s))
    finally:
        program.steady_motion, program.pick_body = kept
    truth = _truth(raises, meta["body"]["spec"]["stature"], side, facing, bare=bare)
    path = out.with_suffix(".raises.json")
    path.write_text(json.dumps(truth, indent=1), encoding="utf-8")


def _settings(
    rng: np.random.Generator,
    given: argparse.Namespace,
    seed: int,
    facing: str,
    out: Path,
    end_s: float,
) -> list[str]:
    """Return the renderer's settings: a person of 60 to 85 % of the picture's height."""
    width, height = map(int, given.size.split("x"))
    distance = rng.uniform(2.6, 4.2)
    focal_px = distance * height / 1.85 * rng.uniform(0.6, 0.85)
    settings = {
        "out": str(out),
        "seed": str(seed),
        "room-seed": str(int(rng.integers(10**6))),
        "size": given.size,
        "facing": facing,
        "fps": f"{given.fps:g}",
        "duration": f"{end_s:.2f}",
        "cam-distance": f"{distance:.2f}",
        "focal": f"{focal_px * 36 / width:.1f}",
        "cam-height": f"{rng.uniform(0.5, 1.0):.2f}",
        "cam-yaw": f"{rng.normal(0, 3):.1f}",
        "cam-tilt": f"{rng.normal(0, 0.8):.1f}",
        "look-z": "0.9",
        "light": f"{rng.uniform(0.7, 1.4):.2f}",
        "noise": f"{rng.choice([0.0, 2.0, 4.0]):.0f}",
        "crf": str(int(rng.integers(19, 27))),
        "handrail": f"{rng.choice([0.0, 0.45]):.2f}",
    }
    return [f"--{name}={value}" for name, value in settings.items()]


def _truth(
    raises: list[TrueRaise], stature_m: float, side: str, facing: str, *, bare: bool
) -> dict[str, Any]:
    return {
        "side": {"L": "left", "R": "right"}[side],
        "facing": facing,
        "barefoot": bare,
        "stature_m": stature_m,
        "mass_kg": _MASS_KG_PER_M2 * stature_m**2,
        "raises": truth_of(raises),
    }


if __name__ == "__main__":
    main()
