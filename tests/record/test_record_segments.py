"""Segments of poses: whatever the bytes, only what the checksums vouch for is read."""

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reasons import said
from stored import raw_pose, running, seen

from edge.messages.errors import RecordError
from edge.messages.gait import Activity
from edge.messages.pose import Pose
from edge.messages.reading import Belt
from edge.messages.reason import Reason
from edge.messages.seen import Seen
from edge.messages.side import Side
from edge.pose.skeletons.loader import skeleton
from edge.record import pose_codec
from edge.record.pose_codec import (
    FORMAT,
    Conditions,
    Gait,
    Layout,
    decode_conditions,
    decode_layout,
    decode_seen,
    decode_settled,
    encode_conditions,
    encode_layout,
    encode_seen,
    encode_settled,
    first_layout,
)
from edge.record.pose_log import PoseLog, PoseReader, segment_files
from edge.record.segments import (
    FIRST_MAGIC,
    MAGIC,
    MAX_PAYLOAD,
    SegmentError,
    framed,
    read_segment,
)

LAID_OUT = decode_layout(encode_layout(raw_pose(0)))
RECORDS = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=200)), max_size=8)


def segment(records: list[tuple[int, bytes]]) -> bytes:
    return MAGIC + b"".join(framed(kind, payload) for kind, payload in records)


@given(RECORDS)
def test_what_was_written_is_read(records: list[tuple[int, bytes]]) -> None:
    read = read_segment(segment(records))
    assert (read.records, read.whole) == (records, True)


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_be_refused_or_read(data: bytes) -> None:
    for bytes_ in (data, MAGIC + data, FIRST_MAGIC + data):
        try:
            read = read_segment(bytes_)
        except SegmentError:
            continue
        # What is read, written again, is exactly what was vouched for.
        written = segment(read.records)
        if read.first_format:
            written = FIRST_MAGIC + written[len(MAGIC) :]
        assert written[: read.good_bytes] == bytes_[: read.good_bytes]
        assert read.whole == (read.good_bytes == len(bytes_))


@given(RECORDS, st.data())
def test_a_cut_at_any_byte_leaves_every_record_before_it(
    records: list[tuple[int, bytes]], data: st.DataObject
) -> None:
    whole = segment(records)
    at = data.draw(st.integers(0, len(whole)))
    ends = [len(segment(records[:count])) for count in range(len(records) + 1)]
    read = read_segment(whole[:at])
    assert read.records == records[: sum(end <= at for end in ends[1:])]


