"""Fit the event readings of contact and toe-off to force plates; evaluate on held-out runners.

Markers of treadmill runners, projected by a simulated camera, go through the gait room's smoother
and rules. Each event detected by a rule is paired with the force plate's; the reading is a ridge
regression of the time between them on the leg's vertical velocities before the event. In half of
the training films each runner's markers are moved as another laboratory would place them, and the
camera is rolled. Evaluation leaves out two runners at a time, with all their speeds; the weights
fitted without a runner are stored, for ``toeline evaluate keypoints`` to use on that runner. It is
repeated without the runner's speed in training, on moved markers, and on the third of the runners
whom the rule reads earliest and latest. `make train-events` runs this.

Data: Fukuchi, Fukuchi & Duarte (2017), PeerJ 5:e3298, CC BY 4.0.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.gait.event_reading import Reading, speeds_around
from edge.gait.foot_signals import LegSignals, leg_signals
from edge.gait.phases import REACH_LEAD_S, PhaseDetector
from edge.gait.planted_foot_speed import BeltSpeed
from edge.gait.smoother import PoseSmoother
from edge.gait.toe_off import TURN_LEAD_S
from edge.identity.view import ViewFinder
from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, TOE
from edge.offline.evaluate.flaws import Flaws
from edge.offline.evaluate.force_plate import Trial, load_trial, runner_of, trial_keys
from edge.offline.evaluate.keypoint_run import KeypointRun, filmed
from edge.offline.evaluate.side_camera import NEAR, SideCamera
from edge.settings.gait_settings import MARKER_GAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """How the trials are filmed: seed, and whether every runner's markers are moved."""

    fps: float
    noise_mm: float
    seed: int
    moved: bool = False
    roll_deg: float = 0.0


