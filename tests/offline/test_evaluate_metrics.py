"""Measured strides beside true ones, by hand."""

import numpy as np
import pytest

from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.offline.evaluate.metric_agreement import (
    Readings,
    TrueStride,
    metric_figures,
    metric_tables,
    read_strides,
    trial_table,
)

KNEE_TOE = "knee_toe_offset_pct"
STRIDE_S = 0.7
WHOLE = (0.0, 1000.0)


def true_stride(start_s: float, value: float) -> TrueStride:
    return TrueStride(start_s=start_s, end_s=start_s + STRIDE_S, metrics={KNEE_TOE: value})


def measured(
    start_s: float, value: float, *, valid: bool = True, end_s: float = np.nan
) -> StrideMetrics:
    return StrideMetrics(
        side=Side.RIGHT,
        near=True,
        start_s=start_s,
        peak_knee_flexion_s=start_s + 0.1,
        toe_off_s=start_s + 0.25,
        end_s=start_s + STRIDE_S if np.isnan(end_s) else end_s,
        valid=valid,
        reason=Reason() if valid else Reason("walking"),
        values={"knee_toe_offset_pct": value},
    )


def readings(errors: list[float], level: float = 0.0, trial: str = "one") -> Readings:
    """Return a trial whose true strides all have one value and whose errors are these."""
    starts = STRIDE_S * np.arange(len(errors))
    return read_strides(
        trial,
        [true_stride(float(s), level) for s in starts],
        [measured(float(s), level + e) for s, e in zip(starts, errors, strict=True)],
        WHOLE,
    )


def test_strides_are_paired_by_both_contacts() -> None:
    true = [true_stride(s, 1.0) for s in (0.0, 0.7, 1.4)]
    # The second ends far too late: two strides taken for one.
    found = [measured(0.02, 2.0), measured(0.71, 9.0, end_s=2.1)]
    result = read_strides("one", true, found, WHOLE)
    assert result.errors(KNEE_TOE).tolist() == [1.0]
    assert result.true[KNEE_TOE].size == 3
    assert result.measured[KNEE_TOE].size == 2


def test_invalid_strides_and_strides_across_the_edge_do_not_count() -> None:
    true = [true_stride(s, 1.0) for s in (0.0, 0.7, 1.4)]
    found = [measured(s, 2.0, valid=s != 0.7) for s in (0.0, 0.7, 1.4)]
    result = read_strides("one", true, found, (0.5, 10.0))
    assert result.true[KNEE_TOE].size == 2
    assert result.measured[KNEE_TOE].size == 1


def test_a_stride_without_the_metric_is_left_out_of_it() -> None:
    result = readings([1.0, float("nan"), 3.0])
    assert result.errors(KNEE_TOE).tolist() == [1.0, 3.0]
    assert trial_table(result)[KNEE_TOE] == {"true": 0.0, "measured": 2.0, "error": 2.0, "n": 2}


def test_figures_by_hand() -> None:
    figures = metric_figures([readings([1.0, 3.0]), readings([-1.0], 5.0, "two")], KNEE_TOE)
    assert figures["n"] == figures["n_true"] == 3
    assert figures["bias"] == 1.0
    assert figures["sd"] == 2.0
    assert figures["rmse"] == pytest.approx(np.sqrt(11 / 3), abs=1e-5)
    assert figures["trial_means"] == {
        "bias": 0.5,
        "sd": pytest.approx(np.std([2, -1], ddof=1), abs=1e-5),
        "worst": 2.0,
        "worst_trial": "one",
    }


def test_the_means_of_ten_strides_are_spread_with_and_without_the_trials_own_error() -> None:
    # Blocks of ten with mean errors 1 and 3 in one trial, 11 and 13 in the other; a rest is left.
    one = readings([1.0] * 10 + [3.0] * 10 + [100.0] * 9)
    two = readings([11.0] * 10 + [13.0] * 10, trial="two")
    figures = metric_figures([one, two], KNEE_TOE)
    assert figures["ten_stride_sd"] == pytest.approx(np.std([1, 3, 11, 13], ddof=1), abs=1e-5)
    assert figures["ten_stride_sd_within"] == pytest.approx(np.sqrt(2), abs=1e-5)


@pytest.mark.parametrize(("slope", "offset"), [(1.0, 0.0), (0.5, 2.0), (-1.0, 0.0)])
def test_the_slope_is_that_of_trial_means(slope: float, offset: float) -> None:
    trials = [
        readings([slope * level + offset - level] * 3, level) for level in (-6.0, 0.0, 2.0, 9.0)
    ]
    figures = metric_figures(trials, KNEE_TOE)
    assert figures["slope"] == pytest.approx(slope, abs=1e-5)
    assert abs(figures["r"]) == pytest.approx(1.0, abs=1e-5)


def test_two_trials_or_equal_ones_have_no_slope() -> None:
    assert metric_figures([readings([1.0]), readings([1.0], 5.0)], KNEE_TOE)["slope"] is None
    assert metric_figures([readings([1.0])] * 4, KNEE_TOE)["slope"] is None


def test_nothing_paired_is_none() -> None:
    nothing = read_strides("one", [true_stride(0.0, 1.0)], [], WHOLE)
    figures = metric_figures([nothing], KNEE_TOE)
    assert (figures["n"], figures["n_true"]) == (0, 1)
    assert figures["bias"] is None
    assert figures["ten_stride_sd"] is None
    assert figures["trial_means"]["worst_trial"] is None


def test_only_metrics_with_a_true_value_have_a_table() -> None:
    assert set(metric_tables([readings([1.0])])) == {KNEE_TOE}
