"""Values by points set by hand and values by the model are never averaged together."""

from math import nan

import pytest
from record_samples import FACTS, a_stride
from test_record_points import POINTS

from edge.messages.points_by_hand import CORRECTED, PointsChange
from edge.messages.stride import StrideMetrics
from edge.record.same_points import values_of
from edge.record.summary import SessionSummary

KNEE_TOE = "knee_toe_offset_pct"
LEAN = "trunk_lean_deg"


def plain(at_s: float, value: float) -> StrideMetrics:
    return a_stride(decided_at_s=at_s, start_s=at_s - 1, **{KNEE_TOE: value, LEAN: 7.0})


def by_hand(at_s: float, value: float, model: float) -> StrideMetrics:
    return a_stride(
        decided_at_s=at_s,
        start_s=at_s - 1,
        model_values=dict.fromkeys(CORRECTED, nan) | {KNEE_TOE: model},
        **{KNEE_TOE: value, LEAN: 7.0},
    )


SET = PointsChange(points=POINTS, time_s=2.5)
UNDONE = PointsChange(points=None, time_s=4.5)
BEFORE = [plain(1.0, 9.0), plain(2.0, 9.2)]
SINCE = [by_hand(3.0, 3.0, 9.4), by_hand(4.0, 3.4, 9.6)]
AFTER = [plain(5.0, 9.8)]


@pytest.mark.parametrize(
    ("strides", "since_s", "values"),
    [
        (BEFORE, -1.0, [9.0, 9.2]),
        ([*BEFORE, *SINCE], 2.5, [3.0, 3.4]),
        # Set a second time: what was measured by the first points does not count.
        ([*BEFORE, *SINCE], 3.5, [3.4]),
        # Taken back: all by the model again.
        ([*BEFORE, *SINCE, *AFTER], 2.5, [9.0, 9.2, 9.4, 9.6, 9.8]),
        ([], 0.0, []),
    ],
)
def test_only_values_by_the_same_points_are_taken(
    strides: list[StrideMetrics], since_s: float, values: list[float]
) -> None:
    assert values_of(strides, KNEE_TOE, since_s) == values
    assert values_of(strides, LEAN, since_s) == [7.0] * len(strides)


def summed(*messages: StrideMetrics | PointsChange) -> dict[str, object]:
    summary = SessionSummary(FACTS)
    for message in messages:
        summary.update(message)
    return summary.result()


def knee_toe(result: dict[str, object]) -> list[float]:
    found = result["sides"]["right"]["metrics"][KNEE_TOE]  # type: ignore[index]
    return [found["mean"], found["n"]]


def test_a_session_without_points_has_an_empty_entry() -> None:
    result = summed(*BEFORE)
    assert result["points_by_hand"] is None
    assert knee_toe(result) == pytest.approx([9.1, 2])


def test_session_json_states_both_numbers_and_averages_one_kind() -> None:
    result = summed(*BEFORE, SET, *SINCE)
    assert knee_toe(result) == pytest.approx([3.2, 2])
    entry = result["points_by_hand"]
    assert isinstance(entry, dict)
    assert (entry["side"], entry["still"], entry["set_by"]) == (
        "right",
        "peak_knee_flexion",
        "tablet 1",
    )
    assert entry["until_s"] is None
    assert entry["offsets_pct_leg"]["toe"] == pytest.approx([8.0, 0.4])
    assert entry["metrics"][KNEE_TOE] == {
        "by_hand": pytest.approx(3.2),
        "model": pytest.approx(9.5),
        "n": 2,
    }
    # What was never measured is absent, not zero.
    assert entry["metrics"]["shank_angle_deg"] == {"by_hand": None, "model": None, "n": 0}


def test_points_set_again_count_alone() -> None:
    again = PointsChange(points=POINTS, time_s=3.5)
    result = summed(*BEFORE, SET, SINCE[0], again, SINCE[1])
    assert knee_toe(result) == pytest.approx([3.4, 1])


def test_an_undo_gives_the_models_numbers_for_the_whole_session() -> None:
    result = summed(*BEFORE, SET, *SINCE, UNDONE, *AFTER)
    assert knee_toe(result) == pytest.approx([9.4, 5])
    entry = result["points_by_hand"]
    assert isinstance(entry, dict)
    assert entry["until_s"] is not None or entry["from_s"] is None
    assert entry["metrics"][KNEE_TOE]["n"] == 2
