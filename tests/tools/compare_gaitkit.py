"""Compare gaitkit's offline detectors with Toeline on the same simulated trials.

`make compare-gaitkit` runs this in a separate environment; gaitkit (MIT) is not a dependency of
Toeline. Its methods see the whole trial, before and after an event; Toeline decides frame by frame.
For both, the near leg is scored against the force plates in the same way. Points are given as by
gaitkit's own reader of two-dimensional poses: forward, 0, up; dropped frames are interpolated
linearly. They are given in millimetres, as its thresholds expect, and again in centimetres, in
which its best method for contact finds more events.
"""

import argparse
import json
import os
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, LEFT_LEG, LEFT_SHOULDER, RIGHT_LEG, TOE
from edge.numerics.sagittal import knee_flexion_deg, runner_axes, shank_angle_deg, thigh_angle_deg
from edge.offline.evaluate.agreement import EventScore, event_figures, score_events
from edge.offline.evaluate.force_plate import Trial, load_trial
from edge.offline.evaluate.keypoint_run import KeypointRun, filmed, judged_s, run_of
from edge.offline.evaluate.marker_truth import MarkerTruth
from edge.offline.evaluate.pool import run_all
from edge.offline.evaluate.side_camera import NEAR, PX_PER_M, SIZE_PX

# Methods without a network: the two others install a deep-learning framework and fetch weights.
_NAMES = (
    "bike", "zeni", "oconnor", "hreljac", "mickelborough", "ghoussayni", "vancanneyt", "dgei"
)  # fmt: skip
# By label on the page: the method, and the units per metre.
METHODS = {name: (name, 1000.0) for name in _NAMES} | {"bike, in cm": ("bike", 100.0)}
# A method that finds few events may time those very well, but must not rank above complete ones.
_LEAST_F1 = 0.9
_KINDS = {EventKind.INITIAL_CONTACT: "right_hs", EventKind.TOE_OFF: "right_to"}
_LEGS = {"left": LEFT_LEG, "right": RIGHT_LEG}
_POINTS = {"hip": HIP, "knee": KNEE, "ankle": ANKLE, "heel": HEEL, "toe": TOE}
Scores = dict[str, dict[str, EventScore]]


