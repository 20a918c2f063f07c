"""Accuracy of the whole pipeline, from the picture on, on rendered clips with exact truth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from edge.capture.source import open_source
from edge.messages.arrays import Floats
from edge.messages.gait import EventKind, GaitState
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import KNEE, LEFT_LEG, RIGHT_LEG, TOE
from edge.messages.verdict import Fault
from edge.offline.evaluate.accuracy_tables import (
    LegResult,
    event_tables,
    leg_tables,
    one_trial,
    strata,
)
from edge.offline.evaluate.clip_truth import ClipTruth, find_clips, load_clip, load_points
from edge.offline.evaluate.following import Heard
from edge.offline.evaluate.leg_points import PointScore, identity_table, point_table, score_points
from edge.offline.evaluate.metric_agreement import read_strides
from edge.offline.evaluate.own_labels import OwnLabels
from edge.offline.evaluate.pool import Progress, run_all
from edge.offline.evaluate.real.film_ways import AS_FILMED, WAYS, Way
from edge.offline.evaluate.score_agreement import Scored, score_table
from edge.pipeline import Pipeline
from edge.pose.opening import open_pose
from edge.record.numbers import number
from edge.record.summary import SessionFacts, SessionSummary
from edge.settings.settings import Settings, settings_sha256

# From green to red; states one step apart are neighbours, as is the borderline between them.
_LIGHTS = ("green", "amber", "red")
_BORDERLINE, _UNKNOWN = "borderline", "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRun:
    """The parameters of an evaluation.

    Attributes
    ----------
    settings
        The pipeline's settings.
    models
        The models folder.
    raw
        Use the pose model's left and right, uncorrected.
    names
        Only these clips; empty for all.
    way
        How the clips are shown, a name of ``WAYS``; not mirrored, as truth has sides.
    """

    settings: Settings
    models: Path
    raw: bool = False
    names: tuple[str, ...] = ()
    way: str = AS_FILMED


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipResult:
    """One clip compared with its truth; ``session`` is the content of ``session.json``."""

    truth: ClipTruth
    near: LegResult
    far: LegResult
    points: PointScore
    scored: Scored
    session: dict[str, Any]


def evaluate_clips(
    folders: tuple[Path, ...], run: ClipRun, progress: Progress, processes: int = 0
) -> dict[str, Any]:
    """Return the report of ``toeline evaluate clips``.

    Parameters
    ----------
    folders
        Folders of clips with their truth files.
    run
        The clips and the model.
    progress
        Called with the number of clips done and the total.
    processes
        Number of parallel processes; 0 for one per core.

    Returns
    -------
    For running clips, near leg: ``events``, ``metrics``, ``identity``, ``keypoints``,
    ``by_speed``, ``by_frame_rate``, ``by_kind`` (``run`` or ``mocap``), and the ``far`` leg's
    ``events``; for every clip its ``verdicts`` and its entry in ``clips``; all ready for JSON.

    Raises
    ------
    EvaluationError
        If a folder contains no clips, or a truth file cannot be read.
    CaptureError
        If a video cannot be opened.
    WeightsError, ModelError
        If a model is missing or cannot be opened.
    """
    paths = find_clips(folders, run.names)
    return _report(run_all(partial(run_clip, run), paths, progress, processes), run)


def run_clip(run: ClipRun, path: Path) -> ClipResult:
    """Run the pipeline on one clip; ``path`` is its truth file."""
    truth, true_points = load_clip(path), load_points(path)
    seen = _Seen(truth, run)
    with open_source(str(truth.video), run.settings.capture, own_pace=False) as source:
        for film_frame in source:
            if frame := WAYS[run.way].frame(film_frame):
                seen.take(seen.pipeline.update(frame).messages)
        seen.take(seen.pipeline.finish())
    near, far = (_leg(seen.heard, truth, side) for side in (truth.near, truth.near.other))
    poses = _judged(seen.poses, truth, len(true_points[truth.near]))
    points = _points(poses, truth, true_points)
    return ClipResult(
        truth=truth,
        near=near,
        far=far,
        points=points,
        scored=Scored(
            scores=np.array([seen.scores.get(p.time_s, np.nan) for p in poses]),
            errors_pct=100 * points.errors_px[:, KNEE:].mean(axis=1) / truth.leg_px,
        ),
        session=seen.summary.result(),
    )


class _Seen:
    """One clip's pipeline and its output."""

    def __init__(self, truth: ClipTruth, run: ClipRun) -> None:
        self.pipeline = Pipeline(
            open_pose(run.settings.pose, run.models).estimator,
            run.settings,
            identity=OwnLabels() if run.raw else None,
        )
        self.heard = Heard()
        self.poses: list[Pose] = []
        self.scores: dict[float, float] = {}
        self._way = WAYS[run.way]
        self.summary = SessionSummary(
            SessionFacts(
                toeline="",
                source=truth.name,
                model=run.settings.pose.model_name,
                config_sha256=settings_sha256(run.settings),
                nominal_rate_hz=truth.frame_rate_hz,
            )
        )

    def take(self, messages: Sequence[Message]) -> None:
        """Add one frame's messages."""
        self.heard.take(messages)
        for message in messages:
            self.summary.update(message)
            if isinstance(message, Pose):
                self.poses.append(_as_filmed(message, self._way))
            elif isinstance(message, GaitState):
                self.scores[message.time_s] = message.legs.score


