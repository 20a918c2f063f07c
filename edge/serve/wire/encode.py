"""Conversion of the station's messages into wire messages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from math import isfinite
from typing import Any, Final

import msgspec
import numpy as np

from edge.i18n.cue_words import english_cue
from edge.i18n.notices import english_notice
from edge.i18n.reasons import english
from edge.messages.arrays import Floats
from edge.messages.feedback import FeedbackGate
from edge.messages.frame import Frame
from edge.messages.gait import GaitEvent, GaitState, Phase
from edge.messages.health import Health, StageTime
from edge.messages.legs import UNKNOWN_LEGS, LegQuality
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.reading import BeltInForce
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import (
    ABSENT,
    LEFT_LEG,
    LEFT_SHOULDER,
    LEG_POINTS,
    RIGHT_LEG,
    RIGHT_SHOULDER,
    Skeleton,
)
from edge.messages.stride import KeyPose, StrideCurves, StrideMetrics
from edge.messages.verdict import Bands, Cue, CueKind, Verdict
from edge.metrics.catalogue import METRIC_NAMES, METRICS
from edge.numerics.speed_units import SpeedUnit
from edge.record.pose_codec import Gait
from edge.serve.wire import binary, feedback_messages, greeting, health_messages, protocol
from edge.serve.wire.stride_message import Curves, Stride
from edge.serve.wire.wire_types import Number, Point
from edge.settings.settings import Settings

Broadcast = (
    GaitEvent
    | StrideMetrics
    | StrideCurves
    | Bands
    | Verdict
    | Cue
    | FeedbackGate
    | Health
    | GaitState
    | BeltInForce
)

# Wire messages with the fields of their record.
_SAME_FIELDS: Final[dict[type[Broadcast], Callable[..., protocol.Text]]] = {
    Cue: protocol.Cue,
    FeedbackGate: feedback_messages.Feedback,
    BeltInForce: protocol.Belt,
}


def hello_for(
    settings: Settings, version: str, provider: str = "cpu", *, skeleton: Skeleton
) -> greeting.Hello:
    """Return the greeting: skeleton, metrics and the ends of the two bars."""
    return greeting.Hello(
        protocol=protocol.PROTOCOL,
        toeline=version,
        skeleton=skeleton.name,
        keypoints=skeleton.points,
        bones=skeleton.bones,
        left=_side_points(skeleton, LEFT_SHOULDER, LEFT_LEG),
        right=_side_points(skeleton, RIGHT_SHOULDER, RIGHT_LEG),
        knees_forward=greeting.Bar(low=-16.0, high=16.0, unit="%"),
        bent_push_off=greeting.Bar(low=0.0, high=45.0, unit="deg"),
        late_ms=settings.load.late_ms,
        provider=provider,
        metrics=tuple(
            greeting.MetricFacts(
                name=spec.name,
                unit=spec.unit,
                decimals=spec.decimals,
                signed=spec.signed,
                positive=spec.positive,
                words=spec.words,
            )
            for spec in METRICS.values()
        ),
        speed_unit=SpeedUnit(settings.serve.speed_unit),
        cues=tuple(map(str, CueKind)),
    )


def _side_points(skeleton: Skeleton, shoulder: int, leg: tuple[int, ...]) -> greeting.SidePoints:
    places = [None if i == ABSENT else int(i) for i in skeleton.body[[shoulder, *leg]]]
    names = ("shoulder", *LEG_POINTS)
    return greeting.SidePoints(**dict(zip(names, places, strict=True)))


def text_for(record: Broadcast) -> protocol.Text:
    """Return a message as its wire text message, NaN as None."""
    values = {field.name: _plain(getattr(record, field.name)) for field in fields(record)}
    match record:
        case GaitEvent():
            return protocol.Event(**values)
        case StrideMetrics():
            del values["values"], values["error95"]
            values["model"] = {n: _plain(v) for n, v in values.pop("model_values").items()}
            values |= _legs_told(values.pop("legs"))
            metrics = {name: _plain(record.value(name)) for name in METRIC_NAMES}
            return Stride(**values | _told(record.reason), **metrics)
        case StrideCurves():
            angles = {name: _tenths(values[name]) for name in ("hip_deg", "knee_deg", "ankle_deg")}
            return Curves(**values | angles)
        case Bands():
            return protocol.Bands(**values)
        case Verdict():
            return protocol.Verdict(
                **values | _told(record.reason) | {"cue": english_cue(record.cue)}
            )
        case Cue() | FeedbackGate() | BeltInForce():
            return _SAME_FIELDS[type(record)](**values)
        case Health():
            values["times"] = tuple(_stage_time(time) for time in record.times)
            return health_messages.Health(**values | notice_told(record.notice))
        case GaitState():
            values["frame"] = values.pop("frame_index")
            del values["belt_speed_px_s"], values["undecided"]
            values["activity"] = record.shown
            values |= _legs_told(values.pop("legs"))
            return protocol.State(**values)


def notice_told(notice: Notice) -> dict[str, Any]:
    """Return a notice's fields on the wire."""
    return {
        "notice": english_notice(notice),
        "notice_code": notice.code,
        "notice_params": dict(notice.params),
    }


