"""Matching and figures of events, by hand."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.offline.evaluate.agreement import (
    _ROUNDING_S,
    EventScore,
    event_figures,
    matched,
    score_events,
)

WHOLE = (0.0, 100.0)


def score(true: list[float], found: list[float], window: tuple[float, float] = WHOLE) -> EventScore:
    times = np.array(found, float)
    return score_events(np.array(true, float), times, times + 0.06, window)


@pytest.mark.parametrize(
    ("true", "found", "pairs"),
    [
        ([], [], []),
        ([1.0], [], []),
        ([], [1.0], []),
        ([1.0], [1.05], [(0, 0)]),
        ([1.0], [1.06], []),
        # The nearer of two takes it, whichever comes first.
        ([1.0], [0.97, 1.01], [(0, 1)]),
        ([1.0], [1.01, 0.97], [(0, 0)]),
        # One found event answers for one true event only.
        ([1.0, 1.04], [1.02], [(0, 0)]),
        # The nearest pair goes first, though that leaves the other true event without one.
        ([1.0, 1.04], [1.03, 1.07], [(1, 0)]),
        ([1.0, 2.0, 3.0], [3.01, 0.99, 2.04], [(0, 1), (1, 2), (2, 0)]),
        ([1.0, float("nan")], [float("nan"), 1.0], [(0, 1)]),
    ],
)
def test_pairs_are_the_nearest_first_and_one_to_one(
    true: list[float], found: list[float], pairs: list[tuple[int, int]]
) -> None:
    rows, columns = matched(np.array(true, float), np.array(found, float), 0.05)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == pairs


times_s = st.lists(st.floats(0, 5), max_size=12, unique=True).map(np.array)


@given(times_s, times_s, st.floats(0.001, 0.2))
def test_no_time_is_used_twice_and_all_pairs_are_near(
    true: np.ndarray, found: np.ndarray, within: float
) -> None:
    rows, columns = matched(true.astype(float), found.astype(float), within)
    assert len(set(rows.tolist())) == len(set(columns.tolist())) == rows.size
    assert (np.abs(true[rows] - found[columns]) <= within + 1e-6).all() if rows.size else True


@given(times_s, times_s)
@example(np.array([0.5]), np.array([0.55]))
def test_a_smaller_tolerance_keeps_the_nearer_pairs(true: np.ndarray, found: np.ndarray) -> None:
    wide = matched(true.astype(float), found.astype(float), 0.2)
    narrow = matched(true.astype(float), found.astype(float), 0.05)
    gaps = np.abs(true[wide[0]] - found[wide[1]]) if wide[0].size else np.empty(0)
    near = gaps <= 0.05 + _ROUNDING_S
    assert set(zip(*narrow, strict=True)) == set(zip(wide[0][near], wide[1][near], strict=True))


def test_errors_are_found_minus_true_and_emission_counts_from_the_truth() -> None:
    result = score([1.0, 2.0], [1.02, 1.99])
    assert result.errors_s == pytest.approx([0.02, -0.01])
    assert result.emissions_s == pytest.approx([0.08, 0.05])
    assert (result.true, result.found) == (2, 2)


@pytest.mark.parametrize(
    ("true", "found", "counts", "pairs"),
    [
        # The true event is inside, the found one just outside, and the other way round.
        ([1.01], [0.99], (1, 1), 1),
        ([0.99], [1.01], (0, 0), 0),
        ([0.5, 1.5], [0.5, 1.5, 1.8], (1, 2), 1),
        # The end belongs to the next window.
        ([2.0], [1.99], (0, 0), 0),
    ],
)
def test_an_event_at_the_edge_of_the_window_is_counted_once(
    true: list[float], found: list[float], counts: tuple[int, int], pairs: int
) -> None:
    result = score(true, found, (1.0, 2.0))
    assert (result.true, result.found) == counts
    assert result.errors_s.size == pairs


def test_figures_by_hand() -> None:
    # Errors of 10, -10, 30 and 40 ms; one true event missed, one invented.
    figures = event_figures([score([1, 2, 3], [1.01, 1.99, 3.03]), score([1, 2], [1.04, 5.0])])
    assert figures["n_true"] == 5
    assert figures["n_found"] == 5
    assert figures["f1_20ms"] == pytest.approx(2 * 2 / 10)
    assert figures["f1_33ms"] == pytest.approx(2 * 3 / 10)
    assert figures["f1_50ms"] == pytest.approx(2 * 4 / 10)
    assert figures["lowest_f1_50ms"] == pytest.approx(0.5)
    assert figures["bias_ms"] == pytest.approx(17.5)
    assert figures["rmse_ms"] == pytest.approx(np.sqrt(2700 / 4), abs=1e-5)
    assert figures["sd_ms"] == pytest.approx(np.std([10, -10, 30, 40], ddof=1), abs=1e-5)
    assert figures["p95_abs_ms"] == pytest.approx(38.5)
    assert figures["loa_ms"] == pytest.approx(
        [17.5 - 1.96 * figures["sd_ms"], 17.5 + 1.96 * figures["sd_ms"]], abs=1e-4
    )
    assert figures["trial_bias_sd_ms"] == pytest.approx(np.std([10, 40], ddof=1), abs=1e-5)
    assert figures["emission_ms"]["p50"] == pytest.approx(80.0)


@pytest.mark.parametrize("error_ms", [20, 33, 50])
def test_an_error_of_exactly_the_tolerance_counts(error_ms: int) -> None:
    figures = event_figures([score([7.1], [7.1 + error_ms / 1000])])
    assert figures[f"f1_{error_ms}ms"] == 1.0


def test_nothing_to_compare_is_none_and_not_nought() -> None:
    figures = event_figures([score([], [])])
    assert figures["f1_50ms"] is None
    assert figures["bias_ms"] is None
    assert figures["loa_ms"] == [None, None]
    assert figures["emission_ms"] == {"p50": None, "p95": None}
    missed = event_figures([score([1.0], [])])
    assert missed["f1_50ms"] == 0.0
    assert missed["rmse_ms"] is None


@given(st.floats(-3, 3))
def test_shifting_all_times_changes_nothing(shift: float) -> None:
    true, found = np.array([1.0, 2.0, 3.0]), np.array([1.013, 2.5, 2.988])
    still = score_events(true, found, found + 0.06, (0.5, 3.5))
    moved = score_events(
        true + shift, found + shift, found + shift + 0.06, (0.5 + shift, 3.5 + shift)
    )
    assert moved.errors_s == pytest.approx(still.errors_s)
    assert moved.emissions_s == pytest.approx(still.emissions_s)
    assert (moved.true, moved.found) == (still.true, still.found) == (3, 3)
