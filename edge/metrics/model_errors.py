"""How far a pose model's mean of one runner may lie from the truth, beyond the scatter of strides.

The scatter shrinks with every stride, what the model does to this runner's shoes and clothes does
not. The table is ``model_errors.json``, with the source of each number.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, Final

from edge.messages.legs import LegSource
from edge.numerics.statistics import error95
from edge.settings import paths


class Calibration(StrEnum):
    """What corrects a model's points for this runner; each serves some of the metrics."""

    NEUTRAL = "neutral"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelErrors:
    """Standard deviation between runners of the error of a runner's mean, by metric.

    In the metric's unit; a metric without an entry has no known error.
    """

    sd: Mapping[str, float] = field(default_factory=dict)

    def error95(self, calibrations: Iterable[Calibration] = ()) -> dict[str, float]:
        """Return the half of the 95 % interval of the model's error, by metric.

        Parameters
        ----------
        calibrations
            Those in force; of each metric the best counts.

        Examples
        --------
        >>> round(errors_of("full").error95()["knee_toe_offset_pct"], 1)
        9.8
        >>> round(errors_of("full").error95([Calibration.BY_HAND])["knee_toe_offset_pct"], 1)
        3.9
        """
        better = [_table()["calibrated"][one]["sd"] for one in calibrations]
        return {
            metric: error95(min([sd, *(one.get(metric, sd) for one in better)]))
            for metric, sd in self.sd.items()
        }


NO_ERRORS: Final = ModelErrors()
"""Of points that come from no pose model, such as markers."""


def errors_of(model: str, legs: LegSource = LegSource.READER) -> ModelErrors:
    """Return the errors of a pose model by the source of the legs.

    Notes
    -----
    The larger of what is stated and what was measured: rendered runners wear shoes like those of
    the training, and a few real ones cannot show a spread that is smaller than it is.
    A model that was never measured has the stated error.
    """
    table = _table()
    found = [
        entry["sd"]
        for entry in table["measured"]
        if model in entry["models"] and legs in entry["legs"]
    ]
    stated = table["stated"]["sd"]
    return ModelErrors(
        sd={
            metric: max([sd, *(one.get(metric, sd) for one in found)])
            for metric, sd in stated.items()
        }
    )


@cache
def _table() -> dict[str, Any]:
    path = paths.PACKAGE / "metrics" / "model_errors.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))