def notices_message(notices: Iterable[Notice]) -> health_messages.Notices:
    """Return the message with all notices that hold."""
    return health_messages.Notices(
        notices=tuple(health_messages.NoticeEntry(**notice_told(notice)) for notice in notices)
    )


def _legs_told(legs: LegQuality | None) -> dict[str, Any]:
    """Return the fields of the legs' quality on the wire."""
    source = None if legs is None else legs.source
    legs = legs or UNKNOWN_LEGS
    return {
        "legs_source": source,
        "legs_score": _plain(legs.score),
        "legs_clarity": legs.clarity,
        "legs_flaw": legs.flaw,
    }


def _told(reason: Reason) -> dict[str, Any]:
    return {
        "reason": english(reason),
        "reason_code": reason.code,
        "reason_params": dict(reason.params),
    }


def frame_header(
    seq: int, frame: Frame, pose: Pose | None, state: GaitState | None, runner_key: str = ""
) -> binary.FrameHeader:
    """Return the header of a live picture; without a pose it carries no keypoints."""
    height, width = frame.image.shape[:2]
    xy_px, visibility = _drawn(pose) if pose is not None and pose.found else ((), ())
    return binary.FrameHeader(
        seq=seq,
        frame=frame.index,
        camera=frame.camera,
        time_s=_plain(frame.time_s),
        breaks=frame.breaks,
        size_px=(width, height),
        xy_px=xy_px,
        visibility=visibility,
        activity=state.shown if state else None,
        facing=state.facing if state else None,
        near_side=state.near_side if state else None,
        left_phase=state.left_phase if state else Phase.UNKNOWN,
        right_phase=state.right_phase if state else Phase.UNKNOWN,
        cadence_spm=_plain(state.cadence_spm) if state else None,
        **_legs_told(state.legs if state else None),
        runner_key=runner_key,
    )


def recorded_header(
    seq: int, pose: Pose, gait: Gait, phases: Mapping[Side, Phase]
) -> binary.FrameHeader:
    """Return the header of a recorded frame."""
    xy_px, visibility = _drawn(pose) if pose.found else ((), ())
    return binary.FrameHeader(
        seq=seq,
        frame=pose.frame_index,
        camera="",
        time_s=_plain(pose.time_s),
        breaks=False,
        size_px=pose.size_px,
        xy_px=xy_px,
        visibility=visibility,
        activity=gait.activity,
        facing=gait.facing,
        near_side=gait.near_side,
        left_phase=phases[Side.LEFT],
        right_phase=phases[Side.RIGHT],
        cadence_spm=None,
    )


def still_header(
    key: KeyPose,
    size_px: tuple[int, int] | None,
    facing: Side | None,
    hello: greeting.Hello,
    runner_key: str = "",
) -> binary.StillHeader:
    """Return the header of a still; ``size_px`` is None when its picture is gone.

    Points are in the keypoint order given by ``hello``.
    """
    return binary.StillHeader(
        kind=key.kind,
        side=key.side,
        near=key.near,
        time_s=_plain(key.time_s),
        frame=key.frame_index,
        facing=facing,
        size_px=size_px,
        xy_px=_points(_spread(key.xy_px, hello)),
        value=_plain(key.value),
        runner_key=runner_key,
        leg_px=() if key.leg_px is None else _points(key.leg_px),
    )


def _spread(body_px: Floats, hello: greeting.Hello) -> Floats:
    points = np.full((len(hello.keypoints), 2), np.nan)
    left, right = (msgspec.structs.astuple(side) for side in (hello.left, hello.right))
    for at, place in zip((left[0], right[0], *left[1:], *right[1:]), body_px, strict=True):
        if at is not None:
            points[at] = place
    return points


def _stage_time(time: StageTime) -> health_messages.StageTime:
    # A hundredth of a millisecond is finer than any clock here, and keeps the message short.
    rounded = {
        name: _plain(round(getattr(time, name), 2))
        for name in ("p50_ms", "p95_ms", "p99_ms", "total_ms")
    }
    return health_messages.StageTime(stage=time.stage, count=time.count, **rounded)


def _plain(value: Any) -> Any:
    """Return ``value`` with each non-finite float replaced by None."""
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    return value


def _drawn(pose: Pose) -> tuple[tuple[Point, ...], tuple[Number, ...]]:
    """Return where to draw each point, and its visibility: 0 where the position is predicted."""
    xy_px, visibility = pose.xy_px, pose.visibility
    if pose.expected_px is not None:
        expected = np.isfinite(pose.expected_px).all(axis=1, keepdims=True)
        guessed = np.isnan(xy_px).any(axis=1, keepdims=True) & expected
        xy_px = np.where(guessed, pose.expected_px, xy_px)
        visibility = np.where(guessed.ravel(), 0.0, visibility)
    return _points(xy_px), _numbers(visibility)


def _points(xy_px: Floats) -> tuple[Point, ...]:
    # A tenth of a pixel is finer than any display and keeps the header short.
    rounded = np.round(xy_px, 1).tolist()
    return tuple((x, y) if isfinite(x) and isfinite(y) else None for x, y in rounded)


def _tenths(degrees: Floats) -> tuple[Number, ...]:
    return tuple(v if isfinite(v) else None for v in np.round(degrees, 1).tolist())


def _numbers(values: Floats) -> tuple[Number, ...]:
    return tuple(v if isfinite(v) else None for v in np.round(values, 2).tolist())
