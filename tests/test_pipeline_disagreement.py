"""Where pose model and leg reader see different legs, nothing is judged."""

from dataclasses import replace

import numpy as np
import pytest
from recordings import EXACT as EXACT_GAIT
from recordings import record
from synthetic import KNEES_FORWARD, Camera, Runner

from edge.i18n.reasons import english
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_LEG, LEFT_SHOULDER, RIGHT_LEG, RIGHT_SHOULDER, SIDE_LEG
from edge.messages.verdict import Fault, Verdict, VerdictState
from edge.metrics.model_offsets import NO_OFFSETS
from edge.pipeline import Pipeline
from edge.pose.no_pictures import NoPictures
from edge.settings.settings import Settings

SECONDS = 16.0


def read(pose: Pose, off_px: float) -> Pose:
    """Return the pose with a correct leg reader, and a pose model that is off."""
    legs = np.zeros((2, 7, 2))
    for row, (leg, shoulder) in enumerate(((RIGHT_LEG, RIGHT_SHOULDER), (LEFT_LEG, LEFT_SHOULDER))):
        legs[row, 0] = pose.xy_px[shoulder]
        legs[row, list(SIDE_LEG)] = pose.xy_px[list(leg)]
    off = pose.xy_px + np.array([off_px, 0.0])
    return replace(pose, xy_px=off, legs_px=legs, legs_error_px=np.ones((2, 7)))


def verdicts(off_px: float) -> list[Verdict]:
    pipeline = Pipeline(NoPictures(), Settings(gait=EXACT_GAIT), NO_OFFSETS)
    recording = record(Runner(KNEES_FORWARD, Camera(facing=Side.RIGHT)), SECONDS)
    found = []
    for pose in recording.poses:
        messages = pipeline.follow(read(pose, off_px)).messages
        found += [m for m in messages if isinstance(m, Verdict) and m.side is Side.RIGHT]
    return [v for v in found if v.fault is Fault.KNEES_FORWARD]


def test_agreement_lets_the_reader_s_legs_be_judged() -> None:
    assert verdicts(off_px=5.0)[-1].state in (VerdictState.RED, VerdictState.AMBER)


@pytest.mark.parametrize("off_px", [40.0, -40.0])
def test_disagreement_is_said_instead_of_a_verdict(off_px: float) -> None:
    last = verdicts(off_px)
    assert all(v.state is VerdictState.UNKNOWN for v in last)
    assert any("disagree" in english(v.reason) for v in last)