def main() -> None:
    """Run every method on a report's trials and print the best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", type=Path, help="the npz of trials")
    parser.add_argument("report", type=Path, help="of `toeline evaluate keypoints`")
    parser.add_argument("--json", type=Path, required=True)
    given = parser.parse_args()
    # Its methods must not install anything.
    os.environ["GAITKIT_AUTO_INSTALL_DEPS"] = "0"
    report = json.loads(given.report.read_text())
    run = run_of(report["settings"], tuple(report["by_trial"]))
    scores = run_all(partial(_score_trial, given.trials, run), run.trials, _say_progress)
    content = _compared(report, scores, run)
    given.json.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n")
    _tell(content)


def _score_trial(file: Path, run: KeypointRun, key: str) -> Scores:
    import gaitkit

    points_m, scores = trial_points_m(run, file, key), {}
    for name, (method, per_m) in METHODS.items():
        frames = _frames(points_m, per_m)
        found = gaitkit.detect(frames, method=method, fps=run.camera.frame_rate_hz)
        scores[name] = _score(found, load_trial(file, key), run)
    return scores


def _score(found: Any, trial: Trial, run: KeypointRun) -> dict[str, EventScore]:
    scores = {}
    for kind, name in _KINDS.items():
        times = np.array([e["frame"] for e in getattr(found, name)], float)
        times = times / run.camera.frame_rate_hz
        true = MarkerTruth(trial, NEAR).events_s(kind)
        # It decides after seeing the whole trial.
        never = np.full(times.shape, np.nan)
        scores[kind.value] = score_events(true, times, never, judged_s(trial, run))
    return scores


def trial_points_m(run: KeypointRun, file: Path, key: str) -> Floats:
    """Return all keypoints of every frame, shape (n, 33, 2), metres, x forward, y up."""
    poses = filmed(load_trial(file, key), run)
    seen = np.array([p.frame_index for p in poses])
    xy = np.array([p.xy_px for p in poses]).reshape(seen.size, -1)
    every = np.arange(seen[-1] + 1)
    filled = np.stack([np.interp(every, seen, column) for column in xy.T], axis=1)
    points = filled.reshape(every.size, -1, 2) - np.array([0.0, SIZE_PX[1]])
    return np.asarray(runner_axes(points, NEAR) / PX_PER_M)


def _frames(points_m: Floats, per_m: float) -> list[dict[str, Any]]:
    legs = {side: points_m[:, list(indices)] for side, indices in _LEGS.items()}
    angles = {side: _angles(leg) for side, leg in legs.items()}
    frames = []
    for i in range(len(points_m)):
        landmarks = {
            f"{side}_{name}": _pseudo(legs[side][i, point], per_m)
            for side in legs
            for name, point in _POINTS.items()
        }
        hips = (legs["left"][i, HIP] + legs["right"][i, HIP]) / 2
        landmarks["pelvis"] = landmarks["sacrum"] = _pseudo(hips, per_m)
        for side in legs:
            landmarks[f"{side}_shoulder"] = _pseudo(points_m[i, LEFT_SHOULDER], per_m)
        turned = {f"{side}_{n}": float(a[i]) for side in legs for n, a in angles[side].items()}
        frames.append({"frame_index": i, "landmark_positions": landmarks, **turned})
    return frames


def _pseudo(point_m: Floats, per_m: float) -> tuple[float, float, float]:
    return per_m * float(point_m[0]), 0.0, per_m * float(point_m[1])


def _angles(leg: Floats) -> dict[str, Floats]:
    foot = leg[:, TOE] - leg[:, ANKLE]
    down = np.rad2deg(np.arctan2(foot[:, 1], foot[:, 0]))
    return {
        "hip_angle": thigh_angle_deg(leg[:, HIP], leg[:, KNEE]),
        "knee_angle": knee_flexion_deg(leg[:, HIP], leg[:, KNEE], leg[:, ANKLE]),
        "ankle_angle": shank_angle_deg(leg[:, KNEE], leg[:, ANKLE]) + down,
    }


def _compared(report: dict[str, Any], scores: list[Scores], run: KeypointRun) -> dict[str, Any]:
    methods = {
        name: {kind.value: event_figures([s[name][kind] for s in scores]) for kind in _KINDS}
        for name in METHODS
    }

    def rank(name: str) -> tuple[bool, float]:
        figures = methods[name][EventKind.INITIAL_CONTACT]
        return (figures["f1_50ms"] or 0.0) < _LEAST_F1, figures["rmse_ms"] or np.inf

    best = min(methods, key=rank)
    ours = {kind.value: report["events"][kind] for kind in _KINDS}
    contact = EventKind.INITIAL_CONTACT
    return {
        "gaitkit": version("gaitkit"),
        "settings": run.as_settings(),
        "n_trials": len(scores),
        "toeline": ours,
        "methods": methods,
        "best_initial_contact": best,
        "rmse_ratio": ours[contact]["rmse_ms"] / methods[best][contact]["rmse_ms"],
    }


def _say_progress(done: int, total: int | None) -> None:
    sys.stderr.write(f"{done} of {total} trials\n")


def _tell(content: dict[str, Any]) -> None:
    rows = {"toeline": content["toeline"], **content["methods"]}
    for kind in _KINDS:
        sys.stdout.write(f"\n{kind.value:20} {'F1 50 ms':>9} {'bias ms':>9} {'RMSE ms':>9}\n")
        for name, figures in rows.items():
            row = [figures[kind][c] for c in ("f1_50ms", "bias_ms", "rmse_ms")]
            cells = ("        -" if v is None else f"{v:9.3f}" for v in row)
            sys.stdout.write(f"{name:20} {' '.join(cells)}\n")
    sys.stdout.write(
        f"\nbest initial contact: {content['best_initial_contact']}; "
        f"Toeline's RMSE is {content['rmse_ratio']:.2f} of its\n"
    )


if __name__ == "__main__":
    main()
