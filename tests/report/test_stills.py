"""The stills of a report, drawn over the picture or alone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from synthetic import Runner

from edge.i18n.word_catalogue import load
from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.skeleton import RIGHT_LEG
from edge.messages.stride import KeyPose
from edge.messages.verdict import Fault
from edge.report.facts import Picture
from edge.report.stills import still

WORDS = load("en")
# Half a frame apart at 30 frames/s.
INSTANT, SHOWN = Runner().points_px(np.array([1.0, 1.0 + 1 / 60]))
POSE = KeyPose(
    kind=EventKind.TOE_OFF,
    side=Side.RIGHT,
    near=True,
    time_s=1.0,
    frame_index=30,
    xy_px=INSTANT,
    value=20.0,
    leg_px=SHOWN[list(RIGHT_LEG)],
)


@pytest.fixture(scope="module")
def picture() -> Picture:
    done, jpeg = cv2.imencode(".jpg", np.full((720, 1280, 3), 90, np.uint8))
    assert done
    return Picture(size_px=(1280, 720), jpeg=jpeg.tobytes())


@pytest.mark.parametrize("fault", list(Fault))
def test_over_a_picture_the_leg_is_drawn_where_the_picture_has_it(
    fault: Fault, picture: Picture
) -> None:
    body = INSTANT.copy()
    body[list(RIGHT_LEG)] = SHOWN[list(RIGHT_LEG)]
    there = replace(POSE, xy_px=body, leg_px=None)
    drawn = still(POSE, fault, "#c00", WORDS, picture)
    assert drawn == still(there, fault, "#c00", WORDS, picture)
    assert drawn != still(replace(POSE, leg_px=None), fault, "#c00", WORDS, picture)


@pytest.mark.parametrize("fault", list(Fault))
def test_without_a_picture_the_skeleton_is_of_the_instant(fault: Fault) -> None:
    assert still(POSE, fault, "#c00", WORDS) == still(
        replace(POSE, leg_px=None), fault, "#c00", WORDS
    )
