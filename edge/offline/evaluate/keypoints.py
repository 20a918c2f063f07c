"""Accuracy of the pipeline after the pose model, on force-plate trials with a simulated camera.

The pose model's own errors are included only as the simulated ones that are requested. A runner
in the training data of the event readings is evaluated with readings fitted without that runner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from edge.gait.event_reading import Reading
from edge.gait.gait_tracker import GaitTracker
from edge.messages.errors import EvaluationError
from edge.messages.gait import EventKind
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.metrics.model_offsets import NO_OFFSETS, ModelOffsets
from edge.offline.evaluate.accuracy_tables import (
    LegResult,
    event_tables,
    leg_tables,
    one_trial,
    strata,
)
from edge.offline.evaluate.following import Heard
from edge.offline.evaluate.force_plate import load_trial, trial_keys
from edge.offline.evaluate.held_out import readings_for
from edge.offline.evaluate.keypoint_run import KeypointRun, filmed, judged_s
from edge.offline.evaluate.marker_truth import MarkerTruth
from edge.offline.evaluate.metric_agreement import read_strides
from edge.offline.evaluate.pool import Progress, run_all
from edge.offline.evaluate.side_camera import NEAR
from edge.pipeline import Pipeline
from edge.pose.no_pictures import NoPictures
from edge.settings.gait_settings import MARKER_GAIT
from edge.settings.settings import Settings

# Parallax, in % of the shank at 1 m: the knee's marker is on the outside of the leg, about 8 cm
# nearer the lens than the toe's, and both are ahead of the lens at peak knee bend, so the nearer
# one appears further out. It falls with distance (geometry alone, the mean of 54 trials).
_KNEE_NEARER_PCT_M = 4.4


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """One trial's two legs compared with the truth."""

    key: str
    speed_mps: float
    strike: str
    near: LegResult
    far: LegResult


def evaluate_keypoints(
    file: Path, run: KeypointRun, progress: Progress, processes: int = 0
) -> dict[str, Any]:
    """Return the report of ``toeline evaluate keypoints``.

    Parameters
    ----------
    file
        An npz of trials.
    run
        The trials, camera and simulated errors.
    progress
        Called with the number of trials done and the total.
    processes
        Number of parallel processes; 0 for one per core.

    Returns
    -------
    The near leg's ``events`` and ``metrics`` over all trials, ``by_speed`` (m/s), ``by_strike`` of
    the near foot and ``by_trial``; the ``far`` leg's ``events``; all ready for JSON.

    Raises
    ------
    EvaluationError
        If the file contains no trials, or a trial is unknown.
    """
    keys = trial_keys(file)
    for key in run.trials:
        if key not in keys:
            raise EvaluationError(f"{file} has no trial {key}; known: {', '.join(keys)}")
    wanted = run.trials or tuple(keys)
    results = run_all(partial(run_trial, file, run), wanted, progress, processes)
    return _report(results, run)


def run_trial(file: Path, run: KeypointRun, key: str) -> TrialResult:
    """Simulate the camera on one trial and run the pipeline."""
    trial = load_trial(file, key)
    offsets = replace(NO_OFFSETS, knee_toe_pct=-_KNEE_NEARER_PCT_M / run.camera.distance_m)
    heard = follow(filmed(trial, run), readings_for(trial.runner), offsets)
    window_s = judged_s(trial, run)
    near, far = (_leg(heard, MarkerTruth(trial, side), window_s) for side in (NEAR, NEAR.other))
    return TrialResult(
        key=key, speed_mps=trial.speed_mps, strike=trial.strike[NEAR], near=near, far=far
    )


def follow(
    poses: Sequence[Pose], readings: Mapping[EventKind, Reading], offsets: ModelOffsets
) -> Heard:
    """Run the pipeline on marker poses, frame by frame."""
    pipeline = Pipeline(
        NoPictures(),
        Settings(gait=MARKER_GAIT),
        offsets,
        gait=lambda _: GaitTracker(MARKER_GAIT, readings=readings),
    )
    heard = Heard()
    for pose in poses:
        heard.take(pipeline.follow(pose).messages)
    return heard


def _leg(heard: Heard, truth: MarkerTruth, window_s: tuple[float, float]) -> LegResult:
    side: Side = truth.side
    true = {kind: truth.events_s(kind) for kind in EventKind}
    early = EventKind if heard.has_provisional else ()
    return LegResult(
        events={k: heard.score(k, side, true[k], window_s) for k in EventKind},
        provisional={k: heard.score(k, side, true[k], window_s, confirmed=False) for k in early},
        readings=read_strides(truth.trial.key, truth.strides(), heard.strides_of(side), window_s),
    )


def _report(results: Sequence[TrialResult], run: KeypointRun) -> dict[str, Any]:
    return {
        **leg_tables([r.near for r in results]),
        "settings": {
            **run.as_settings(),
            "gait": asdict(MARKER_GAIT),
            "event_readings": "fitted without the runner",
        },
        "by_speed": strata(results, lambda r: f"{r.speed_mps:.1f}", lambda r: r.near),
        "by_strike": strata(results, lambda r: r.strike, lambda r: r.near),
        "far": {"events": event_tables([r.far for r in results])},
        "by_trial": {
            r.key: {"speed_mps": r.speed_mps, "strike": r.strike, **one_trial(r.near)}
            for r in results
        },
    }
