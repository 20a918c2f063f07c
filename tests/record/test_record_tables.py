"""Rows are those of the contract, letter by letter."""

import csv
import io
import json
from dataclasses import replace
from math import inf, isfinite, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from reasons import said
from record_samples import a_pose, a_stride, an_event, events, nobody, poses, strides
from skeletons import BLAZEPOSE33

from edge.i18n.reasons import english
from edge.messages.gait import EventKind, GaitEvent
from edge.messages.legs import LegQuality, LegSource
from edge.messages.pose import Pose
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.metrics.catalogue import METRIC_NAMES
from edge.record.tables import (
    EVENT_COLUMNS,
    STRIDE_COLUMNS,
    csv_line,
    event_row,
    pose_line,
    stride_row,
)


def test_headers_are_those_of_the_contract() -> None:
    assert csv_line(EVENT_COLUMNS) == "time_s,decided_at_s,side,near,kind,confidence"
    assert csv_line(STRIDE_COLUMNS) == (
        "side,near,start_s,peak_knee_flexion_s,toe_off_s,end_s,valid,reason,"
        "knee_toe_offset_pct,shank_angle_deg,hip_ankle_offset_pct,knee_flexion_peak_deg,"
        "knee_flexion_contact_deg,knee_flexion_push_off_deg,thigh_extension_deg,"
        "plantarflexion_deg,line_straightness_pct,trunk_lean_deg,overstride_pct,"
        "ground_contact_ms,flight_ms,stride_time_ms,cadence_spm,vertical_oscillation_pct,reason_code,"
        "legs_source,legs_score"
    )


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (an_event(), "1.250000,1.300000,right,1,initial_contact,0.9000"),
        (
            an_event(side=Side.LEFT, near=False, kind=EventKind.TOE_OFF, time_s=12.3456784),
            "12.345678,1.300000,left,0,toe_off,0.9000",
        ),
        (
            an_event(kind=EventKind.PEAK_KNEE_FLEXION, time_s=-0.0, confidence=nan),
            "0.000000,1.300000,right,1,peak_knee_flexion,",
        ),
    ],
)
def test_event_rows_by_hand(event: GaitEvent, line: str) -> None:
    assert csv_line(event_row(event)) == line


def test_stride_rows_by_hand() -> None:
    stride = a_stride(
        side=Side.LEFT,
        near=False,
        toe_off_s=nan,
        valid=False,
        reason=Reason("strides_too_few_last", seen=3, needed=8, last="no_toe_off"),
        knee_toe_offset_pct=-5.12346,
        shank_angle_deg=inf,
        knee_flexion_peak_deg=-0.00001,
        ground_contact_ms=250.12345,
        cadence_spm=168.0,
        vertical_oscillation_pct=6.5,
    )
    assert csv_line(stride_row(stride)) == (
        "left,0,1.000000,1.125000,,1.750000,0,3 of 8 strides seen (last: no toe-off found),"
        "-5.1235,,,0.0000,,,,,,,,250.123,,,168.0000,6.5000,strides_too_few_last,,"
    )


def test_words_of_before_there_were_codes_are_one_cell_of_one_line() -> None:
    line = csv_line(stride_row(a_stride(reason=said('no "toe-off",\n cut short'))))
    assert '"no ""toe-off"", cut short"' in line
    assert line.endswith(",,,")


def test_the_source_of_the_legs_and_its_score_are_the_last_cells() -> None:
    legs = LegQuality(source=LegSource.READER, score=0.91237)
    assert csv_line(stride_row(replace(a_stride(), legs=legs))).endswith(",reader,0.9124")


def test_pose_line_by_hand() -> None:
    xy_px = np.full((BLAZEPOSE33.count, 2), 7.0)
    xy_px[0] = (320.12345, -0.0001)
    xy_px[1] = (nan, 12.5)
    visibility = np.full(BLAZEPOSE33.count, 0.98766)
    visibility[2] = nan
    line = pose_line(a_pose(42, 0.70000049, xy_px=xy_px, visibility=visibility, swapped=True))
    begins = '{"frame":42,"time_s":0.7,"score":0.75,"xy_px":[[320.123,0.0],[null,12.5],[7.0,7.0],'
    assert line.startswith(begins)
    assert line.endswith('"swapped":true}')
    read = json.loads(line)
    assert list(read) == ["frame", "time_s", "score", "xy_px", "visibility", "swapped"]
    assert np.shape(read["xy_px"]) == (33, 2)
    assert read["visibility"] == [0.9877, 0.9877, None, *[0.9877] * 30]


def test_nobody_keeps_the_shape_and_is_null() -> None:
    read = json.loads(pose_line(nobody()))
    assert read["xy_px"] == [[None, None]] * 33
    assert read["visibility"] == [None] * 33
    assert read["score"] == 0.0
    assert read["swapped"] is False


def _cells(line: str) -> list[str]:
    (cells,) = csv.reader(io.StringIO(line + "\n", newline=""), strict=True)
    return cells


def _agrees(cell: str, value: float, decimals: int) -> bool:
    if not isfinite(value):
        return cell == ""
    off: float = abs(float(cell) - value)
    return off <= 0.5000001 * 0.1**decimals + 1e-15 * abs(value)


@settings(deadline=None)
@given(events)
def test_any_event_reads_back_within_its_format(event: GaitEvent) -> None:
    read = dict(zip(EVENT_COLUMNS, _cells(csv_line(event_row(event))), strict=True))
    assert _agrees(read["time_s"], event.time_s, 6)
    assert _agrees(read["decided_at_s"], event.decided_at_s, 6)
    assert _agrees(read["confidence"], event.confidence, 4)
    assert (read["side"], read["kind"]) == (event.side, event.kind)
    assert read["near"] == ("1" if event.near else "0")


@settings(deadline=None)
@given(strides)
def test_any_stride_reads_back_within_its_format(stride: StrideMetrics) -> None:
    line = csv_line(stride_row(stride))
    assert "\n" not in line
    assert "\r" not in line
    read = dict(zip(STRIDE_COLUMNS, _cells(line), strict=True))
    for column in ("start_s", "peak_knee_flexion_s", "toe_off_s", "end_s"):
        assert _agrees(read[column], getattr(stride, column), 6)
    for column in METRIC_NAMES:
        assert _agrees(read[column], stride.value(column), 3 if column.endswith("_ms") else 4)
    assert read["valid"] == ("1" if stride.valid else "0")
    assert read["reason"].split() == english(stride.reason).split()


@settings(deadline=None)
@given(poses)
def test_any_pose_is_one_line_of_strict_json(pose: Pose) -> None:
    line = pose_line(pose)
    assert "\n" not in line
    read = json.loads(line, parse_constant=pytest.fail)
    assert read["frame"] == pose.frame_index
    for (x, _), (true_x, _) in zip(read["xy_px"], pose.xy_px, strict=True):
        assert isnan(true_x) if x is None else abs(x - true_x) <= 0.0005
