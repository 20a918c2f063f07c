import json
from dataclasses import replace
from math import nan
from typing import get_args

import jsonschema  # type: ignore[import-untyped]
import msgspec
import numpy as np
import pytest
from feed import WEB_DIR, plain_frame
from hypothesis import given
from hypothesis import strategies as st
from skeletons import BLAZEPOSE33
from wire_records import RECORDS, STATE, headers, key_pose, pose, texts

from edge.messages.pose import Pose
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Verdict
from edge.pose.skeletons.loader import skeleton
from edge.serve.wire import (
    binary,
    greeting,
    protocol,
    wire_schema,
)
from edge.serve.wire.encode import frame_header, hello_for, still_header, text_for
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
VERDICT = next(record for record in RECORDS if isinstance(record, Verdict) and not record.cue)
HELLO = hello_for(Settings(), "0.1.0", skeleton=BLAZEPOSE33)


def pose_of(found: bool = True) -> Pose:
    xy_px = np.arange(66, dtype=np.float64).reshape(33, 2) + 0.123
    if not found:
        xy_px[:] = nan
    xy_px[3, 1] = nan
    return replace(pose(), xy_px=xy_px)


def still_of(hello: greeting.Hello) -> binary.StillHeader:
    return still_header(replace(key_pose(), xy_px=pose_of().body_px), (64, 48), Side.LEFT, hello)


def test_committed_schema_equals_the_code() -> None:
    assert (WEB_DIR / wire_schema.SCHEMA_NAME).read_text() == wire_schema.schema_text()


def test_committed_types_equal_the_code() -> None:
    assert (WEB_DIR / wire_schema.TYPES_NAME).read_text() == wire_schema.types_text()


def test_types_name_every_message() -> None:
    text = wire_schema.types_text()
    for kind in [*get_args(protocol.Text), *get_args(binary.Header), protocol.Ack]:
        assert f"export interface {kind.__name__} {{" in text


@pytest.mark.parametrize("message", texts(), ids=lambda m: type(m).__name__)
def test_text_messages_keep_to_the_schema_and_come_back(message: protocol.Text) -> None:
    text = protocol.encode_text(message)
    jsonschema.validate(json.loads(text), json.loads(wire_schema.schema_text()))
    assert protocol.decode_text(text) == message


@pytest.mark.parametrize("name", headers())
def test_binary_messages_keep_to_the_schema_and_come_back(name: str) -> None:
    header, _ = headers()[name]
    jsonschema.validate(
        json.loads(msgspec.json.encode(header)), json.loads(wire_schema.schema_text())
    )
    assert binary.unpack(binary.pack(header, b"picture")) == (header, b"picture")


def test_absent_is_null_never_zero() -> None:
    told = json.loads(protocol.encode_text(text_for(STRIDE)))
    assert told["toe_off_s"] is None
    assert told["knee_flexion_push_off_deg"] is None
    assert told["knee_toe_offset_pct"] == -5.1
    assert json.loads(protocol.encode_text(text_for(VERDICT)))["ci95"] == [None, None]


def test_a_keypoint_with_one_absent_coordinate_is_null() -> None:
    header = frame_header(1, plain_frame(7), pose_of(), STATE)
    assert header.xy_px[3] is None
    assert header.xy_px[0] == (0.1, 1.1)


def test_a_frame_without_a_person_carries_no_keypoints() -> None:
    assert frame_header(1, plain_frame(7), pose_of(found=False), STATE).xy_px == ()


def test_a_point_that_was_not_made_out_is_drawn_where_it_is_expected() -> None:
    expected = np.full((33, 2), nan)
    expected[2:5] = (40.0, 50.0)
    header = frame_header(1, plain_frame(7), replace(pose_of(), expected_px=expected), STATE)
    assert header.xy_px[2] == (4.1, 5.1)
    assert header.xy_px[3] == (40.0, 50.0)
    assert (header.visibility[2], header.visibility[3]) == (0.75, 0.0)
    nobody = replace(pose_of(found=False), expected_px=expected)
    assert frame_header(1, plain_frame(7), nobody, STATE).xy_px == ()


def test_a_still_has_its_body_where_the_model_has_it() -> None:
    header = still_of(HELLO)
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
    header, _ = headers()["still_gone.bin"]
    whole = binary.pack(header, jpeg)
    size = len(whole) - len(jpeg)
    if cut < size:
        with pytest.raises(protocol.WireError):
            binary.unpack(whole[:cut])
    else:
        assert binary.unpack(whole[:cut]) == (header, jpeg[: cut - size])
