"""Whether the quality score of the legs tells their true error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.errors import EvaluationError
from edge.numerics.ranks import rank_correlation
from edge.offline.run_plot import figure_class
from edge.record.numbers import number

_SIZE_IN: Final = (5.0, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """The score and the true error in frames of one film.

    Attributes
    ----------
    scores
        Shape (n,), 0 to 1; NaN where nothing is known.
    errors_pct
        Shape (n,), mean distance of the near leg's points from the truth, knee to toe, in % of
        leg; NaN where they are absent.
    """

    scores: Floats
    errors_pct: Floats

    @property
    def means(self) -> tuple[float, float]:
        """Mean score and mean error over the frames that have both; NaN without any."""
        known = np.isfinite(self.scores) & np.isfinite(self.errors_pct)
        if not known.any():
            return float("nan"), float("nan")
        return float(self.scores[known].mean()), float(self.errors_pct[known].mean())


def score_table(films: Mapping[str, Scored]) -> dict[str, Any]:
    """Return how well the score ranks the errors, for JSON.

    Returns
    -------
    ``films`` by name: mean ``score`` and ``error_pct`` over ``n`` frames; ``rank_correlation`` of a
    low score with a large error, over films and, as ``rank_correlation_frames``, over all frames:
    1 if the score tells the error, 0 if it says nothing. None where too little is known.
    """
    means = {name: film.means for name, film in films.items()}
    return {
        "films": {
            name: {
                "score": number(means[name][0]),
                "error_pct": number(means[name][1]),
                "n": int((np.isfinite(film.scores) & np.isfinite(film.errors_pct)).sum()),
            }
            for name, film in films.items()
        },
        "rank_correlation": number(low_score_ranks(list(means.values()))),
        "rank_correlation_frames": number(
            low_score_ranks(
                [
                    pair
                    for film in films.values()
                    for pair in zip(film.scores, film.errors_pct, strict=True)
                ]
            )
        ),
    }


def low_score_ranks(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the rank correlation of low scores with large errors, from (score, error) pairs."""
    table = np.array(pairs, float).reshape(-1, 2)
    return rank_correlation(-table[:, 0], table[:, 1])


def plot_scores(groups: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """Draw each film's mean error against its mean score; each group has its own marker.

    Parameters
    ----------
    groups
        ``score_table`` by what it is of.
    path
        Written as its suffix says.

    Raises
    ------
    ExportError
        If Matplotlib is not installed.
    EvaluationError
        If the file cannot be written.
    """
    figure = figure_class()(figsize=_SIZE_IN, layout="constrained")
    axes = figure.subplots()
    pairs: list[tuple[float, float]] = []
    for name, table in groups.items():
        own = [(f["score"], f["error_pct"]) for f in table["films"].values()]
        own = [pair for pair in own if None not in pair]
        # Without a film a group would have no two columns.
        scores, errors = zip(*own, strict=True) if own else ((), ())
        axes.scatter(scores, errors, label=f"{name}, n = {len(own)}", alpha=0.8)
        pairs += own
    ranks = low_score_ranks(pairs)
    said = "-" if np.isnan(ranks) else f"{ranks:.2f}"
    axes.set(xlabel="score", ylabel="near leg's point error (% of leg)", yscale="log")
    axes.set_title(f"rank correlation {said}, n = {len(pairs)}")
    axes.legend()
    try:
        # The same results give the same bytes, without the date.
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    except (OSError, ValueError) as error:
        raise EvaluationError(f"cannot write {path}: {error}") from error
