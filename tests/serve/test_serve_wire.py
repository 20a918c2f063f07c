import json
from dataclasses import replace
from math import nan
from typing import get_args

import jsonschema  # type: ignore[import-untyped]
import msgspec
import numpy as np
import pytest
from feed import WEB_DIR, healthy, plain_frame
from hypothesis import given
from hypothesis import strategies as st
from skeletons import BLAZEPOSE33

from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.pose import Pose
from edge.messages.reading import BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import CURVE_POINTS, KeyPose, StrideCurves, StrideMetrics
from edge.messages.verdict import Bands, Cue, Fault, Verdict, VerdictState
from edge.pose.skeletons.loader import skeleton
from edge.serve.access.roles import Role
from edge.serve.wire import (
    binary,
    commands,
    protocol,
    session_messages,
    status_messages,
    wire_schema,
)
from edge.serve.wire.encode import Broadcast, frame_header, hello_for, still_header, text_for
from edge.settings.settings import Settings

STRIDE = StrideMetrics(
    side=Side.RIGHT,
    near=True,
    start_s=1.0,
    peak_knee_flexion_s=1.1,
    toe_off_s=nan,
    end_s=1.7,
    valid=False,
    reason=Reason("no_toe_off"),
    values={"knee_toe_offset_pct": -5.1},
)
VERDICT = Verdict(
    side=Side.RIGHT,
    fault=Fault.KNEES_FORWARD,
    state=VerdictState.UNKNOWN,
    reason=Reason("strides_too_few", seen=3, needed=8),
    cue=None,
    decided_at_s=1.7,
)
STATE = GaitState(
    frame_index=7,
    time_s=0.1,
    activity=Activity.RUNNING,
    facing=Side.LEFT,
    near_side=None,
    left_phase=Phase.STANCE,
    right_phase=Phase.SWING,
    cadence_spm=nan,
    belt_speed_px_s=nan,
)
RECORDS: list[Broadcast] = [
    StrideCurves(
        side=Side.RIGHT,
        near=True,
        start_s=1.25,
        hip_deg=np.full(CURVE_POINTS, 17.94),
        knee_deg=np.full(CURVE_POINTS, 12.3),
        ankle_deg=np.full(CURVE_POINTS, np.nan),
    ),
    GaitEvent(
        kind=EventKind.TOE_OFF,
        side=Side.LEFT,
        near=False,
        time_s=0.4,
        decided_at_s=0.45,
        confidence=0.8,
    ),
    STRIDE,
    Bands(
        side=Side.RIGHT,
        fault=Fault.BENT_PUSH_OFF,
        metric="knee_flexion_push_off_deg",
        amber=17.9,
        red=22.9,
        inside=1.5,
        worse=1,
        speed_mps=4.5,
        speed_source=BeltSource.PICTURE,
        decided_at_s=2.0,
    ),
    VERDICT,
    Cue(kind="sit_back", wording="Sit back", issued_at_s=2.0),
    healthy(),
    STATE,
]


