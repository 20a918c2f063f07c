"""Exercise results as the data of a session's mark."""

from dataclasses import asdict
from math import isfinite
from typing import Any

from edge.messages.exercise import ExerciseUpdate
from edge.record.raises_data import raise_set_data


def exercise_data(update: ExerciseUpdate) -> dict[str, Any]:
    """Return the results of an exercise; absent numbers as None.

    A neutral stance and calf raises are stored in full; a check as the finding code of each line.
    """
    if update.stance is not None:
        return asdict(update.stance)
    if update.raises is not None:
        return raise_set_data(update.raises)
    found = {finding.name: finding.code for finding in update.findings}
    values = {name: v if isfinite(v) else None for name, v in update.values.items()}
    return {**found, **values}
