"""Render the clip of a runner who stands still, then walks, then runs: ``stands_then_runs.mp4``.

No clip of the shared data shows three seconds of standing still, which a neutral stance needs. It
is driven here: the renderer's session of stepping on and off is replaced by standing with both
feet flat, swaying as people do, until the belt starts. Beside the film goes its truth, which the
tests read. Needs the renderer's own libraries (its README names them), which are no dependency of
Toeline. As the files here were made, seed and all:

    python tests/clips/draw_stands_then_runs.py ../shared/render build/clips

and then ``stands_then_runs.mp4`` and ``stands_then_runs.truth.json`` were copied. Six runners more,
of ``--seed`` 2, 3, 5, 7, 9 and 11, were looked at for what is said in ``edge/metrics/standing.py``.
"""

import argparse
import copy
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NAME: Final = "stands_then_runs"
SEED: Final = 8
SPEED_MPS: Final = 2.8
SECONDS: Final = 14.5
# The belt starts; what is still comes before it.
STANDS_S: Final = 6.0
# The near foot leaves the belt a little later, the far one a little earlier.
_STILL_S: Final = (0.0, 5.3)
_BELT_S: Final = (0.0, STANDS_S, 6.8, 7.6, 9.2, SECONDS + 3)
_BELT_MPS: Final = (0.0, 0.0, 1.1, 1.3, SPEED_MPS, SPEED_MPS)
# At ease: knees a little bent, hips a little ahead of the ankles, one foot ahead of the other.
_KNEE_DEG: Final = 6.0
_ANKLE_X_M: Final = {"R": -0.035, "L": -0.015}
# Standing is cut into strides of this length, in which no foot is lifted.
_CUT_S: Final = 1.0
_WALK_TO_MPS: Final = 1.8
Floats = NDArray[np.float64]


def main() -> None:
    """Render the clip, and write its ground truth next to it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("renderer", type=Path, help="folder of render_runner.py")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=SEED, help="another one is another runner")
    parser.add_argument("--truth-only", action="store_true", help="no film")
    given = parser.parse_args()
    sys.path.insert(0, str(given.renderer))
    import render_runner

    session: Any = import_module("session")
    session.session_motion = motion
    given.out.mkdir(parents=True, exist_ok=True)
    out = given.out / NAME
    made = render_runner.main(
        [
            *("--out", str(out), "--mode", "session", "--seed", str(given.seed)),
            *("--speed", str(SPEED_MPS), "--duration", str(SECONDS), "--cam-distance", "3.8"),
            # The noise of a sensor would be most of the file.
            *("--fps", "30", "--size", "640x360", "--noise", "1", "--crf", "24"),
            *(("--no-video",) if given.truth_only else ()),
        ]
    )
    with np.load(out.with_suffix(".npz")) as frames:
        truth = truth_of(made, dict(frames))
    text = json.dumps(truth, indent=1) + "\n"
    out.with_suffix(".truth.json").write_text(text, encoding="utf-8")


def truth_of(made: dict[str, Any], frames: dict[str, Floats]) -> dict[str, Any]:
    """Return what is true of the near leg, in Toeline's own signs."""
    near = made["near_side"]
    still = (frames["t"] >= _STILL_S[0]) & (frames["t"] <= _STILL_S[1])
    angles_deg = {
        "knee_flexion_deg": frames[f"{near}_knee_sag"][still],
        "shank_angle_deg": -frames[f"{near}_shank"][still],
        "foot_angle_deg": _foot_deg(frames, near, "shoe_tip")[still],
    }
    standing = {name: round(float(np.median(deg)), 2) for name, deg in angles_deg.items()}
    # The renderer's own foot ends at the big toe, standing as at toe-off.
    zero_deg = float(
        np.median(_foot_deg(frames, near, "toe")[still] - frames[f"{near}_shank"][still])
    )
    strides = [
        {
            "gait": event["gait"],
            "start_s": round(event["t_ic"], 3),
            "toe_off_s": round(event["t_to"], 3),
            "plantarflexion_deg": round(zero_deg - event["ankle_to"], 2),
        }
        for event in made["events"]
        if event["side"] == near
    ]
    return {
        "seed": made["parameters"]["seed"],
        "near_side": near,
        "still_s": list(_STILL_S),
        "standing": standing,
        "spread_deg": {name: round(float(np.ptp(deg)), 2) for name, deg in angles_deg.items()},
        "strides": strides,
    }


