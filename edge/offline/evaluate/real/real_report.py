"""The report of ``toeline evaluate real``: every film, all films pooled, and the model's error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.skeleton import LEG_POINTS
from edge.offline.evaluate.pool import Progress, run_all
from edge.offline.evaluate.real.compare import (
    COMPARED,
    Compared,
    compare,
    labelling_differences,
)
from edge.offline.evaluate.real.eye_values import expected_strides
from edge.offline.evaluate.real.labels import LabelledClip, load_labels
from edge.offline.evaluate.real.real_run import READER, STATION, RealRun, see_film
from edge.offline.evaluate.score_agreement import Scored, score_table
from edge.record.numbers import number
from edge.settings.settings import settings_sha256

_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RealResult:
    """One film compared with its labels.

    Attributes
    ----------
    clip
        Its labels.
    duration_s
        Of the film.
    expected
        Whole strides of the near leg that it holds; None if unknown.
    sources
        The comparison by source.
    session
        The content of ``session.json``.
    notices
        Sentences that a user sees.
    """

    clip: LabelledClip
    duration_s: float
    expected: int | None
    sources: Mapping[str, Compared]
    session: Mapping[str, Any]
    notices: tuple[str, ...]

    @property
    def said(self) -> tuple[str, ...]:
        """What a user reads of why the film, or a fault, cannot be judged."""
        near = self.session["near_side"]
        reasons = [
            verdict[near]["reason"]
            for verdict in self.session["verdicts"].values()
            if near and verdict[near]["state"] == _UNKNOWN
        ]
        return tuple(dict.fromkeys((*self.notices, *reasons)))


def evaluate_real(
    folder: Path, run: RealRun, progress: Progress, processes: int = 0
) -> dict[str, Any]:
    """Return the report of ``toeline evaluate real``.

    Parameters
    ----------
    folder
        Films with their ``labels.json``.
    run
        The films, the model, and how the films are shown.
    progress
        Called with the number of films done and the total.
    processes
        Number of parallel processes; 0 for one per core.

    Returns
    -------
    ``settings``; ``clips`` by name, ``pooled``, ``score`` and ``model_error``; ready for JSON.

    Raises
    ------
    EvaluationError
        If the labels cannot be read, or do not fit a film.
    CaptureError
        If a film cannot be opened.
    WeightsError, ModelError
        If a model is missing or cannot be opened.
    """
    clips = load_labels(folder, run.names)
    results = run_all(partial(run_film, run), clips, progress, processes)
    return {
        "n_clips": len(results),
        "settings": {
            "model": run.settings.pose.model,
            "shown": run.way,
            "sha256": settings_sha256(run.settings),
        },
        **report_tables(results),
    }


def run_film(run: RealRun, clip: LabelledClip) -> RealResult:
    """Run the station on one film and compare every source with the labels."""
    film = see_film(run, clip)
    return RealResult(
        clip=clip,
        duration_s=film.duration_s,
        expected=expected_strides(clip, film.duration_s),
        sources={
            name: compare(clip, film, source, run.shown) for name, source in film.sources.items()
        },
        session=film.session,
        notices=film.notices,
    )


def report_tables(results: Sequence[RealResult]) -> dict[str, Any]:
    """Return ``clips``, ``pooled``, ``score`` and ``model_error`` for JSON.

    The last is the station's own; ``model_errors`` has those of every source.
    """
    names = list(dict.fromkeys(name for r in results for name in r.sources))
    errors = {name: model_error(_by_clip(results, name)) for name in names if name != READER}
    return {
        "clips": {r.clip.name: _one_clip(r) for r in results},
        "pooled": {
            "labellings": labelling_table([r.clip for r in results]),
            "sources": {name: _source_table(results, name) for name in names},
        },
        "score": score_table(_scored(results)),
        "model_error": errors.get(STATION, {}),
        "model_errors": errors,
    }


def model_error(clips: Mapping[str, Compared]) -> dict[str, Any]:
    """Return by name what the model does to a runner, from each film's mean error.

    Returns
    -------
    ``bias``, the mean over films; ``sd_between``, the SD between them, None for fewer than two;
    ``clips``, how many have a value; ``left_out``, by film what is left of its mean error once the
    mean of the other films is taken off, as an offset fitted without this film would do. In the
    unit of the name.
    """
    table = {}
    for name in COMPARED:
        biases = {clip: mean_of(found.errors[name]) for clip, found in clips.items()}
        known = {clip: bias for clip, bias in biases.items() if np.isfinite(bias)}
        values = np.array(list(known.values()))
        table[name] = {
            "bias": number(mean_of(values)),
            "sd_between": number(sd_of(values)),
            "clips": len(known),
            "left_out": {
                clip: number(bias - mean_of(np.array([b for c, b in known.items() if c != clip])))
                for clip, bias in known.items()
            },
        }
    return table


def labelling_table(clips: Sequence[LabelledClip]) -> dict[str, Any]:
    """Return by name ``n``, ``bias`` and ``sd`` of the first labelling minus the second."""
    pooled = [labelling_differences(clip) for clip in clips]
    return {name: _figures(np.concatenate([p[name] for p in pooled])) for name in COMPARED}


def _scored(results: Sequence[RealResult]) -> dict[str, Scored]:
    return {
        f"{r.clip.name}, {name}": found.scored
        for r in results
        for name, found in r.sources.items()
        if name != READER
    }


def _by_clip(results: Sequence[RealResult], source: str) -> dict[str, Compared]:
    return {r.clip.name: r.sources[source] for r in results if source in r.sources}


def _one_clip(result: RealResult) -> dict[str, Any]:
    session = result.session
    return {
        "fps": number(result.clip.frame_rate_hz),
        "near_side": result.clip.near.value,
        "duration_s": number(result.duration_s),
        "labelled_strides": len(result.clip.strides),
        "labellings": labelling_table([result.clip]),
        "sources": {name: _source_table([result], name) for name in result.sources},
        "by_stride": {
            name: {error: [number(value) for value in found.errors[error]] for error in COMPARED}
            for name, found in result.sources.items()
            if name != READER
        },
        "activity_s": session["activity_s"],
        "seen_near_side": session["near_side"],
        "cadence_spm": session["cadence_spm"],
        "verdicts": {
            fault: sides[result.clip.near.value]["state"]
            for fault, sides in session["verdicts"].items()
        },
        "said": list(result.said),
    }


def _source_table(results: Sequence[RealResult], source: str) -> dict[str, Any]:
    """Return one source's tables over films; the reader alone makes no strides."""
    having = [r for r in results if source in r.sources]
    found = [r.sources[source] for r in having]
    tables = {
        "near_leg": _near_leg(found),
        "points_pct_leg": _points(np.concatenate([c.points_pct for c in found])),
    }
    if source == READER:
        return tables
    errors = {name: _figures(np.concatenate([c.errors[name] for c in found])) for name in COMPARED}
    return {"strides": _strides(having, found), "errors": errors, **tables}


