"""Conversion of messages to rows of the session store and back; NaN is stored as NULL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from math import isfinite, nan
from typing import Any, Final

import numpy as np

from edge.i18n.notices import english_notice
from edge.i18n.reasons import english
from edge.messages.feedback import DoseSource, FeedbackGate, GateReason
from edge.messages.gait import EventKind, GaitEvent
from edge.messages.legs import LegFlaw, LegQuality, LegSource
from edge.messages.message import Message
from edge.messages.notice import Notice, NoticeChange
from edge.messages.points_by_hand import PointsChange
from edge.messages.reading import BeltInForce, BeltNotice, BeltSource, Reading
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT
from edge.messages.stride import KeyPose, StrideCurves, StrideMetrics
from edge.messages.verdict import Bands, Cue, Fault, Verdict, VerdictState
from edge.pose.skeletons.loader import BLAZEPOSE, skeleton
from edge.record.points_json import points_json, points_of
from edge.record.station_clock import ClockReading

Row = dict[str, str | int | float | bytes | None]

_CURVES: Final = ("hip_deg", "knee_deg", "ankle_deg")
_BANDS_FIELDS: Final = tuple(field.name for field in fields(Bands))
_STRIDE_FIELDS: Final = tuple(
    field.name
    for field in fields(StrideMetrics)
    if field.name not in ("reason", "values", "model_values", "error95", "legs")
)
_GATE_FIELDS: Final = tuple(field.name for field in fields(FeedbackGate) if field.name != "on")
_READING_FIELDS: Final = tuple(field.name for field in fields(Reading))
_BELT_FIELDS: Final = tuple(field.name for field in fields(BeltInForce))


def clock_row(reading: ClockReading) -> Row:
    """Return the columns of a reading of the clocks."""
    return asdict(reading) | {"synchronised": int(reading.synchronised)}


def clock_of(row: Mapping[str, Any]) -> ClockReading:
    """Return the reading of the clocks in a row."""
    return ClockReading(
        boot=row["boot"],
        boot_s=row["boot_s"],
        wall_s=row["wall_s"],
        synchronised=bool(row["synchronised"]),
    )


def row_of(message: Message) -> tuple[str, Row] | None:
    """Return the table and the columns of a message; None if it has no table."""
    match message:
        case StrideMetrics():
            return "strides", {
                **{name: _cell(getattr(message, name)) for name in _STRIDE_FIELDS},
                **_reason_cells(message.reason),
                **_legs_cells(message.legs),
                "metrics": _by_name(message.values),
                "model_metrics": _by_name(message.model_values),
                "error95": _by_name(message.error95),
            }
        case GaitEvent(confirmed=True):
            return "events", {
                name: _cell(getattr(message, name))
                for name in ("kind", "side", "near", "time_s", "decided_at_s", "confidence")
            }
        case Verdict():
            return "verdicts", {
                **{
                    name: _cell(getattr(message, name))
                    for name in ("side", "fault", "state", "cue", "decided_at_s")
                },
                **_reason_cells(message.reason),
                "mean": _cell(message.mean),
                "ci95_low": _cell(message.ci95[0]),
                "ci95_high": _cell(message.ci95[1]),
                "error95": _cell(message.error95),
                "strides": message.strides,
            }
        case Bands():
            return "bands", {name: _cell(getattr(message, name)) for name in _BANDS_FIELDS}
        case Cue():
            return "cues", {
                "kind": message.kind,
                "wording": message.wording,
                "issued_at_s": _cell(message.issued_at_s),
            }
        case StrideCurves():
            return "curves", {
                **{name: _cell(getattr(message, name)) for name in ("side", "near", "start_s")},
                **{name: getattr(message, name).astype("<f4").tobytes() for name in _CURVES},
            }
        case KeyPose():
            return "key_poses", {
                **{
                    name: _cell(getattr(message, name))
                    for name in ("kind", "side", "near", "time_s", "frame_index", "value")
                },
                "xy_px": message.xy_px.astype("<f4").tobytes(),
                "leg_px": None
                if message.leg_px is None
                else message.leg_px.astype("<f4").tobytes(),
            }
    return _condition_row(message)


def _condition_row(message: Message) -> tuple[str, Row] | None:
    """Return the table and the columns of what the strides were run and seen under."""
    match message:
        case Reading():
            return "readings", {name: _cell(getattr(message, name)) for name in _READING_FIELDS}
        case BeltInForce():
            return "belt", {name: _cell(getattr(message, name)) for name in _BELT_FIELDS}
        case FeedbackGate():
            return "feedback", {
                **{name: _cell(getattr(message, name)) for name in _GATE_FIELDS},
                "given": int(message.on),
            }
        case NoticeChange():
            return "notices", {
                "time_s": _cell(message.time_s),
                "code": message.notice.code,
                "params": json.dumps(dict(message.notice.params)),
                "text": english_notice(message.notice),
                "holds": int(message.holds),
            }
        case PointsChange():
            points = message.points
            return "points_by_hand", {
                "time_s": _cell(message.time_s),
                "points": None if points is None else json.dumps(points_json(points)),
            }
    return None


def points_change_of(row: Mapping[str, Any]) -> PointsChange:
    """Return the change of the points set by hand of a row."""
    points = row["points"]
    return PointsChange(
        points=None if points is None else points_of(json.loads(points)),
        time_s=_number(row["time_s"]),
    )


def reading_of(row: Mapping[str, Any]) -> Reading:
    """Return the reading of a row."""
    texts = {name: row[name] for name in ("name", "unit", "source")}
    return Reading(
        **texts,
        time_s=_number(row["time_s"]),
        value=_number(row["value"]),
        quality=_number(row["quality"]),
    )


def belt_of(row: Mapping[str, Any]) -> BeltInForce:
    """Return the belt in force of a row."""
    numbers = ("time_s", "speed_mps", "incline_pct", "entered_mps", "treadmill_mps", "seen_mps")
    return BeltInForce(
        **{name: _number(row[name]) for name in numbers},
        source=BeltSource(row["source"]),
        incline_source=BeltSource(row["incline_source"]),
        notice=BeltNotice(row["notice"]),
        likely_unit=row["likely_unit"],
    )


def stride_of(row: Mapping[str, Any]) -> StrideMetrics:
    """Return the stride of a row."""
    return StrideMetrics(
        side=Side(row["side"]),
        near=bool(row["near"]),
        start_s=_number(row["start_s"]),
        peak_knee_flexion_s=_number(row["peak_knee_flexion_s"]),
        toe_off_s=_number(row["toe_off_s"]),
        end_s=_number(row["end_s"]),
        valid=bool(row["valid"]),
        reason=_reason(row),
        values=_values(row["metrics"]),
        model_values=_values(row["model_metrics"]),
        error95=_values(row["error95"]),
        decided_at_s=_number(row["decided_at_s"]),
        legs=_legs(row),
    )


def event_of(row: Mapping[str, Any]) -> GaitEvent:
    """Return the event of a row."""
    return GaitEvent(
        kind=EventKind(row["kind"]),
        side=Side(row["side"]),
        near=bool(row["near"]),
        time_s=_number(row["time_s"]),
        decided_at_s=_number(row["decided_at_s"]),
        confidence=_number(row["confidence"]),
    )


def verdict_of(row: Mapping[str, Any]) -> Verdict:
    """Return the verdict of a row."""
    return Verdict(
        side=Side(row["side"]),
        fault=Fault(row["fault"]),
        state=VerdictState(row["state"]),
        reason=_reason(row),
        cue=row["cue"],
        decided_at_s=_number(row["decided_at_s"]),
        mean=_number(row["mean"]),
        ci95=(_number(row["ci95_low"]), _number(row["ci95_high"])),
        error95=_number(row["error95"]),
        strides=row["strides"],
    )


def bands_of(row: Mapping[str, Any]) -> Bands:
    """Return the limits of a row."""
    values = {name: row[name] for name in _BANDS_FIELDS}
    values |= {"side": Side(row["side"]), "fault": Fault(row["fault"])}
    values |= {"speed_source": BeltSource(row["speed_source"])}
    return Bands(**values | {"decided_at_s": _number(row["decided_at_s"])})


def cue_of(row: Mapping[str, Any]) -> Cue:
    """Return the cue of a row."""
    return Cue(kind=row["kind"], wording=row["wording"], issued_at_s=_number(row["issued_at_s"]))


def feedback_of(row: Mapping[str, Any]) -> FeedbackGate:
    """Return the feedback in force of a row."""
    numbers = [name for name in _GATE_FIELDS if name.endswith(("_s", "_spm", "_pct"))]
    return FeedbackGate(
        **{name: _number(row[name]) for name in numbers},
        on=bool(row["given"]),
        reason=GateReason(row["reason"]),
        cue=row["cue"],
        step=row["step"],
        dose=DoseSource(row["dose"]),
    )


def curves_of(row: Mapping[str, Any]) -> StrideCurves:
    """Return the curves of a row; they are kept to four bytes."""
    return StrideCurves(
        side=Side(row["side"]),
        near=bool(row["near"]),
        start_s=_number(row["start_s"]),
        **{name: np.frombuffer(row[name], "<f4").astype(float) for name in _CURVES},
    )


def key_pose_of(row: Mapping[str, Any]) -> KeyPose:
    """Return the key pose of a row; its points are kept to four bytes.

    Records of before there were other skeletons hold all points of BlazePose.
    """
    leg = row["leg_px"]
    xy_px = np.frombuffer(row["xy_px"], "<f4").astype(float).reshape(-1, 2)
    return KeyPose(
        kind=EventKind(row["kind"]),
        side=Side(row["side"]),
        near=bool(row["near"]),
        time_s=_number(row["time_s"]),
        frame_index=row["frame_index"],
        xy_px=xy_px if len(xy_px) == BODY_COUNT else skeleton(BLAZEPOSE).body_of(xy_px),
        value=_number(row["value"]),
        leg_px=None if leg is None else np.frombuffer(leg, "<f4").astype(float).reshape(-1, 2),
    )


def notice_of(row: Mapping[str, Any]) -> NoticeChange:
    """Return the change of a notice of a row."""
    return NoticeChange(
        notice=Notice.recorded(row["code"], json.loads(row["params"]), row["text"]),
        time_s=_number(row["time_s"]),
        holds=bool(row["holds"]),
    )


def insertion(table: str, columns: Sequence[str]) -> str:
    """Return the SQL that inserts one row with its session and number."""
    names = ", ".join(("session", "number", *columns))
    places = ", ".join("?" for _ in range(len(columns) + 2))
    return f"INSERT INTO {table} ({names}) VALUES ({places})"


def _by_name(values: Mapping[str, float]) -> str:
    return json.dumps({name: _cell(value) for name, value in values.items()})


def _values(text: str) -> dict[str, float]:
    return {name: _number(value) for name, value in json.loads(text).items()}


def _legs_cells(legs: LegQuality | None) -> Row:
    if legs is None:
        return {"legs_source": "", "legs_score": None, "legs_flaw": ""}
    return {
        "legs_source": legs.source.value,
        "legs_score": _cell(legs.score),
        "legs_flaw": legs.flaw.value,
    }


def _legs(row: Mapping[str, Any]) -> LegQuality | None:
    if not row["legs_source"]:
        return None
    return LegQuality(
        source=LegSource(row["legs_source"]),
        score=_number(row["legs_score"]),
        flaw=LegFlaw(row["legs_flaw"]),
    )


def _reason_cells(reason: Reason) -> Row:
    return {
        "reason": english(reason),
        "reason_code": reason.code,
        "reason_params": json.dumps(dict(reason.params)),
    }


def _reason(row: Mapping[str, Any]) -> Reason:
    """Return the reason of a row; rows that predate codes have text only."""
    return Reason.recorded(row["reason_code"], json.loads(row["reason_params"]), row["reason"])


def _cell(value: Any) -> str | int | float | None:
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | np.bool):
        return int(value)
    if isinstance(value, int | np.integer):
        return int(value)
    return float(value) if isfinite(value) else None


def _number(value: float | None) -> float:
    return nan if value is None else value