SHOWN: list[protocol.Text] = [
    status_messages.You(role=Role.VIEWER, local=False, label="tablet"),
    session_messages.Runner(session_key="a1b2-3", runner_key="a1b2-5"),
    status_messages.Display(
        mode=commands.Mode.COACH,
        shown=commands.Shown.SKELETON,
        panels=tuple(commands.Panel),
        muted=True,
        metronome_on=True,
        metronome_spm=175.0,
        metronome_from_spm=None,
        metronome_ramp_s=60.0,
        metronome_age_s=1.5,
    ),
    status_messages.Limits(
        knee_toe_amber_pct=0.0,
        knee_toe_red_pct=4.0,
        push_off_amber_deg=22.5,
        push_off_red_deg=27.5,
        baseline_spm=None,
        target_low_spm=None,
        target_high_spm=None,
        cadence_is_cue=False,
    ),
    status_messages.Neutral(
        state=status_messages.Progress.MEASURING,
        progress=0.5,
        code="measuring",
        text="Stand still",
        kept=False,
        captured_at_s=None,
        knee_flexion_deg=None,
        shank_angle_deg=None,
        foot_angle_deg=None,
    ),
    status_messages.SetUp(
        state=status_messages.Progress.DONE,
        progress=1.0,
        text="",
        checks=(
            status_messages.Check(
                name="roll",
                finding=status_messages.Finding.FIX,
                code="rolled",
                text="Turn the camera",
                value=2.0,
                unit="deg",
            ),
        ),
    ),
    status_messages.Exercise(
        kind="walking",
        state=status_messages.Progress.MEASURING,
        progress=0.0,
        code="on",
        time_s=None,
        values={"lost_count": None},
        labels={},
    ),
    status_messages.Mark(
        kind="pain_now", note="left calf", time_s=12.5, session="2026-11-30T10-00-00Z"
    ),
    status_messages.Answer(id=3, ok=False, code="viewer", text="only an operator may do that"),
    status_messages.Pairing(
        role=Role.VIEWER, url="http://x/pair#y", code="y", qr=("01", "10"), left_s=9.0
    ),
    status_messages.Heartbeat(number=41),
]


HELLO = hello_for(Settings(), "0.1.0", skeleton=BLAZEPOSE33)


def pose(found: bool = True) -> Pose:
    xy_px = np.arange(66, dtype=np.float64).reshape(33, 2) + 0.123
    if not found:
        xy_px[:] = nan
    xy_px[3, 1] = nan
    return Pose(
        frame_index=7,
        time_s=0.1,
        size_px=(64, 48),
        skeleton=BLAZEPOSE33,
        xy_px=xy_px,
        visibility=np.full(33, 0.5),
        depth_px=np.full(33, nan),
        presence=1.0,
    )


def key_pose() -> KeyPose:
    return KeyPose(
        kind=EventKind.PEAK_KNEE_FLEXION,
        side=Side.RIGHT,
        near=True,
        time_s=0.1,
        frame_index=7,
        xy_px=pose().body_px,
        value=nan,
    )


def headers() -> list[binary.Header]:
    return [
        frame_header(1, plain_frame(7), pose(), STATE),
        frame_header(2, plain_frame(8), None, None),
        still_header(key_pose(), (64, 48), Side.LEFT, HELLO),
        still_header(key_pose(), None, None, HELLO),
    ]


def test_committed_schema_equals_the_code() -> None:
    assert (WEB_DIR / wire_schema.SCHEMA_NAME).read_text() == wire_schema.schema_text()


def test_committed_types_equal_the_code() -> None:
    assert (WEB_DIR / wire_schema.TYPES_NAME).read_text() == wire_schema.types_text()


def test_types_name_every_message() -> None:
    text = wire_schema.types_text()
    for kind in [*get_args(protocol.Text), *get_args(binary.Header), protocol.Ack]:
        assert f"export interface {kind.__name__} {{" in text


def texts() -> list[protocol.Text]:
    session = session_messages.Session(name="a", started_at="2026-11-23T10:00:00", recording=True)
    return [
        *map(text_for, RECORDS),
        HELLO,
        session,
        *SHOWN,
    ]


@pytest.mark.parametrize("message", texts(), ids=lambda m: type(m).__name__)
def test_text_messages_keep_to_the_schema_and_come_back(message: protocol.Text) -> None:
    text = protocol.encode_text(message)
    jsonschema.validate(json.loads(text), json.loads(wire_schema.schema_text()))
    assert protocol.decode_text(text) == message


@pytest.mark.parametrize("header", headers(), ids=lambda h: type(h).__name__)
def test_binary_messages_keep_to_the_schema_and_come_back(header: binary.Header) -> None:
    jsonschema.validate(
        json.loads(msgspec.json.encode(header)), json.loads(wire_schema.schema_text())
    )
    assert binary.unpack(binary.pack(header, b"picture")) == (header, b"picture")