def _strides(results: Sequence[RealResult], found: Sequence[Compared]) -> dict[str, Any]:
    known = [r.expected for r in results if r.expected is not None]
    return {
        "expected": sum(known) if len(known) == len(results) else None,
        "found": sum(c.found for c in found),
        "valid": sum(c.valid for c in found),
        "labelled": sum(len(r.clip.strides) for r in results),
        "labelled_found": sum(c.matched for c in found),
    }


def _near_leg(found: Sequence[Compared]) -> dict[str, Any]:
    given = np.concatenate([c.near_leg.given for c in found])
    right = np.concatenate([c.near_leg.right for c in found])
    return {
        "frames": int(given.size),
        "given": int(given.sum()),
        "right": int(right.sum()),
        "right_pct": number(100 * float(right.mean())) if right.size else None,
    }


def _points(errors_pct: Floats) -> dict[str, Any]:
    return {
        joint: {axis: _figures(errors_pct[:, i, k]) for k, axis in enumerate(("forward", "up"))}
        for i, joint in enumerate(LEG_POINTS)
    }


def _figures(values: Floats) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    return {
        "n": int(known.size),
        "bias": number(mean_of(known)),
        "sd": number(sd_of(known)),
    }


def mean_of(values: Floats) -> float:
    """Return the mean of the finite values; NaN without any."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def sd_of(values: Floats) -> float:
    """Return the standard deviation (n - 1) of the finite values; NaN for fewer than two."""
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1)) if known.size > 1 else float("nan")
