"""Points set by hand in the store and in the pose log."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from record_samples import a_stride
from stored import HEAD, raw_pose, running, seen

from edge.messages.gait import EventKind
from edge.messages.legs import LegSource
from edge.messages.points_by_hand import PointsByHand, PointsChange
from edge.messages.seen import Seen
from edge.messages.side import Side
from edge.record.pose_codec import decode_conditions, encode_conditions
from edge.record.rows import points_change_of, row_of, stride_of
from edge.record.session_writer import SessionWriter
from edge.record.store import Store

NOW = datetime(2026, 11, 30, 21, 14, tzinfo=UTC)
numbers = st.floats(allow_nan=False, allow_infinity=False)
pairs = st.tuples(*(st.tuples(numbers, numbers),) * 4)
POINTS = PointsByHand(
    side=Side.RIGHT,
    source=LegSource.READER,
    kind=EventKind.PEAK_KNEE_FLEXION,
    still_s=1.25,
    set_at="2026-11-30T21:14:00+00:00",
    set_by="tablet 1",
    offsets_legs=((0.0, 0.0), (0.01, -0.02), (-0.03, 0.0), (0.08, 0.004)),
    model_px=((500.0, 300.5), (480.0, 400.0), (470.0, 415.0), (520.0, 416.0)),
    hand_px=((500.0, 300.5), (482.0, 404.0), (464.0, 415.0), (536.0, 417.0)),
)
anything = st.builds(
    PointsByHand,
    side=st.sampled_from(Side),
    source=st.sampled_from(LegSource),
    kind=st.sampled_from(EventKind),
    still_s=numbers,
    set_at=st.text(),
    set_by=st.text(),
    offsets_legs=pairs,
    model_px=pairs,
    hand_px=pairs,
)


@given(points=st.none() | anything, time_s=numbers)
def test_a_change_comes_back_from_its_row_to_the_last_bit(
    points: PointsByHand | None, time_s: float
) -> None:
    change = PointsChange(points=points, time_s=time_s)
    row = row_of(change)
    assert row is not None
    assert points_change_of(row[1]) == change


@given(points=st.none() | anything)
def test_the_pose_log_keeps_what_was_in_force(points: PointsByHand | None) -> None:
    known = Seen(pose=raw_pose(0), points=points)
    assert decode_conditions(encode_conditions(known)).points == points


def test_a_log_without_points_is_written_as_before() -> None:
    assert b"points" not in encode_conditions(Seen(pose=raw_pose(0)))


def test_both_numbers_of_a_stride_are_kept() -> None:
    stride = a_stride(knee_toe_offset_pct=3.1, model_values={"knee_toe_offset_pct": 9.4})
    row = row_of(stride)
    assert row is not None
    back = stride_of(row[1])
    assert (back.value("knee_toe_offset_pct"), back.model_value("knee_toe_offset_pct")) == (
        3.1,
        9.4,
    )
    assert back.by_hand
    assert not stride_of(row_of(a_stride())[1]).by_hand  # type: ignore[index]


def test_a_session_holds_its_points_and_the_undo(tmp_path: Path) -> None:
    set_, undone = PointsChange(points=POINTS, time_s=0.0), PointsChange(points=None, time_s=0.5)
    with Store(tmp_path) as store:
        writer = SessionWriter(store, HEAD, NOW)
        for index, message in enumerate([set_, undone]):
            pose = raw_pose(30 * index)
            writer.frame(replace(seen(pose), points=message.points), running(pose), [message], 9.0)
        writer.close(NOW, "over")
        session = store.session(writer.name)
        assert store.read(session).points_by_hand() == [set_, undone]
        logged = [was.points for was, _ in store.read(session).poses().seen()]
        assert logged == [POINTS, None]
