"""Parameters of an evaluation on keypoints: trials, camera, simulated errors, random seed."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edge.messages.errors import EvaluationError
from edge.messages.pose import Pose
from edge.offline.evaluate.flaws import Flaws
from edge.offline.evaluate.force_plate import Trial
from edge.offline.evaluate.side_camera import SideCamera, film

# The first strides settle facing, belt and leg identity; the last events lack frames after them.
_SETTLED_S, _END_S = 1.5, 0.3
_LEAST_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointRun:
    """The parameters of an evaluation.

    Attributes
    ----------
    camera, flaws
        The simulated camera and errors for every trial.
    seed
        Each trial's random generator is seeded with this and its name.
    seconds
        Seconds of each trial to use.
    trials
        Names of trials; empty for all.
    """

    camera: SideCamera
    flaws: Flaws
    seed: int = 1
    seconds: float = 30.0
    trials: tuple[str, ...] = ()

    def as_settings(self) -> dict[str, Any]:
        """Return the run's parameters for a report."""
        return {
            "fps": self.camera.frame_rate_hz,
            "distance_m": self.camera.distance_m,
            "roll_deg": self.camera.roll_deg,
            **asdict(self.flaws),
            "seed": self.seed,
            "seconds": self.seconds,
        }


def filmed(trial: Trial, run: KeypointRun) -> list[Pose]:
    """Return the poses of one trial; the result is deterministic.

    Raises
    ------
    EvaluationError
        If the trial is too short to evaluate.
    """
    if min(run.seconds, trial.duration_s) < _LEAST_S:
        raise EvaluationError(f"{trial.key} is too short; at least {_LEAST_S:g} s are needed")
    random = np.random.default_rng([run.seed, *trial.key.encode()])
    return film(trial, run.camera, run.flaws, run.seconds, random)


def judged_s(trial: Trial, run: KeypointRun) -> tuple[float, float]:
    """Return the evaluated part of a trial, ``[start, end)``."""
    return _SETTLED_S, min(run.seconds, trial.duration_s) - _END_S


def run_of(settings: dict[str, Any], trials: tuple[str, ...]) -> KeypointRun:
    """Rebuild the run from a report's settings and trials.

    Examples
    --------
    >>> run = KeypointRun(camera=SideCamera(roll_deg=1.0), flaws=Flaws(drop_pct=5.0), seed=3)
    >>> run_of(run.as_settings(), ()) == run
    True
    """
    return KeypointRun(
        camera=SideCamera(
            frame_rate_hz=settings["fps"],
            distance_m=settings["distance_m"],
            roll_deg=settings["roll_deg"],
        ),
        flaws=Flaws(**{k: settings[k] for k in ("noise_mm", "swap_pct", "merge_pct", "drop_pct")}),
        seed=settings["seed"],
        seconds=settings["seconds"],
        trials=trials,
    )