# Vertical velocities of mid-hip, knee, ankle, heel and toe, at the rule's time and before. More
# instants do not predict other runners any better.
CHANNELS = (0, 2, 4, 6, 8)
AT_S = (-0.04, 0.0)
LIMIT_S = 0.03
# Stronger than cross-validation on markers suggests: points from pictures have other errors.
RIDGE = {EventKind.INITIAL_CONTACT: 1.0, EventKind.TOE_OFF: 1.0}
# On points other than these, a rule's time is further off than here.
JITTER_S = 0.008
JITTERS = 1
TRAINED = (
    Film(fps=60.0, noise_mm=5.0, seed=11),
    Film(fps=60.0, noise_mm=10.0, seed=13),
    Film(fps=30.0, noise_mm=5.0, seed=14),
    Film(fps=60.0, noise_mm=5.0, seed=15, moved=True),
    Film(fps=60.0, noise_mm=5.0, seed=16, moved=True, roll_deg=2.0),
    Film(fps=60.0, noise_mm=5.0, seed=17, moved=True, roll_deg=-2.0),
)
# For evaluation only.
JUDGED = (
    Film(fps=60.0, noise_mm=5.0, seed=21),
    Film(fps=30.0, noise_mm=5.0, seed=22),
    Film(fps=60.0, noise_mm=10.0, seed=24),
    Film(fps=60.0, noise_mm=5.0, seed=25, moved=True),
)
# The rules as they are where the readings are read.
RULES = replace(MARKER_GAIT, contact_offset_s=REACH_LEAD_S, toe_off_offset_s=TURN_LEAD_S)
LEFT_OUT = 2
SECONDS = 8.0
SETTLED_S, END_S = 1.5, 0.3
MATCHED_S = 0.05
_WINDOW = 40
_FORMAT = "{:.5f}"
# SD of a marker's place along and across its segment, m: what two examiners differ by.
_PLACED_M = {
    HIP: (0.020, 0.015),
    KNEE: (0.015, 0.010),
    ANKLE: (0.010, 0.008),
    HEEL: (0.012, 0.010),
    TOE: (0.015, 0.007),
}
# The far end of the segment a marker is placed on.
_ALONG = {HIP: KNEE, KNEE: ANKLE, ANKLE: KNEE, HEEL: TOE, TOE: HEEL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One event detected by a rule and confirmed by the force plate."""

    kind: EventKind
    key: str
    near: bool
    late_s: float
    speeds: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Events of one kind: velocities (n, p), the plate's time minus the rule's (n,), trials."""

    speeds: Floats
    late_s: Floats
    runner: NDArray[np.str_]
    speed: NDArray[np.str_]
    key: NDArray[np.str_]
    near: NDArray[np.bool_]


def main() -> None:
    """Train, evaluate, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", type=Path, help="rbds.npz")
    parser.add_argument("out", type=Path, help="event_weights.py")
    parser.add_argument("held_out", type=Path, help="held_out_readings.json")
    given = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        trained = [_film_all(pool, given.trials, film, jitters=JITTERS) for film in TRAINED]
        judged = [_film_all(pool, given.trials, film, jitters=0) for film in JUDGED]
    runners = sorted({runner_of(key) for key in trial_keys(given.trials)})
    readings, held_out = {}, {}
    for kind, ridge in RIDGE.items():
        tables = [_table(opened, kind) for opened in trained]
        readings[kind] = _fit(tables, ridge)
        speeds = ("", *sorted(set(tables[0].speed.tolist())))
        without = {v: _held_out(tables, runners, ridge, v) for v in speeds}
        held_out[kind] = without[""]
        for film, opened in zip(JUDGED, judged, strict=True):
            _say(kind, film, _table(opened, kind), readings[kind], without)
        _say_thirds(kind, _table(judged[0], kind), tables, ridge)
    given.out.write_text(_module(readings), encoding="utf-8")
    given.held_out.write_text(_json(runners, held_out), encoding="utf-8")


def _film_all(pool: ProcessPoolExecutor, trials: Path, film: Film, jitters: int) -> list[Opened]:
    keys = trial_keys(trials)
    one = partial(_film, trials, film, jitters)
    return [event for found in pool.map(one, keys) for event in found]


def moved(trial: Trial, seed: int) -> Trial:
    """Return a trial with the runner's markers placed by somebody else, the same at every speed."""
    random = np.random.default_rng([seed, *trial.runner.encode()])
    markers = trial.markers_m.copy()
    for marker, (along_m, across_m) in _PLACED_M.items():
        axis = trial.markers_m[:, :, _ALONG[marker], :2] - trial.markers_m[:, :, marker, :2]
        axis /= np.linalg.norm(axis, axis=-1, keepdims=True)
        across = np.stack([-axis[..., 1], axis[..., 0]], axis=-1)
        markers[:, :, marker, :2] += random.normal(0.0, along_m) * axis
        markers[:, :, marker, :2] += random.normal(0.0, across_m) * across
    return replace(trial, markers_m=markers)


def _film(trials: Path, film: Film, jitters: int, key: str) -> list[Opened]:
    """Run smoother and rules on one trial; return its events, as they are or jittered."""
    trial = load_trial(trials, key)
    trial = moved(trial, film.seed) if film.moved else trial
    camera = SideCamera(frame_rate_hz=film.fps, roll_deg=film.roll_deg)
    run = KeypointRun(
        camera=camera, flaws=Flaws(noise_mm=film.noise_mm), seed=film.seed, seconds=SECONDS
    )
    poses = filmed(trial, run)
    finder, smoother, belt = (ViewFinder(NEAR), PoseSmoother(RULES.window_s), BeltSpeed())
    detectors = {side: PhaseDetector(side, RULES, readings={}) for side in Side}
    past: dict[Side, list[LegSignals]] = {side: [] for side in Side}
    found: list[tuple[EventKind, Side, float, float]] = []
    for i, pose in enumerate(poses):
        leg_px = finder.update(pose).leg_px
        for smooth in smoother.update(poses[max(0, i - _WINDOW) : i + 1], leg_px):
            now = {side: leg_signals(smooth, side, NEAR, leg_px) for side in Side}
            speed = belt.update(smooth.time_s, now[NEAR].ball_forward_px_s)
            for side, detector in detectors.items():
                past[side].append(now[side])
                for e in detector.update(now[side], speed, near=side is NEAR, walking=False):
                    found.append((e.kind, side, e.time_s, speed))
    random = np.random.default_rng([film.seed, *key.encode()])
    opened = []
    for kind, side, rule_s, speed in found:
        if kind not in RIDGE or not SETTLED_S < rule_s < SECONDS - END_S:
            continue
        true_s = trial.plate_events_s(kind, side)
        nearest_s = float(true_s[np.argmin(np.abs(true_s - rule_s))])
        if abs(nearest_s - rule_s) > MATCHED_S:
            continue
        for by_s in random.normal(0.0, JITTER_S, jitters) if jitters else (0.0,):
            speeds = speeds_around(past[side], rule_s + by_s, speed, AT_S, CHANNELS)
            late_s = nearest_s - rule_s - by_s
            if np.isfinite(speeds).all():
                opened.append(
                    Opened(kind=kind, key=key, near=side is NEAR, late_s=late_s, speeds=speeds)
                )
    return opened


def _table(opened: list[Opened], kind: EventKind) -> Table:
    own = [e for e in opened if e.kind is kind]
    return Table(
        speeds=np.array([e.speeds.ravel() for e in own]),
        late_s=np.array([e.late_s for e in own]),
        runner=np.array([runner_of(e.key) for e in own]),
        speed=np.array([e.key.partition("_")[2] for e in own]),
        key=np.array([e.key for e in own]),
        near=np.array([e.near for e in own]),
    )


def _fit(
    tables: list[Table], ridge: float, runners: Sequence[str] = (), speed: str = ""
) -> Reading:
    """Return the ridge regression over all tables, without some runners and without a speed."""
    kept = [~np.isin(t.runner, runners) & (t.speed != speed) for t in tables]
    x = np.concatenate([t.speeds[k] for t, k in zip(tables, kept, strict=True)])
    y = np.concatenate([t.late_s[k] for t, k in zip(tables, kept, strict=True)])
    middle, spread = x.mean(axis=0), x.std(axis=0)
    z = (x - middle) / spread
    matrix = z.T @ z / len(z) + ridge * np.eye(z.shape[1])
    weights = np.linalg.solve(matrix, z.T @ (y - y.mean()) / len(z)) / spread
    return Reading(
        at_s=AT_S,
        channels=CHANNELS,
        weights_s=tuple(tuple(row) for row in weights.reshape(len(AT_S), -1).tolist()),
        offset_s=float(y.mean() - middle @ weights),
        limit_s=LIMIT_S,
    )


def _held_out(
    tables: list[Table], runners: list[str], ridge: float, speed: str = ""
) -> dict[str, Reading]:
    """Return, for each runner, the reading fitted without that runner, and without one speed."""
    readings: dict[str, Reading] = {}
    for i in range(0, len(runners), LEFT_OUT):
        names = runners[i : i + LEFT_OUT]
        readings |= dict.fromkeys(names, _fit(tables, ridge, names, speed))
    return readings


def _errors_ms(table: Table, reading: Reading) -> Floats:
    later = reading.offset_s + table.speeds @ np.array(reading.weights_s).ravel()
    return 1000 * np.asarray(np.clip(later, -LIMIT_S, LIMIT_S) - table.late_s)


def _errors_of(judged: Table, held_out: dict[str, Reading], speed: str = "") -> Floats:
    """Return the errors of one speed's events, or of all, each by its own runner's reading."""
    errors = np.full(len(judged.late_s), np.nan)
    for runner, reading in held_out.items():
        own = (judged.runner == runner) & ((judged.speed == speed) | (not speed))
        errors[own] = _errors_ms(judged, reading)[own]
    return errors


def _say(
    kind: EventKind,
    film: Film,
    judged: Table,
    whole: Reading,
    held_out: dict[str, dict[str, Reading]],
) -> None:
    """Print the near leg's errors.

    By the rule; by the reading without the runner, without the runner and the speed, and fitted to
    all.
    """
    by_speed = [_errors_of(judged, held_out[v], v) for v in sorted(set(judged.speed.tolist()))]
    columns = [
        -1000 * judged.late_s,
        _errors_of(judged, held_out[""]),
        np.nansum(by_speed, axis=0),
        _errors_ms(judged, whole),
    ]
    cells = [_cell(errors[judged.near], judged.key[judged.near]) for errors in columns]
    place = "moved" if film.moved else "as placed"
    sys.stdout.write(
        f"| {kind} | {film.fps:.0f} | {film.noise_mm:.0f} | {place} | {' | '.join(cells)} |\n"
    )


def _say_thirds(kind: EventKind, judged: Table, tables: list[Table], ridge: float) -> None:
    """Print the errors on the third of the runners read earliest, and latest, by the rule."""
    names = sorted(set(judged.runner.tolist()), key=lambda r: _late_s(judged, r))
    third = len(names) // 3
    for word, group in (("latest", names[:third]), ("earliest", names[-third:])):
        own = np.isin(judged.runner, group) & judged.near
        read = _errors_ms(judged, _fit(tables, ridge, group))[own]
        # The rule with its constant fitted to the others.
        usual_ms = 1000 * judged.late_s[~np.isin(judged.runner, group) & judged.near].mean()
        cells = [_cell(e, judged.key[own]) for e in (usual_ms - 1000 * judged.late_s[own], read)]
        sys.stdout.write(f"| {kind} | third read {word} | {' | '.join(cells)} |\n")


def _late_s(judged: Table, runner: str) -> float:
    return float(judged.late_s[judged.runner == runner].mean())


def _cell(errors_ms: Floats, key: NDArray[np.str_]) -> str:
    trials = [errors_ms[key == k].mean() for k in sorted(set(key.tolist()))]
    return (
        f"{np.sqrt((errors_ms**2).mean()):.1f} ({errors_ms.mean():+.1f}; {np.std(trials):.1f}; "
        f"{100 * (np.abs(errors_ms) <= 20).mean():.1f} %)"
    )


def _module(readings: dict[EventKind, Reading]) -> str:
    """Return the text of the module with the weights, as the formatter leaves it."""
    lines = [
        '"""Weights of the linear event corrections, generated by `make train-events`.',
        "",
        "Fitted to force plates: Fukuchi, Fukuchi & Duarte (2017), PeerJ 5:e3298, CC BY 4.0.",
        '"""',
        "",
        "from typing import Final",
        "",
        "from edge.gait.event_reading import Reading",
        "from edge.messages.gait import EventKind",
        "",
        "READINGS: Final = {",
    ]
    for kind, reading in readings.items():
        lines += [
            f"    EventKind.{kind.name}: Reading(",
            f"        at_s={reading.at_s!r},",
            f"        channels={reading.channels!r},",
            "        weights_s=(",
            *(
                f"            ({', '.join(_FORMAT.format(w) for w in row)}),"
                for row in reading.weights_s
            ),
            "        ),",
            f"        offset_s={_FORMAT.format(reading.offset_s)},",
            f"        limit_s={reading.limit_s!r},",
            "    ),",
        ]
    return "\n".join([*lines, "}", ""])


def _json(runners: list[str], held_out: dict[EventKind, dict[str, Reading]]) -> str:
    """Return the held-out readings, by runner and kind of event."""
    table = {
        runner: {str(kind): asdict(readings[runner]) for kind, readings in held_out.items()}
        for runner in runners
    }
    rounded = json.loads(json.dumps(table), parse_float=lambda text: round(float(text), 5))
    return json.dumps(rounded, separators=(",", ":")).replace('},"s', '},\n"s') + "\n"


if __name__ == "__main__":
    main()