@given(RECORDS.filter(len), st.data())
def test_a_changed_byte_ends_what_is_read(
    records: list[tuple[int, bytes]], data: st.DataObject
) -> None:
    whole = bytearray(segment(records))
    at = data.draw(st.integers(len(MAGIC), len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    read = read_segment(bytes(whole))
    # A changed length may run past the end, or over records that then do not match.
    assert read.records == records[: len(read.records)]
    assert len(read.records) < len(records)
    assert read.good_bytes <= at


def test_a_record_too_long_is_not_written() -> None:
    with pytest.raises(ValueError, match="at most 1048576 bytes, got 1048577"):
        framed(1, bytes(MAX_PAYLOAD + 1))


@given(st.binary(max_size=900), st.booleans())
def test_no_payload_does_anything_but_be_refused_or_read(payload: bytes, whole: bool) -> None:
    # Whole ones get past the length, to the flags.
    known = encode_seen(seen(raw_pose(3)), running(raw_pose(3)))
    if whole:
        payload = payload[:30] + known[len(payload[:30]) :]
    for decode in (
        lambda: decode_seen(payload, Conditions(), LAID_OUT),
        lambda: decode_seen(payload, Conditions(), first_layout()),
        lambda: decode_settled(payload, LAID_OUT),
        lambda: decode_conditions(payload),
        lambda: decode_layout(payload),
    ):
        try:
            decode()
        except SegmentError:
            continue


# Poses.


def same(one: Seen, other: Seen) -> None:
    for name in ("xy_px", "visibility", "depth_px", "legs_px", "legs_error_px"):
        ours, theirs = getattr(one.pose, name), getattr(other.pose, name)
        assert (ours is None) == (theirs is None), name
        if ours is not None:
            assert ours.shape == theirs.shape
            assert ours.tobytes() == theirs.tobytes(), name
    for name in ("frame_index", "time_s", "size_px", "presence", "swapped", "breaks"):
        assert getattr(one.pose, name) == getattr(other.pose, name), name
    for name in ("fresh", "another_person", "stand_in", "belt"):
        assert getattr(one, name) == getattr(other, name), name


def test_conditions_of_before_reasons_had_codes_keep_their_words() -> None:
    told = Seen(pose=raw_pose(5), stand_in=said("smaller model lite in use"))
    payload = encode_conditions(told)
    assert b"stand_in_code" not in payload
    assert decode_conditions(payload).stand_in == told.stand_in


def test_a_pose_comes_back_to_the_bit() -> None:
    for pose in (raw_pose(5), raw_pose(6, legs=False), raw_pose(7, found=False)):
        for told in (
            Seen(pose=pose),
            Seen(
                pose=pose,
                fresh=True,
                another_person=True,
                stand_in=Reason("smaller_model", model="lite"),
                belt=Belt(speed_mps=2.7, incline_pct=-1.1),
            ),
        ):
            conditions = decode_conditions(encode_conditions(told))
            layout = decode_layout(encode_layout(pose))
            back, gait = decode_seen(encode_seen(told, running(pose)), conditions, layout)
            same(told, back)
            assert gait.activity is (Activity.RUNNING if pose.found else Activity.ABSENT)


def test_an_empty_belt_takes_little_room_and_a_pose_about_700_bytes() -> None:
    empty, full = raw_pose(7, found=False), raw_pose(8)
    assert len(encode_seen(seen(empty), running(empty))) < 40
    assert 650 < len(encode_seen(seen(full), running(full))) < 750


def test_numbers_that_four_bytes_cannot_hold_are_kept_in_eight() -> None:
    pose = raw_pose(5)
    odd = Seen(pose=replace(pose, xy_px=pose.xy_px + 1e-9))
    back, _ = decode_seen(encode_seen(odd, running(pose)), Conditions(), LAID_OUT)
    same(odd, back)


def test_a_settled_pose_comes_back_without_its_depth() -> None:
    pose = raw_pose(9)
    back = decode_settled(encode_settled(pose), LAID_OUT)
    assert back.xy_px.tobytes() == pose.xy_px.tobytes()
    assert back.visibility.tobytes() == pose.visibility.tobytes()
    assert np.isnan(back.depth_px).all()
    assert (back.frame_index, back.time_s, back.size_px) == (9, 9 / 60, (960, 540))


class OneMore(StrEnum):
    """What people do on a belt, and one thing more."""

    ABSENT = "absent"
    STANDING = "standing"
    WALKING = "walking"
    RUNNING = "running"
    HOPPING = "hopping"


def test_a_fifth_activity_comes_back_as_itself_and_so_do_the_sides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pose_codec, "_ACTIVITIES", tuple(OneMore))
    pose = raw_pose(3)
    kinds: tuple[Any, ...] = tuple(OneMore)
    for activity in kinds:
        for facing in (None, *Side):
            told = replace(running(pose), activity=activity, facing=facing, near_side=Side.LEFT)
            _, gait = decode_seen(encode_seen(seen(pose), told), Conditions(), LAID_OUT)
            assert gait == Gait(activity=activity, facing=facing, near_side=Side.LEFT)


def other_pose(index: int) -> Pose:
    """Return a pose of another model, by another camera."""
    halpe = skeleton("halpe26")
    return replace(
        raw_pose(index, rate_hz=2.0, legs=False),
        skeleton=halpe,
        xy_px=np.arange(52.0).reshape(26, 2) + index,
        visibility=np.full(26, 0.5),
        depth_px=np.full(26, np.nan),
        camera="left",
    )


def test_a_layout_comes_back() -> None:
    layout = decode_layout(encode_layout(other_pose(1)))
    assert layout == Layout(format=FORMAT, skeleton=skeleton("halpe26"), camera="left")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 3}, "poses are in format 3; this program reads 2"),
        ({"skeleton": "spider"}, "there is no skeleton 'spider'"),
        ({"points": 33}, "poses have 33 points, and skeleton halpe26 has 26"),
        ({"points": None}, "cannot be read"),
    ],
)
def test_a_layout_that_cannot_be_kept_to_is_refused(changes: dict[str, Any], said: str) -> None:
    told = json.loads(encode_layout(other_pose(1))) | changes
    with pytest.raises(SegmentError, match=said):
        decode_layout(json.dumps(told).encode())


# Files.


def write(folder: Path, count: int) -> None:
    log = PoseLog(folder)
    for index in range(count):
        pose = raw_pose(index, rate_hz=2.0)
        log.seen(seen(pose), running(pose))
    log.close()


def test_poses_of_several_models_come_back_from_one_file(tmp_path: Path) -> None:
    log = PoseLog(tmp_path)
    poses = [raw_pose(0, rate_hz=2.0), other_pose(1), other_pose(2), raw_pose(3, rate_hz=2.0)]
    for pose in poses:
        log.seen(seen(pose), running(pose))
        log.settled(pose)
    log.close()
    reader = PoseReader(tmp_path)
    for pose, (told, _) in zip(poses, reader.seen(), strict=True):
        same(seen(pose), told)
        assert (told.pose.skeleton, told.pose.camera) == (pose.skeleton, pose.camera)
    for pose, settled in zip(poses, reader.settled(), strict=True):
        assert settled.xy_px.tobytes() == pose.xy_px.tobytes()
        assert (settled.skeleton, settled.camera) == (pose.skeleton, pose.camera)


def test_segments_rotate_once_a_minute_and_are_read_in_order(tmp_path: Path) -> None:
    write(tmp_path, 300)
    assert len(segment_files(tmp_path)) == 3
    reader = PoseReader(tmp_path)
    assert [told.pose.frame_index for told, _ in reader.seen()] == list(range(300))
    assert reader.damage == []


def test_a_cut_segment_costs_its_own_tail_and_is_said(tmp_path: Path) -> None:
    write(tmp_path, 300)
    first, second, _ = segment_files(tmp_path)
    first.write_bytes(first.read_bytes()[:-1])
    second.write_bytes(bytes(1000))
    reader = PoseReader(tmp_path)
    assert [told.pose.frame_index for told, _ in reader.seen()] == [*range(119), *range(240, 300)]
    assert [line.split(" ")[0] for line in reader.damage] == ["000001.poses", "000002.poses:"]


def test_a_record_that_is_vouched_for_and_wrong_is_named(tmp_path: Path) -> None:
    (tmp_path / "000001.poses").write_bytes(MAGIC + framed(1, b"too short"))
    with pytest.raises(RecordError, match=r"cannot read .*000001.poses: a pose record is too sho"):
        list(PoseReader(tmp_path).seen())
