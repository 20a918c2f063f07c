"""The cue experiment through identity, gait and metrics: what changed is found, nothing else."""

import numpy as np
import pytest
from ran_experiments import SCENARIOS, SECONDS, changed, looped, run
from recordings import poses_of

from edge.offline.example import example_keypoints
from edge.pose.skeletons.loader import skeleton
from edge.settings.gait_settings import MARKER_GAIT
from edge.settings.settings import Settings


@pytest.mark.parametrize(
    ("name", "seconds", "sentence"),
    [("knee-toe +6 to -2 %", SECONDS, "knee_behind"), ("cadence +6", 12.0, "raised")],
)
def test_a_known_change_is_found_and_nothing_else(name: str, seconds: float, sentence: str) -> None:
    """One seed each; `make cue-experiment` runs twenty."""
    scenario = SCENARIOS[name]
    found = run(scenario, seed=1, seconds=seconds)
    assert changed(found) == {"cue": scenario.expected, "retention": scenario.expected}
    told = dict(found.conclusion.params)
    assert (found.conclusion.code, told["effect"]) == ("cue_stayed", sentence)
    assert told["cue"] == scenario.cue


def test_an_unchanged_loop_of_a_clip_is_never_changed() -> None:
    xy, times_s = example_keypoints()
    poses = poses_of(skeleton("blazepose33").body_of(xy, axis=1), np.asarray(times_s))
    found = looped(poses, 2, Settings(gait=MARKER_GAIT))
    assert min(len(column.strides) for column in found.columns) >= 10
    assert changed(found) == {"cue": set(), "retention": set()}
    assert found.conclusion.code == "nothing_changed"
