"""Export of a recorded session as a result folder, the same files that an analysis writes."""

from collections.abc import Callable
from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any

from edge.exercises.calf_raise.calf_raise import CALF_RAISE
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.gait import GaitEvent, GaitState, Phase
from edge.messages.points_by_hand import PointsChange
from edge.messages.pose import Pose
from edge.messages.raises import RaiseSet
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Verdict
from edge.record.pose_codec import Gait
from edge.record.raises_data import raise_set_of
from edge.record.result_folder import ResultFolder
from edge.record.session_writer import facts_of
from edge.record.store import Store
from edge.record.stored_session import INTERRUPTED, StoredSession
from edge.record.summary import SessionSummary

Progress = Callable[[int, int | None], None]


def export_folder(
    store: Store,
    session: StoredSession,
    directory: Path,
    progress: Progress = lambda _done, _total: None,
) -> None:
    """Write a session's result folder; times are relative to the session's first frame.

    Raises
    ------
    RecordError
        If the session cannot be read or the folder cannot be written.
    """
    origin_s = session.origin_s
    with ResultFolder(directory) as folder:
        for event in store.read(session).events():
            folder.write(
                replace(
                    event,
                    time_s=event.time_s - origin_s,
                    decided_at_s=event.decided_at_s - origin_s,
                )
            )
        for stride in store.read(session).strides():
            folder.write(
                replace(
                    stride,
                    start_s=stride.start_s - origin_s,
                    peak_knee_flexion_s=stride.peak_knee_flexion_s - origin_s,
                    toe_off_s=stride.toe_off_s - origin_s,
                    end_s=stride.end_s - origin_s,
                )
            )
        for done, pose in enumerate(store.read(session).poses().settled(), 1):
            folder.write(since(session, pose))
            progress(done, session.frames)
        for raises in raise_sets(store, session):
            folder.write(_as_update(_since(raises, origin_s)))
        folder.close(summary_of(store, session))


def raise_sets(store: Store, session: StoredSession) -> list[RaiseSet]:
    """Return the sets of calf raises of a session, times as captured."""
    marks = store.read(session).marks()
    return [raise_set_of(m.data) for m in marks if m.kind == CALF_RAISE and m.data is not None]


def _since(done: RaiseSet, origin_s: float) -> RaiseSet:
    times = ("start_s", "top_s", "end_s")
    raises = (
        replace(each, **{name: getattr(each, name) - origin_s for name in times})
        for each in done.raises
    )
    return replace(done, raises=tuple(raises))


def _as_update(done: RaiseSet) -> ExerciseUpdate:
    return ExerciseUpdate(
        kind=CALF_RAISE,
        state=ExerciseState.DONE,
        time_s=done.raises[-1].end_s,
        code=done.ended,
        raises=done,
    )


def since(session: StoredSession, pose: Pose) -> Pose:
    """Return a pose with time and frame number relative to the session's first frame."""
    return replace(
        pose,
        time_s=pose.time_s - session.origin_s,
        frame_index=pose.frame_index - session.first_frame,
    )


def summary_of(store: Store, session: StoredSession) -> dict[str, Any]:
    """Return the content of ``session.json``; for an interrupted session, computed from its data.

    Latencies are known only for a session that was properly ended.
    """
    if session.summary is not None:
        return dict(session.summary)
    summary = SessionSummary(facts_of(session.head))
    poses = store.read(session).poses()
    belts = list(reversed(store.read(session).belt()))
    for change in store.read(session).notices():
        summary.update(change)
    decided: list[GaitEvent | StrideMetrics | Verdict | PointsChange] = sorted(
        (
            # Before the strides of the same frame, as live.
            *store.read(session).points_by_hand(),
            *store.read(session).events(),
            *store.read(session).strides(),
            *store.read(session).verdicts(),
        ),
        key=_decided_at_s,
    )
    decided.reverse()
    numbers = []
    for seen, gait in poses.seen():
        pose = seen.pose
        numbers.append(pose.frame_index)
        # In the station's order: a frame's state comes last.
        while decided and not _decided_at_s(decided[-1]) > pose.time_s:
            summary.update(decided.pop())
        while belts and not belts[-1].time_s > pose.time_s:
            summary.update(belts.pop())
        summary.update(_state(pose, gait))
    # Decided at frames whose poses were lost in a power cut.
    for message in reversed(decided):
        summary.update(message)
    for belt in reversed(belts):
        summary.update(belt)
    for settled in poses.settled():
        summary.update(settled)
    for done in raise_sets(store, session):
        summary.update(_as_update(done))
    captured = numbers[-1] - numbers[0] + 1 if numbers else 0
    return summary.result(
        captured=captured,
        dropped=max(0, captured - len(numbers)),
        complete=session.end_reason != INTERRUPTED,
    )


def _decided_at_s(message: GaitEvent | StrideMetrics | Verdict | PointsChange) -> float:
    return message.time_s if isinstance(message, PointsChange) else message.decided_at_s


def _state(pose: Pose, gait: Gait) -> GaitState:
    return GaitState(
        frame_index=pose.frame_index,
        time_s=pose.time_s,
        activity=gait.activity,
        facing=gait.facing,
        near_side=gait.near_side,
        left_phase=Phase.UNKNOWN,
        right_phase=Phase.UNKNOWN,
        cadence_spm=nan,
        belt_speed_px_s=nan,
    )
