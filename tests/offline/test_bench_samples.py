"""Rounds are kept apart, so that ours and theirs are compared in the same moment."""

from math import isnan

import pytest

from edge.offline.bench.samples import Samples


def filled(**rounds: list[list[float]]) -> Samples:
    samples = Samples()
    for number in range(max(map(len, rounds.values()))):
        samples.begin_round()
        for name, values in rounds.items():
            for ms in values[number] if number < len(values) else ():
                samples.add(name, ms)
    return samples


def test_figures_are_those_of_all_rounds() -> None:
    samples = filled(decode=[[1.0, 2.0], [3.0, 4.0, 10.0]])
    assert samples.figures("decode") == {"median_ms": 3.0, "p95_ms": 8.8, "mean_ms": 4.0}
    assert "decode" in samples
    assert "encode" not in samples


def test_a_ratio_is_taken_round_by_round() -> None:
    """In the second round all was four times as slow: that says nothing about ours and theirs."""
    samples = filled(ours=[[1.0], [4.0], [1.1]], theirs=[[2.0], [8.0], [2.0]])
    assert samples.ratio("ours", "theirs") == 0.5


def test_a_round_without_both_is_left_out() -> None:
    samples = filled(ours=[[1.0], [9.0]], theirs=[[2.0], []])
    assert samples.ratio("ours", "theirs") == 0.5
    never = filled(ours=[[1.0], []], theirs=[[], [2.0]])
    assert isnan(never.ratio("ours", "theirs"))


def test_what_is_timed_gives_its_result_and_one_sample() -> None:
    samples = Samples()
    assert samples.timed("sum", sum, [1, 2], start=3) == 6
    assert samples.figures("sum")["median_ms"] >= 0
    with pytest.raises(KeyError):
        samples.figures("nothing")