def _leg(heard: Heard, truth: ClipTruth, side: Side) -> LegResult:
    early = EventKind if heard.has_provisional else ()

    def scores(kinds: Sequence[EventKind], *, confirmed: bool) -> dict[EventKind, Any]:
        return {
            k: heard.score(k, side, truth.events_s[side, k], truth.window_s, confirmed=confirmed)
            for k in kinds
        }

    return LegResult(
        events=scores(tuple(EventKind), confirmed=True),
        provisional=scores(tuple(early), confirmed=False),
        readings=read_strides(
            truth.name, truth.strides[side], heard.strides_of(side), truth.window_s
        ),
    )


def _as_filmed(pose: Pose, way: Way) -> Pose:
    """Return a pose in the clip's own picture and frames."""
    return replace(
        pose,
        frame_index=pose.frame_index * way.step,
        xy_px=way.points(pose.xy_px, pose.size_px[0]),
    )


def _judged(poses: Sequence[Pose], truth: ClipTruth, frames: int) -> list[Pose]:
    """Return the poses inside the evaluated window and the true points."""
    start, end = truth.window_s
    return [p for p in poses if start <= p.time_s < end and p.frame_index < frames]


def _points(judged: Sequence[Pose], truth: ClipTruth, true_px: Mapping[Side, Floats]) -> PointScore:
    """Compare poses with the true points of their frames."""
    leg = list(LEFT_LEG if truth.near is Side.LEFT else RIGHT_LEG)
    seen = np.array([p.body_px[leg] for p in judged]).reshape(len(judged), len(leg), 2)
    near, far = (_as_seen(true_px[side], judged) for side in (truth.near, truth.near.other))
    return score_points(seen, near, far, truth.leg_px)


def _as_seen(points_px: Floats, poses: Sequence[Pose]) -> Floats:
    """Return the true leg of each pose, shape (n, 5, 2), with the toe as the pose defines it.

    The leg reader's toe is the tip of the shoe; the pose model's is the big toe.
    """
    rows = np.array([p.frame_index for p in poses], np.intp)
    read = np.array([p.legs_px is not None for p in poses], bool)
    legs = points_px[rows, : TOE + 1].copy()
    legs[read, TOE] = points_px[rows[read], TOE + 1]
    return legs


def _report(results: Sequence[ClipResult], run: ClipRun) -> dict[str, Any]:
    runs = [r for r in results if r.truth.running]
    return {
        **leg_tables([r.near for r in runs]),
        "n_clips": len(results),
        "settings": {
            "model": run.settings.pose.model,
            "raw": run.raw,
            "shown": run.way,
            **_gait(run),
        },
        "identity": identity_table({r.truth.name: r.points for r in runs}),
        "score": score_table({r.truth.name: r.scored for r in runs}),
        "keypoints": point_table([r.points for r in runs]),
        "verdicts": {r.truth.name: _verdicts(r) for r in results},
        "verdict_counts": _verdict_counts(results),
        "by_speed": strata(runs, lambda r: f"{r.truth.belt_speed_mps:.1f}", lambda r: r.near),
        # Rendered runners have no foot strike type.
        "by_strike": {},
        "by_frame_rate": strata(runs, lambda r: f"{r.truth.frame_rate_hz:g}", lambda r: r.near),
        "by_kind": strata(runs, lambda r: r.truth.mode, lambda r: r.near),
        "far": {"events": event_tables([r.far for r in runs])},
        "clips": {r.truth.name: _one_clip(r) for r in results},
    }


def _gait(run: ClipRun) -> dict[str, Any]:
    return {"gait": asdict(run.settings.gait), "sha256": settings_sha256(run.settings)}


def _one_clip(result: ClipResult) -> dict[str, Any]:
    truth, session = result.truth, result.session
    cadence = session["cadence_spm"]
    error = np.nan if cadence is None else cadence - truth.cadence_spm
    return {
        "mode": truth.mode,
        "fps": truth.frame_rate_hz,
        "near_side": truth.near.value,
        "belt_speed_mps": number(truth.belt_speed_mps),
        **one_trial(result.near),
        "cadence_spm": {
            "true": number(truth.cadence_spm),
            "measured": cadence,
            "error": number(error),
        },
        "activity_s": session["activity_s"],
        "facing": session["facing"],
        "identity": identity_table({truth.name: result.points}),
        "keypoints": point_table([result.points]),
    }


def _verdicts(result: ClipResult) -> dict[str, Any]:
    got = {
        fault: {side: verdict["state"] for side, verdict in sides.items()}
        for fault, sides in result.session["verdicts"].items()
    }
    expected = {str(fault): dict(sides) for fault, sides in result.truth.expected.items()}
    return {"expected": expected, "got": got}


def _verdict_counts(results: Sequence[ClipResult]) -> dict[str, int]:
    """Count the near leg's verdicts in running clips by their relation to the expected ones."""
    counts = Counter(
        verdict_relation(
            result.truth.expected[fault][result.truth.near],
            result.session["verdicts"][fault][result.truth.near]["state"],
        )
        for result in results
        if result.truth.running
        for fault in Fault
    )
    return {name: counts[name] for name in ("same", "neighbour", "opposite", "unknown")}


def verdict_relation(expected: str, got: str) -> str:
    """Return the relation of a verdict state to the expected one.

    Returns
    -------
    ``same``; ``neighbour`` for the next state or for ``borderline``; ``opposite`` for green
    against red; ``unknown`` where only one of the two is unknown.

    Examples
    --------
    >>> verdict_relation("red", "amber"), verdict_relation("green", "red")
    ('neighbour', 'opposite')
    """
    if expected == got:
        return "same"
    if _UNKNOWN in (expected, got):
        return "unknown"
    if _BORDERLINE in (expected, got):
        return "neighbour"
    steps = abs(_LIGHTS.index(expected) - _LIGHTS.index(got))
    return "neighbour" if steps == 1 else "opposite"
