"""A report's facts on one visit, collected from the store."""

from collections.abc import Mapping, Sequence
from math import inf, isfinite, nan
from typing import Any, Final

import numpy as np

from edge.coaching.coach import Coach
from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.points_by_hand import PointsChange
from edge.messages.reading import BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import KeyPose, StrideCurves, StrideMetrics
from edge.messages.verdict import Bands, Fault, Verdict, VerdictState
from edge.metrics.catalogue import METRIC_NAMES
from edge.metrics.reference_curves import JOINTS
from edge.numerics.statistics import spread
from edge.record.belt_series import BeltStretch, stretches_of
from edge.record.folder_export import raise_sets, summary_of
from edge.record.notice_spans import NoticeSpans
from edge.record.privacy import skeleton_only as says_skeleton_only
from edge.record.same_points import values_of
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.video_files import VideoReader
from edge.report.facts import DECIDING, Leg, Picture, Visit, judged_spread, since_s
from edge.report.local_time import local
from edge.settings.settings_table import stored_settings

INSTANT: Final = {
    Fault.KNEES_FORWARD: EventKind.PEAK_KNEE_FLEXION,
    Fault.BENT_PUSH_OFF: EventKind.TOE_OFF,
}


_SOURCES: Final = {
    "entered": BeltSource.ENTERED,
    "treadmill": BeltSource.TREADMILL,
    "estimated": BeltSource.PICTURE,
}


def visit_of(
    store: Store,
    session: StoredSession,
    label: str = "",
    *,
    from_s: float = -inf,
    to_s: float = inf,
    skeleton_only: bool = False,
) -> Visit:
    """Collect a report's contents from a session.

    Parameters
    ----------
    store, session
        The recorded session and its store.
    label
        The visit's label in a report on several; its date if empty.
    from_s, to_s
        Only strides that begin in this range count; seconds of capture time.
    skeleton_only
        Leave out every picture, as is always done where the data folder says so.
    """
    hidden = skeleton_only or says_skeleton_only(store.data)
    video = store.read(session).video()
    summary = summary_of(store, session)
    belt = [
        stretch
        for stretch in stretches_of(store.read(session).belt(), session.last_s)
        if stretch.from_s < to_s and stretch.to_s > from_s
    ]
    speed_mps, speed_source = _speed(belt, summary if to_s == inf else None)
    inside = [s for s in store.read(session).strides() if from_s <= s.start_s < to_s]
    curves = [c for c in store.read(session).curves() if from_s <= c.start_s < to_s]
    poses = [p for p in store.read(session).key_poses() if from_s <= p.time_s < to_s]
    verdicts = [v for v in store.read(session).verdicts() if v.decided_at_s < to_s + 2]
    limits = _limits(store, session, speed_mps, speed_source, to_s)
    points = [c for c in store.read(session).points_by_hand() if c.time_s < to_s]
    return Visit(
        session=session,
        label=label or local(session.begun_at).date().isoformat(),
        summary=summary,
        speed_mps=speed_mps,
        speed_source=speed_source,
        belt=belt,
        legs={
            side: _leg(
                side,
                inside,
                curves,
                poses,
                verdicts,
                limits,
                None if hidden else video,
                _points_of(side, points),
            )
            for side in Side
        },
        marks=store.read(session).marks(),
        notices=list(NoticeSpans.of(store.read(session).notices()).all),
        damage=list(store.read(session).poses().cut()),
        raises=[done for done in raise_sets(store, session) if done.raises[0].start_s < to_s],
        pictures_hidden=hidden and bool(video.places()),
    )


def _speed(belt: list[BeltStretch], summary: dict[str, Any] | None) -> tuple[float, BeltSource]:
    """Return the belt speed at the end and its source.

    A session recorded before belt speed was stored with its time has only the summary's.
    """
    if summary is not None and summary["belt_speed_mps"] is not None:
        return float(summary["belt_speed_mps"]), _SOURCES[summary["belt_speed_source"]]
    return (belt[-1].speed_mps, belt[-1].source) if belt else (nan, BeltSource.NONE)


def _limits(
    store: Store, session: StoredSession, speed_mps: float, source: BeltSource, to_s: float
) -> list[Bands]:
    """Return the limits that were in force, newest last."""
    recorded = [band for band in store.read(session).bands() if band.decided_at_s < to_s + 2]
    if recorded:
        return recorded
    # A store older than recorded limits: compute them as coaching does, from the recorded settings
    # and the recorded speed, which may differ from the speed of the last strides.
    coach = Coach(stored_settings(dict(session.head.config)).coaching)
    return coach.bands(speed_mps, source, session.origin_s)


