"""Print how the real model does on clips with exact truth; `make accuracy` runs it.

The clips are rendered, and the model's offsets and the event offsets were fitted on them: these
figures are in-sample, and real people are not in them.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

_EVENTS = ("initial_contact", "peak_knee_flexion", "toe_off")
_TOLERANCE_S = 0.05
_METRICS = (
    "knee_toe_offset_pct",
    "shank_angle_deg",
    "hip_ankle_offset_pct",
    "knee_flexion_peak_deg",
    "knee_flexion_contact_deg",
    "knee_flexion_push_off_deg",
    "thigh_extension_deg",
    "plantarflexion_deg",
    "trunk_lean_deg",
    "overstride_pct",
    "ground_contact_ms",
)


def main(clips: Path) -> None:
    """Analyse every clip and print the tables as Markdown."""
    names = sorted(p.name.removesuffix(".truth.json") for p in clips.glob("*.truth.json"))
    truths = {n: json.loads((clips / f"{n}.truth.json").read_text()) for n in names}
    running = [n for n in names if truths[n]["mode"] in ("run", "mocap")]
    with tempfile.TemporaryDirectory() as out:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda n: _analyze(clips / f"{n}.mp4", Path(out)), names))
        _print_clips(names, truths, Path(out))
        _print_events(running, truths, Path(out))
        _print_metrics(running, truths, Path(out))


def _analyze(clip: Path, out: Path) -> None:
    command = [sys.executable, "-m", "edge", "analyze", str(clip), "--out", str(out)]
    subprocess.run(
        [*command, "--set", "pose.threads=1"], check=True, capture_output=True, env=os.environ
    )


def _say(line: str = "") -> None:
    sys.stdout.write(line + "\n")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _print_clips(names: list[str], truths: dict[str, Any], out: Path) -> None:
    _say("| clip | near strides found | cadence error | facing | knees forward | bent push-off |")
    _say("|---|---|---|---|---|---|")
    for name in names:
        truth, session = truths[name], json.loads((out / name / "session.json").read_text())
        near = truth["near_side"]
        strides = [s for s in _rows(out / name / "strides.csv") if s["near"] == "1"]
        wanted = [s for s in truth["strides"] if s["near"] and s["end_s"] and s["gait"] == "run"]
        found = sum(any(_same(s, w) for s in strides) for w in wanted)
        error = "-"
        if truth["cadence_spm"] and session["cadence_spm"]:
            error = f"{session['cadence_spm'] - truth['cadence_spm']:+.1f}"
        verdicts = [
            f"{session['verdicts'][f][near]['state']} ({truth['expected'][f][near]})"
            for f in ("knees_forward", "bent_push_off")
        ]
        _say(
            f"| {name} | {found}/{len(wanted)} | {error} | {session['facing']} | "
            f"{verdicts[0]} | {verdicts[1]} |"
        )


def _same(stride: dict[str, str], wanted: dict[str, Any]) -> bool:
    limit = 0.1 * float(wanted["end_s"] - wanted["start_s"])
    return all(abs(float(stride[end]) - float(wanted[end])) < limit for end in ("start_s", "end_s"))


def _print_events(names: list[str], truths: dict[str, Any], out: Path) -> None:
    _say(
        "\n| near-leg event | F1 at 50 ms | lowest clip | bias of matched ms | RMSE of matched ms |"
    )
    _say("|---|---|---|---|---|")
    for kind in _EVENTS:
        scores, errors = [], []
        for name in names:
            truth = truths[name]
            first, last = truth["judged_s"]
            got = [
                float(e["time_s"])
                for e in _rows(out / name / "events.csv")
                if e["kind"] == kind and e["near"] == "1"
            ]
            wanted = [
                e["time_s"]
                for e in truth["events"]
                if e["kind"] == kind and e["side"] == truth["near_side"]
            ]
            inside = [w for w in wanted if first <= w <= last]
            hits = _matched(inside, got)
            counted = sum(first <= g <= last for g in got)
            scores.append(min(1.0, 2 * len(hits) / max(1, len(inside) + counted)))
            errors += hits
        error_ms = 1000 * np.array(errors)
        _say(
            f"| {kind} | {np.mean(scores):.3f} | {min(scores):.2f} | {error_ms.mean():+.1f} | "
            f"{np.sqrt((error_ms**2).mean()):.1f} |"
        )


def _matched(wanted: list[float], got: list[float]) -> list[float]:
    """Return the errors of one-to-one matches within the tolerance, the closest pairs first."""
    pairs = sorted((abs(g - w), w, g) for w in wanted for g in got if abs(g - w) <= _TOLERANCE_S)
    used: set[float] = set()
    errors = []
    for _, w, g in pairs:
        if w not in used and -g not in used:
            # Detections are kept apart from true times by their sign.
            used |= {w, -g}
            errors.append(g - w)
    return errors


def _print_metrics(names: list[str], truths: dict[str, Any], out: Path) -> None:
    _say("\n| near-leg clip mean | bias | SD between clips | slope | worst clip |")
    _say("|---|---|---|---|---|")
    for metric in _METRICS:
        errors, values = [], []
        for name in names:
            truth, session = truths[name], json.loads((out / name / "session.json").read_text())
            value = session["sides"][truth["near_side"]]["metrics"][metric]["mean"]
            errors.append(value - truth["near_leg_means"][metric])
            values.append(truth["near_leg_means"][metric])
        e, v = np.array(errors), np.array(values)
        slope = np.polyfit(v, v + e, 1)[0]
        _say(
            f"| {metric} | {e.mean():+.1f} | {e.std(ddof=1):.1f} | {slope:.2f} | "
            f"{e[np.argmax(np.abs(e))]:+.1f} |"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
