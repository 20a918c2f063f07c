"""A picture upside down or on its side is told within a second."""

from dataclasses import replace

import numpy as np
import pytest
from recordings import poses_of, record
from synthetic import GOOD, KNEES_FORWARD, WALK, Camera, Form, Runner

from edge.messages.arrays import Floats
from edge.messages.notice import Notice
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_SHOULDER
from edge.scene.orientation import OrientationWatch


def told(points: Floats, times_s: Floats) -> list[str]:
    watch = OrientationWatch()
    return [watch.update(pose).code for pose in poses_of(points, times_s)]


def rotated(points: Floats, deg: float) -> Floats:
    """Return points turned clockwise about the middle of the picture."""
    angle = np.radians(deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray((points - (640.0, 360.0)) @ turn + (640.0, 360.0))


@pytest.mark.parametrize("facing", list(Side))
@pytest.mark.parametrize("form", [GOOD, KNEES_FORWARD, WALK, Form(trunk_lean_deg=25.0)])
@pytest.mark.parametrize(
    ("deg", "code"),
    [
        (0, ""),
        (15, ""),
        (-15, ""),
        (90, "picture_sideways"),
        (-90, "picture_sideways"),
        (180, "picture_upside_down"),
        (165, "picture_upside_down"),
    ],
)
def test_the_body_tells_which_way_is_up(form: Form, facing: Side, deg: float, code: str) -> None:
    recording = record(Runner(form, Camera(facing=facing)), 2.0)
    codes = told(rotated(recording.true_px, deg), recording.times_s)
    assert codes[0] == ""
    assert set(codes[60:]) == {code}


def test_a_hidden_shoulder_that_lies_anywhere_does_not_count() -> None:
    recording = record(Runner(GOOD), 2.0)
    watch = OrientationWatch()
    for pose in poses_of(recording.true_px, recording.times_s):
        hidden = pose.skeleton.body[LEFT_SHOULDER]
        xy_px, visibility = pose.xy_px.copy(), pose.visibility.copy()
        xy_px[hidden], visibility[hidden] = (100.0, 2000.0), 0.015
        assert watch.update(replace(pose, xy_px=xy_px, visibility=visibility)) == Notice()


def test_somebody_who_bends_down_for_a_moment_is_not_upside_down() -> None:
    recording = record(Runner(GOOD), 4.0)
    points = recording.true_px.copy()
    bent = slice(90, 140)
    points[bent] = rotated(points[bent], 120)
    assert set(told(points, recording.times_s)) == {""}