def _leg(
    side: Side,
    strides: Sequence[StrideMetrics],
    curves: Sequence[StrideCurves],
    poses: Sequence[KeyPose],
    verdicts: Sequence[Verdict],
    limits: Sequence[Bands],
    video: VideoReader | None,
    points: PointsChange | None,
) -> Leg:
    own = [s for s in strides if s.side is side and s.near and s.valid]
    from_s = since_s(points)
    metrics = {name: spread(values_of(own, name, from_s)) for name in METRIC_NAMES}
    shares = [(s.toe_off_s - s.start_s) / (s.end_s - s.start_s) for s in own]
    last = {v.fault: v for v in verdicts if v.side is side and _judges(v)}
    means = {
        fault: (judged_spread(last.get(fault)) or metrics[DECIDING[fault]]).mean for fault in Fault
    }
    stills = _stills(side, own, means, poses)
    return Leg(
        side=side,
        judged=bool(own),
        strides=own,
        metrics=metrics,
        curves=_mean_curves([c for c in curves if c.side is side]),
        toe_off_share=float(np.nanmedian(shares)) if shares else nan,
        verdicts={
            fault: last.get(fault) or _unjudged(fault, side, _why_not(side, own, strides))
            for fault in Fault
        },
        limits=limits_of(side, limits, last),
        stills=stills,
        pictures={} if video is None else _pictures(stills, video),
        points=points,
    )


def _points_of(side: Side, changes: Sequence[PointsChange]) -> PointsChange | None:
    """Return the last points set by hand on a leg."""
    own = (c for c in reversed(changes) if c.points is not None and c.points.side is side)
    return next(own, None)


def _pictures(stills: dict[Fault, KeyPose], video: VideoReader) -> dict[Fault, Picture]:
    return {
        fault: Picture(size_px=place.size_px, jpeg=jpeg)
        for fault, pose in stills.items()
        for place, jpeg in video.pictures((pose.frame_index,))
    }


def limits_of(
    side: Side, limits: Sequence[Bands], judged: Mapping[Fault, Verdict]
) -> dict[Fault, Bands]:
    """Return the limits by which each verdict was judged; without one, the last in force."""
    found = {}
    for band in limits:
        verdict = judged.get(band.fault)
        later = verdict is not None and band.decided_at_s > verdict.decided_at_s
        if band.side is side and not (later and band.fault in found):
            found[band.fault] = band
    return found


def _judges(verdict: Verdict) -> bool:
    """Return whether a verdict judges running, rather than only withdrawing an earlier one."""
    return verdict.strides > 0 or verdict.state is not VerdictState.UNKNOWN


def _why_not(
    side: Side, measured: Sequence[StrideMetrics], strides: Sequence[StrideMetrics]
) -> Reason:
    if measured:
        return Reason("strides_scattered")
    if any(stride.near and stride.side is side for stride in strides):
        return Reason("strides_unclear")
    return Reason("film_far_leg" if strides else "no_stride")


def _unjudged(fault: Fault, side: Side, reason: Reason) -> Verdict:
    return Verdict(
        side=side,
        fault=fault,
        state=VerdictState.UNKNOWN,
        reason=reason,
        cue=None,
        decided_at_s=nan,
    )


def _mean_curves(curves: Sequence[StrideCurves]) -> dict[str, tuple[Floats, Floats]]:
    """Return mean and standard deviation of each joint, shape (51,); empty without curves."""
    if not curves:
        return {}
    means = {}
    for joint in JOINTS:
        table = np.array([getattr(curve, joint) for curve in curves])
        known = np.isfinite(table)
        count = known.sum(axis=0)
        total = np.where(known, table, 0.0).sum(axis=0)
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        square = np.where(known, (table - mean) ** 2, 0.0).sum(axis=0)
        sd = np.where(count > 1, np.sqrt(square / np.maximum(count - 1, 1)), np.nan)
        means[joint] = (mean, sd)
    return means


def _stills(
    side: Side,
    strides: Sequence[StrideMetrics],
    means: Mapping[Fault, float],
    poses: Sequence[KeyPose],
) -> dict[Fault, KeyPose]:
    """Return for each fault the key pose with the value nearest to the mean: a typical one."""
    stills = {}
    starts = np.array([stride.start_s for stride in strides])
    ends = np.array([stride.end_s for stride in strides])
    for fault, kind in INSTANT.items():
        mean = means[fault]
        own = [
            pose
            for pose in poses
            if pose.side is side
            and pose.kind is kind
            and isfinite(pose.value)
            and bool(((starts <= pose.time_s) & (pose.time_s < ends)).any())
        ]
        if own and isfinite(mean):
            stills[fault] = min(own, key=lambda pose: abs(pose.value - mean))
    return stills