def test_every_text_message_is_tagged_by_its_type() -> None:
    tags = {json.loads(protocol.encode_text(message))["type"] for message in texts()}
    assert tags == {
        "hello",
        "event",
        "stride",
        "curves",
        "bands",
        "verdict",
        "cue",
        "health",
        "session",
        "state",
        "you",
        "runner",
        "display",
        "exercise",
        "limits",
        "neutral",
        "set_up",
        "mark",
        "answer",
        "pairing",
        "heartbeat",
    }


def test_absent_is_null_never_zero() -> None:
    told = json.loads(protocol.encode_text(text_for(STRIDE)))
    assert told["toe_off_s"] is None
    assert told["knee_flexion_push_off_deg"] is None
    assert told["knee_toe_offset_pct"] == -5.1
    assert json.loads(protocol.encode_text(text_for(VERDICT)))["ci95"] == [None, None]


def test_a_keypoint_with_one_absent_coordinate_is_null() -> None:
    header = frame_header(1, plain_frame(7), pose(), STATE)
    assert header.xy_px[3] is None
    assert header.xy_px[0] == (0.1, 1.1)


def test_a_frame_without_a_person_carries_no_keypoints() -> None:
    assert frame_header(1, plain_frame(7), pose(found=False), STATE).xy_px == ()


def test_a_point_that_was_not_made_out_is_drawn_where_it_is_expected() -> None:
    expected = np.full((33, 2), nan)
    expected[2:5] = (40.0, 50.0)
    header = frame_header(1, plain_frame(7), replace(pose(), expected_px=expected), STATE)
    assert header.xy_px[2] == (4.1, 5.1)
    assert header.xy_px[3] == (40.0, 50.0)
    assert (header.visibility[2], header.visibility[3]) == (0.5, 0.0)
    nobody = replace(pose(found=False), expected_px=expected)
    assert frame_header(1, plain_frame(7), nobody, STATE).xy_px == ()


def test_a_still_has_its_body_where_the_model_has_it() -> None:
    header = still_header(key_pose(), (64, 48), Side.LEFT, HELLO)
    known = [i for i, point in enumerate(header.xy_px) if point is not None]
    assert known == sorted(BLAZEPOSE33.body.tolist())
    assert header.xy_px[HELLO.right.toe or 0] == (64.1, 65.1)


def test_hello_says_which_points_a_model_lacks() -> None:
    hello = hello_for(Settings(), "0.1.0", skeleton=skeleton("coco17"))
    assert (hello.left.ankle, hello.left.heel, hello.left.toe) == (15, None, None)
    assert len(still_header(key_pose(), None, None, hello).xy_px) == 17


def test_a_still_without_picture_has_no_size() -> None:
    assert still_header(key_pose(), None, None, HELLO).size_px is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"TOE\x01",
        b"JPG\x01\0\0\0\0",
        b"TOE\x02\x02\0\0\0{}",
        b"TOE\x01\xff\0\0\0{}",
        b"TOE\x01\xff\xff\xff\xff{}",
        b"TOE\x01\x02\0\0\0{}",
        b"TOE\x01\x02\0\0\0\xff\xfe",
    ],
)
def test_a_broken_binary_message_is_a_wire_error(data: bytes) -> None:
    with pytest.raises(protocol.WireError):
        binary.unpack(data)


@given(st.binary(max_size=200))
def test_unpack_never_fails_otherwise(data: bytes) -> None:
    with pytest.raises(protocol.WireError):
        binary.unpack(binary.MAGIC + data)


@given(st.binary(max_size=500), st.integers(0, 600))
def test_a_cut_binary_message_is_told_or_lacks_only_picture(jpeg: bytes, cut: int) -> None:
    header = headers()[3]
    whole = binary.pack(header, jpeg)
    size = len(whole) - len(jpeg)
    if cut < size:
        with pytest.raises(protocol.WireError):
            binary.unpack(whole[:cut])
    else:
        assert binary.unpack(whole[:cut]) == (header, jpeg[: cut - size])
