"""Compare what a source made of a film with the labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats
from edge.messages.metric import Metric
from edge.messages.skeleton import KNEE, LEG_POINTS
from edge.messages.stride import StrideMetrics
from edge.numerics.sagittal import runner_axes
from edge.offline.evaluate.agreement import matched
from edge.offline.evaluate.real.eye_values import (
    eye_values,
    knee_toe_series,
    labellers,
    leg_px,
)
from edge.offline.evaluate.real.film_ways import Way
from edge.offline.evaluate.real.labels import (
    AROUND_PEAK,
    LabelledClip,
    LabelledFrame,
    LabelledStride,
)
from edge.offline.evaluate.real.real_run import Followed, SeenFilm
from edge.offline.evaluate.score_agreement import Scored

CONTACT: Final = "initial_contact_ms"
TOE_OFF: Final = "toe_off_ms"
KNEE_TOE: Final = "knee_toe_pct"
KNEE_TOE_OWN: Final = "knee_toe_own_instant_pct"
PEAK: Final = "knee_flexion_peak_deg"
PUSH_OFF: Final = "knee_flexion_push_off_deg"
COMPARED: Final = (CONTACT, TOE_OFF, KNEE_TOE, KNEE_TOE_OWN, PEAK, PUSH_OFF)

# Half of the shortest stance: a contact further away belongs to another step.
_SAME_STRIDE_S: Final = 0.15
# Legs nearer to each other than this, in leg lengths, cannot be told apart by position.
_APART_LEGS: Final = 0.10
# Points further away than this, in leg lengths, are on neither leg: a shank is half of a leg.
_ASTRAY_LEGS: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NearLeg:
    """Whether the near leg's points lie on the near leg, in the labelled frames.

    Attributes
    ----------
    given, right
        Shape (n,), by labelled frame.
    """

    given: NDArray[np.bool_]
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """One source on one film against its labels.

    Attributes
    ----------
    found, valid
        Number of the near leg's strides, and of those that are judged.
    matched
        Number of labelled strides found.
    errors
        By name in ``COMPARED``, shape (strides labelled,): source minus the labellers' mean; NaN
        for a stride not found or without the value.
    near_leg
        In every labelled frame that was shown.
    points_pct
        Shape (n, 5, 2), frames around peak knee flexion: source minus label, forward and up, in %
        of leg; NaN where either is missing.
    scored
        The quality score and the mean error of the points in every labelled frame that was shown.
    """

    found: int
    valid: int
    matched: int
    errors: Mapping[str, Floats]
    near_leg: NearLeg
    points_pct: Floats
    scored: Scored


def compare(clip: LabelledClip, film: SeenFilm, source: Followed, way: Way) -> Compared:
    """Return a source's errors on one film.

    Notes
    -----
    Events are compared in every stride found, metrics in valid ones alone, as only those count.
    """
    labelled_s = contact_times_s(clip, film.times_s)
    starts_s = np.array([stride.start_s for stride in source.strides])
    rows, columns = matched(labelled_s, starts_s, _SAME_STRIDE_S)
    pairs = dict(zip(rows.tolist(), columns.tolist(), strict=True))
    errors = [
        _stride_errors(clip, label, film.times_s, source.strides[pairs[i]])
        if i in pairs
        else dict.fromkeys(COMPARED, np.nan)
        for i, label in enumerate(clip.strides)
    ]
    return Compared(
        found=len(source.strides),
        valid=sum(stride.valid for stride in source.strides),
        matched=len(pairs),
        errors={name: np.array([row[name] for row in errors]) for name in COMPARED},
        near_leg=_near_leg(clip, film, source, way),
        points_pct=_points_pct(clip, film, source, way),
        scored=_scored(clip, film, source, way),
    )


def labelling_differences(clip: LabelledClip) -> dict[str, Floats]:
    """Return by name the first labeller minus the second, shape (strides labelled,).

    NaN where there is only one.
    """
    first, second = (*labellers(clip), "", "")[:2]
    ms = 1000 / clip.frame_rate_hz
    rows = []
    for stride in clip.strides:
        one, other = (eye_values(stride, clip.facing, who) for who in (first, second))
        contact, off = (
            frames.get(first, np.nan) - frames.get(second, np.nan)
            for frames in (stride.contact_frame, stride.toe_off_frame)
        )
        knee_toe = one.knee_toe_pct - other.knee_toe_pct
        rows.append(
            {
                CONTACT: ms * contact,
                TOE_OFF: ms * off,
                KNEE_TOE: knee_toe,
                KNEE_TOE_OWN: knee_toe,
                PEAK: one.peak_deg - other.peak_deg,
                PUSH_OFF: one.push_off_deg - other.push_off_deg,
            }
        )
    return {name: np.array([row[name] for row in rows]) for name in COMPARED}


def contact_times_s(clip: LabelledClip, times_s: Floats) -> Floats:
    """Return the labelled contacts, shape (strides labelled,)."""
    return np.array([_time_s(stride.contact_frame, times_s) for stride in clip.strides])


def _stride_errors(
    clip: LabelledClip, label: LabelledStride, times_s: Floats, stride: StrideMetrics
) -> dict[str, float]:
    by_eye = eye_values(label, clip.facing)
    knee_toe = _judged(stride, Metric.KNEE_TOE)
    own = _knee_toe_at(clip, label, times_s, stride.peak_knee_flexion_s)
    return {
        CONTACT: 1000 * (stride.start_s - _time_s(label.contact_frame, times_s)),
        TOE_OFF: 1000 * (stride.toe_off_s - _time_s(label.toe_off_frame, times_s)),
        KNEE_TOE: knee_toe - by_eye.knee_toe_pct,
        KNEE_TOE_OWN: knee_toe - own,
        PEAK: _judged(stride, PEAK) - by_eye.peak_deg,
        PUSH_OFF: _judged(stride, Metric.PUSH_OFF) - by_eye.push_off_deg,
    }


def _judged(stride: StrideMetrics, metric: str) -> float:
    return stride.value(metric) if stride.valid else float("nan")


def _knee_toe_at(
    clip: LabelledClip, label: LabelledStride, times_s: Floats, time_s: float
) -> float:
    """Return the labelled knee-toe at the source's own peak; NaN outside the labelled frames.

    Half a frame beyond the first or last one still counts as that frame.
    """
    at_s = times_s[[frame.frame for frame in label.around(AROUND_PEAK)]]
    values = knee_toe_series(label, clip.facing)
    known = np.isfinite(values)
    if not known.any() or not np.isfinite(time_s):
        return float("nan")
    at_s, values = at_s[known], values[known]
    half_s = 0.5 / clip.frame_rate_hz
    if not at_s[0] - half_s <= time_s <= at_s[-1] + half_s:
        return float("nan")
    return float(np.interp(time_s, at_s, values))


def _time_s(frames: Mapping[str, float], times_s: Floats) -> float:
    """Return the time of an instant, the mean of the labellers; halves lie between frames."""
    known = [frame for frame in frames.values() if np.isfinite(frame)]
    return float(np.interp(np.mean(known), np.arange(times_s.size), times_s))


def _near_leg(clip: LabelledClip, film: SeenFilm, source: Followed, way: Way) -> NearLeg:
    """Judge every labelled frame once."""
    size_px = leg_px(clip)
    placed = [
        _placed(_legs_at(frame.frame, film, source, way) - frame.mean_px, size_px)
        for frame in _shown_frames(clip, way)
    ]
    return NearLeg(
        given=np.array([given for given, _ in placed], bool),
        right=np.array([right for _, right in placed], bool),
    )


def _scored(clip: LabelledClip, film: SeenFilm, source: Followed, way: Way) -> Scored:
    frames = _shown_frames(clip, way)
    off = [_legs_at(f.frame, film, source, way)[0, KNEE:] - f.mean_px[KNEE:] for f in frames]
    scores = [source.scores.get(f.frame // way.step, np.nan) for f in frames]
    errors = [_mean(np.hypot(*leg.T)) for leg in off]
    return Scored(scores=np.array(scores), errors_pct=np.array(errors) * (100 / leg_px(clip)))


def _shown_frames(clip: LabelledClip, way: Way) -> list[LabelledFrame]:
    """Return every labelled frame once, in order."""
    frames = {f.frame: f for stride in clip.strides for f in stride.frames}
    return [frames[index] for index in sorted(frames) if index % way.step == 0]


def _placed(off_px: Floats, size_px: float) -> tuple[bool, bool]:
    """Return whether near points are given, and whether they lie on the near leg.

    ``off_px`` is the source's near and far leg minus the labelled near leg, shape (2, 5, 2). The
    near leg is wrong if the far leg lies nearer to the labels and the two are apart, or if it lies
    on neither leg.
    """
    off = off_px[:, KNEE:] / size_px
    near, far = (_mean(np.hypot(*leg.T)) for leg in off)
    apart = _mean(np.hypot(*(off[0] - off[1]).T))
    # A comparison with NaN is false: without a far leg nothing can be exchanged.
    exchanged = far < near and apart > _APART_LEGS
    return bool(np.isfinite(near)), near <= _ASTRAY_LEGS and not exchanged


def _points_pct(clip: LabelledClip, film: SeenFilm, source: Followed, way: Way) -> Floats:
    rows = [
        runner_axes(_legs_at(f.frame, film, source, way)[0] - f.mean_px, clip.facing)
        for stride in clip.strides
        for f in stride.around(AROUND_PEAK)
        if f.frame % way.step == 0
    ]
    return np.asarray(np.array(rows).reshape(-1, len(LEG_POINTS), 2) * (100 / leg_px(clip)))


def _legs_at(frame: int, film: SeenFilm, source: Followed, way: Way) -> Floats:
    """Return near and far leg in the film's own picture, shape (2, 5, 2); NaN without a pose."""
    shown = source.legs_px.get(frame // way.step)
    if shown is None:
        return np.full((2, len(LEG_POINTS), 2), np.nan)
    return way.points(shown, film.width_px)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