def _foot_deg(frames: dict[str, Any], side: str, end: str) -> Floats:
    """Return how far the line from the heel to this end of the foot rises."""
    names = [str(name) for name in frames["names"]]
    heel_m, end_m = (frames["xyz"][:, names.index(f"{side}_{at}")] for at in ("heel", end))
    ahead_m = end_m - heel_m
    return np.asarray(np.degrees(np.arctan2(ahead_m[:, 2], ahead_m[:, 0])), float)


def sway_m(times_s: Any) -> Floats:
    """Return how far the hips are ahead of where they stand: a body at rest is never quite so."""
    turns = 2 * np.pi * np.asarray(times_s, float)
    return np.asarray(0.005 * np.sin(turns / 3.1 + 1.0) + 0.002 * np.sin(turns / 1.2 + 2.5))


def motion(settings: Any, body: Any, forms: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the renderer's motion: strides without a step, then those of the belt's speed."""
    from render_runner import default_cadence
    from scipy.interpolate import PchipInterpolator

    gaits: Any = import_module("gait")
    grid_s = np.arange(-3, SECONDS + 3, 0.005)
    belt_mps = PchipInterpolator(_BELT_S, _BELT_MPS)(np.clip(grid_s, 0, None))
    belt_m = np.concatenate([[0], np.cumsum((belt_mps[1:] + belt_mps[:-1]) / 2 * 0.005)])
    upright = dict(gaits.FORM0, trunk_lean=3.0)

    def gait_at(speed_mps: float) -> dict[str, Any]:
        walks = speed_mps < _WALK_TO_MPS
        chosen = dict(L=upright, R=upright) if walks else forms
        cadence = default_cadence(speed_mps, walks)
        return dict(gaits.solve_gait(body, speed_mps, cadence, chosen, walk=walks))

    start_s = -2.0
    strides: list[tuple[float, float, dict[str, Any]]] = []
    # The first gait stands in for the standing body in all that is not its legs.
    first = gait_at(0.8)
    while start_s < STANDS_S:
        last = start_s + _CUT_S >= STANDS_S
        strides.append((start_s, _CUT_S, standing(first, body, start_s, last=last)))
        start_s += _CUT_S
    while start_s < SECONDS + 1.5:
        period_s, gait = 1.0, first
        for _ in range(3):
            over_s = np.linspace(start_s, start_s + period_s, 20)
            speed_mps = max(0.4, float(np.interp(over_s, grid_s, belt_mps).mean()))
            gait = gait_at(round(speed_mps, 1))
            period_s = float(gait["T"])
        strides.append((start_s, period_s, dict(gait, v=speed_mps)))
        start_s += period_s
    made = gaits.Motion(body, strides, lambda t: np.interp(t, grid_s, belt_m), sway_m)
    for stances in made.st.values():
        for stance in stances:
            # Who stands has no events.
            stance["hidden"] = stance["ic"] < STANDS_S
    return made, {"cadence": None}


def standing(first: dict[str, Any], body: Any, start_s: float, *, last: bool) -> dict[str, Any]:
    """Return a stride in which both feet stay where they are; after the last one they walk."""
    gaits: Any = import_module("gait")
    gait = copy.deepcopy(first)
    gait.update(v=0.0, T=_CUT_S, sway=0.003, proll=0.0)
    gait.update(x=np.zeros_like(gait["x"]), z=np.zeros_like(gait["z"]))
    # The far leg swings first, for two fifths of a second; the near one follows it.
    duties = {"L": 0.6, "R": 1.12} if last else {"L": 1.0, "R": 1.0}
    for side, sign in zip(gaits.SIDES, (1, -1), strict=True):
        leg = gait[side]
        leg.update(off=0.0, duty=duties[side], phi_ic=0.0)
        # The foot is flat early in every stance: where would the ankle be, with the ball at zero?
        flat_m = gaits.stance_ankle(body, leg, np.array([0.1]), 0.0, sign)[0][0]
        leg["xtd"] = _ANKLE_X_M[side] - flat_m[0] - float(sway_m(start_s))
        if side == "R":
            aside_m = body.hip_half - abs(flat_m[1])
            off_m = np.hypot(aside_m, _ANKLE_X_M[side])
            gait["z"][0] = flat_m[2] + np.sqrt(_leg_m(body, _KNEE_DEG) ** 2 - off_m**2)
        if last:
            # The heels stay down until it is time.
            leg["ho"] = 0.8
        else:
            leg.update(phi_to=0.0, chi_to=0.0)
    return gait


def _leg_m(body: Any, knee_deg: float) -> float:
    """Return how far the ankle is from the hip with the knee bent so."""
    bent = np.cos(np.radians(knee_deg))
    return float(np.sqrt(body.thigh**2 + body.shank**2 + 2 * body.thigh * body.shank * bent))


if __name__ == "__main__":
    main()
