"""The quality score against true errors: its table and plot."""

from pathlib import Path

import numpy as np
import pytest

from edge.messages.errors import EvaluationError
from edge.offline.evaluate.score_agreement import Scored, plot_scores, score_table


def scored(score: float, error: float) -> Scored:
    return Scored(
        scores=np.array([score, score, np.nan, 0.5]),
        errors_pct=np.array([error - 1, error + 1, 50.0, np.nan]),
    )


FILMS = {"good": scored(0.9, 2.0), "fair": scored(0.7, 4.0), "bad": scored(0.1, 20.0)}


def test_a_score_that_falls_as_the_error_grows_ranks_it() -> None:
    table = score_table(FILMS)
    assert table["rank_correlation"] == 1.0
    assert 0.5 < table["rank_correlation_frames"] < 1
    assert table["films"]["fair"] == {"score": 0.7, "error_pct": 4.0, "n": 2}


def test_a_score_that_says_nothing_is_told_as_such() -> None:
    films = {"a": scored(0.9, 20.0), "b": scored(0.1, 2.0), "c": scored(0.5, 4.0)}
    assert score_table(films)["rank_correlation"] == pytest.approx(-1.0)
    unknown = Scored(scores=np.full(3, np.nan), errors_pct=np.ones(3))
    table = score_table({"a": unknown})
    assert table["films"]["a"] == {"score": None, "error_pct": None, "n": 0}
    assert table["rank_correlation"] is None


def test_the_plot_shows_every_group_and_its_rank_correlation(tmp_path: Path) -> None:
    unknown = {"films": {"a": {"score": None, "error_pct": None, "n": 0}}}
    out = tmp_path / "score.svg"
    plot_scores({"real": score_table(FILMS), "none": unknown}, out)
    assert out.read_text().startswith("<?xml")
    with pytest.raises(EvaluationError, match="cannot write"):
        plot_scores({"real": score_table(FILMS)}, tmp_path / "gone" / "score.svg")
