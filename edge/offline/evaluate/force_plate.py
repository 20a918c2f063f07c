"""Trials of treadmill runners with markers and force plates.

Data: Fukuchi, Fukuchi & Duarte (2017), PeerJ 5:e3298, CC BY 4.0, in the reduced form described by
the README next to the file.
"""

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.errors import EvaluationError
from edge.messages.gait import EventKind
from edge.messages.side import Side

MARKER_HZ = 150.0
LEG_MARKERS = ("hip", "knee", "ankle", "heel", "mt2")
# The legs in the order of every array here, with their letters and event numbers in the file.
LEGS = (Side.LEFT, Side.RIGHT)
_LETTERS = {Side.LEFT: "L", Side.RIGHT: "R"}
_NUMBERS = {Side.RIGHT: 0, Side.LEFT: 1}
_UNIT_M = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """One runner at one speed.

    Attributes
    ----------
    key
        Such as ``s001_25``.
    speed_mps
        Belt speed.
    strike
        Foot strike by side: Rearfoot, Midfoot or Forefoot.
    markers_m
        Shape (n, 2, 5, 3) at 150 Hz: left and right leg; hip, knee, ankle, heel, second metatarsal
        head; x forward, y up from the belt, z to the runner's right.
    contacts_s, toe_offs_s
        By side, shape (k,), in order; each toe-off belongs to the contact with the same index.
    """

    key: str
    speed_mps: float
    strike: Mapping[Side, str]
    markers_m: Floats
    contacts_s: Mapping[Side, Floats]
    toe_offs_s: Mapping[Side, Floats]

    @property
    def runner(self) -> str:
        """The runner, such as ``s001``."""
        return runner_of(self.key)

    @property
    def duration_s(self) -> float:
        """The duration of the marker recording."""
        return len(self.markers_m) / MARKER_HZ

    def plate_events_s(self, kind: EventKind, side: Side) -> Floats:
        """Return the force plate's times of contact or toe-off, shape (k,)."""
        return (self.contacts_s if kind is EventKind.INITIAL_CONTACT else self.toe_offs_s)[side]


def runner_of(key: str) -> str:
    """Return the runner of a trial: the part of its key before the speed."""
    return key.partition("_")[0]


def trial_keys(path: Path) -> list[str]:
    """Return the names of all trials in a file.

    Raises
    ------
    EvaluationError
        If the file cannot be read or is not of this format.
    """
    return list(_read(path, lambda stored: [str(m["key"]) for m in _meta(stored)]))


def load_trial(path: Path, key: str) -> Trial:
    """Read one trial.

    Raises
    ------
    EvaluationError
        If the file cannot be read, is not of this format or has no such trial.
    """
    trial: Trial = _read(path, lambda stored: _trial(stored, key, path))
    return trial


def _read(path: Path, use: Callable[[Any], Any]) -> Any:
    try:
        # Opened here because NumPy leaves the file of a broken archive open.
        with path.open("rb") as file, np.load(file) as stored:
            return use(stored)
    except FileNotFoundError:
        raise EvaluationError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise EvaluationError(f"{path} is a folder, not an npz file") from None
    except KeyError as error:
        raise EvaluationError(f"{path} is not a file of trials: {error.args[0]}") from None
    except OSError as error:
        raise EvaluationError(f"cannot read {path}: {error.strerror or error}") from error
    except (EOFError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise EvaluationError(f"{path} is not an npz file of trials") from error


def _meta(stored: Any) -> list[dict[str, Any]]:
    return list(json.loads(str(stored["meta"])))


def _trial(stored: Any, key: str, path: Path) -> Trial:
    about = next((m for m in _meta(stored) if m["key"] == key), None)
    if about is None:
        raise EvaluationError(f"{path} has no trial {key}")
    names = [str(n) for n in stored["names"]]
    columns = [
        names.index(f"{_LETTERS[leg]}_{point}_{axis}")
        for leg in LEGS
        for point in LEG_MARKERS
        for axis in "xyz"
    ]
    markers = stored[f"{key}_pts"][:, columns] * _UNIT_M
    events = stored[f"{key}_ev"].astype(float)
    of_leg = {leg: events[events[:, 2] == _NUMBERS[leg]] for leg in LEGS}
    return Trial(
        key=key,
        speed_mps=float(about["speed"]),
        strike={leg: str(about[f"{_LETTERS[leg]}_fs"]) for leg in LEGS},
        markers_m=markers.reshape(len(markers), len(LEGS), len(LEG_MARKERS), 3),
        contacts_s={leg: of_leg[leg][:, 0] for leg in LEGS},
        toe_offs_s={leg: of_leg[leg][:, 1] for leg in LEGS},
    )
