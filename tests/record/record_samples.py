"""Messages to record: whole ones with plain defaults, and Hypothesis strategies for any."""

from collections.abc import Sequence
from math import nan
from typing import Any

import numpy as np
from hypothesis import strategies as st
from reasons import said
from skeletons import BLAZEPOSE33

from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.reading import BeltInForce, BeltNotice, BeltSource, Reading
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Cue, Fault, Verdict, VerdictState
from edge.metrics.catalogue import METRIC_NAMES
from edge.record.summary import SessionFacts

FACTS = SessionFacts(
    toeline="0.1.0",
    source="clip.mp4",
    model="full",
    config_sha256="ab" * 32,
    nominal_rate_hz=60.0,
)


def an_event(**changes: Any) -> GaitEvent:
    values: dict[str, Any] = {
        "kind": EventKind.INITIAL_CONTACT,
        "side": Side.RIGHT,
        "near": True,
        "time_s": 1.25,
        "decided_at_s": 1.3,
        "confidence": 0.9,
    }
    return GaitEvent(**(values | changes))


def a_stride(**changes: Any) -> StrideMetrics:
    values: dict[str, Any] = {
        "side": Side.RIGHT,
        "near": True,
        "start_s": 1.0,
        "peak_knee_flexion_s": 1.125,
        "toe_off_s": 1.25,
        "end_s": 1.75,
        "valid": True,
        "reason": Reason(),
    }
    metrics = {name: changes.pop(name) for name in METRIC_NAMES if name in changes}
    return StrideMetrics(**(values | {"values": metrics} | changes))


def a_pose(index: int = 0, time_s: float | None = None, **changes: Any) -> Pose:
    values: dict[str, Any] = {
        "frame_index": index,
        "time_s": index / 60 if time_s is None else time_s,
        "size_px": (640, 480),
        "skeleton": BLAZEPOSE33,
        "xy_px": np.arange(2.0 * BLAZEPOSE33.count).reshape(-1, 2),
        "visibility": np.full(BLAZEPOSE33.count, 0.5),
        "depth_px": np.zeros(BLAZEPOSE33.count),
        "presence": 0.75,
    }
    return Pose(**(values | changes))


def nobody(index: int = 0) -> Pose:
    return a_pose(
        index,
        xy_px=np.full((BLAZEPOSE33.count, 2), nan),
        visibility=np.full(BLAZEPOSE33.count, nan),
        presence=0.0,
    )


def a_state(time_s: float, activity: Activity, **changes: Any) -> GaitState:
    values: dict[str, Any] = {
        "frame_index": 0,
        "time_s": time_s,
        "activity": activity,
        "facing": Side.RIGHT,
        "near_side": Side.RIGHT,
        "left_phase": Phase.UNKNOWN,
        "right_phase": Phase.UNKNOWN,
        "cadence_spm": nan,
        "belt_speed_px_s": nan,
    }
    return GaitState(**(values | changes))


def a_belt(
    time_s: float, speed_mps: float = nan, source: BeltSource = BeltSource.NONE
) -> BeltInForce:
    """Return the belt in force from a time on; without a speed it is unknown."""
    return BeltInForce(time_s=time_s, speed_mps=speed_mps, source=source)


def a_verdict(**changes: Any) -> Verdict:
    values: dict[str, Any] = {
        "side": Side.RIGHT,
        "fault": Fault.KNEES_FORWARD,
        "state": VerdictState.GREEN,
        "reason": Reason("knee_behind"),
        "cue": None,
        "decided_at_s": 5.0,
    }
    return Verdict(**(values | changes))


sides = st.sampled_from(Side)
any_float = st.floats()
arrays = st.sampled_from([0.0, -0.0, 1e-9, -12.34567, 1e12, nan])

events = st.builds(
    GaitEvent,
    kind=st.sampled_from(EventKind),
    side=sides,
    near=st.booleans(),
    time_s=any_float,
    decided_at_s=any_float,
    confidence=any_float,
    confirmed=st.booleans(),
)
# Of before there were codes, and of today.
reasons = st.builds(
    said, st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
) | st.builds(Reason, st.just("strides_too_few"), seen=st.integers(0, 7), needed=st.integers(1, 12))
strides = st.builds(
    StrideMetrics,
    side=sides,
    near=st.booleans(),
    start_s=any_float,
    peak_knee_flexion_s=any_float,
    toe_off_s=any_float,
    end_s=any_float,
    valid=st.booleans(),
    reason=reasons,
    values=st.fixed_dictionaries({name: any_float for name in METRIC_NAMES}),
)
states = st.builds(
    GaitState,
    frame_index=st.integers(0, 10**6),
    time_s=any_float,
    activity=st.sampled_from(Activity),
    facing=st.none() | sides,
    near_side=st.none() | sides,
    left_phase=st.sampled_from(Phase),
    right_phase=st.sampled_from(Phase),
    cadence_spm=any_float,
    belt_speed_px_s=any_float,
)
poses = st.builds(
    lambda index, time_s, value, swapped, breaks: a_pose(
        index,
        time_s,
        xy_px=np.full((BLAZEPOSE33.count, 2), value),
        visibility=np.full(BLAZEPOSE33.count, value),
        presence=value,
        swapped=swapped,
        breaks=breaks,
    ),
    st.integers(0, 10**6),
    any_float,
    arrays,
    st.booleans(),
    st.booleans(),
)
verdicts = st.builds(
    Verdict,
    side=sides,
    fault=st.sampled_from(Fault),
    state=st.sampled_from(VerdictState),
    reason=reasons,
    cue=st.none() | st.text(max_size=20),
    decided_at_s=any_float,
)
cues = st.builds(Cue, kind=st.text(), wording=st.text(), issued_at_s=any_float)
belts = st.builds(
    BeltInForce,
    time_s=any_float,
    speed_mps=any_float,
    source=st.sampled_from(BeltSource),
    incline_pct=any_float,
    incline_source=st.sampled_from(BeltSource),
    entered_mps=any_float,
    treadmill_mps=any_float,
    seen_mps=any_float,
    notice=st.sampled_from(BeltNotice),
    likely_unit=st.sampled_from(["", "km/h"]),
)
readings = st.builds(
    Reading,
    name=st.text(),
    value=any_float,
    unit=st.text(),
    time_s=any_float,
    source=st.text(),
    quality=any_float,
)
streams: st.SearchStrategy[Sequence[Message]] = st.lists(
    st.one_of(events, strides, states, poses, verdicts, cues, belts, readings), max_size=30
)
