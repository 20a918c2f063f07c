from collections.abc import Callable
from dataclasses import replace
from math import nan
from pathlib import Path

import cv2
import numpy as np
import pytest
from feed import ClipFeed, plain_frame
from findings import LINES
from skeletons import BLAZEPOSE33

from edge.exercises.set_up_check.check import LASTS_S, SetUpCheck
from edge.exercises.set_up_check.findings import Line, Result
from edge.i18n.catalogue import load
from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.messages.gait import Activity, GaitState, Phase
from edge.messages.pose import Pose


@pytest.mark.parametrize(("line", "result", "code"), LINES)
def test_each_measurement_says_pass_or_what_to_change(
    line: Line, result: Result, code: str
) -> None:
    assert (line.result, line.code) == (result, code)
    assert line.text(load("en")).endswith(".")


def lines_of(
    feed: ClipFeed, change: Callable[[Image], Image] = lambda image: image
) -> dict[str, Line]:
    check = SetUpCheck()
    for moment in feed.moments():
        changed = replace(moment.frame, image=change(moment.frame.image))
        check.update(changed, moment.pose, moment.state)
        if check.full:
            break
    check.conclude()
    return {line.name: line for line in check.lines}


@pytest.fixture(scope="module")
def clip(clips_dir: Path) -> ClipFeed:
    return ClipFeed(clips_dir, "good_right")


def test_a_well_placed_camera_passes_every_check(clip: ClipFeed) -> None:
    lines = lines_of(clip)
    assert {line.result for line in lines.values()} == {Result.PASS}
    assert lines["frame_rate"].value == pytest.approx(60, abs=0.5)
    # The clip's camera is level and 0.95 m high.
    assert lines["lens_height"].value == pytest.approx(0.95, abs=0.2)


def test_a_dark_and_blurred_picture_is_told_so(clip: ClipFeed) -> None:
    def worse(image: Image) -> Image:
        return np.asarray(cv2.blur(image // 6, (13, 1)), dtype=np.uint8)

    lines = lines_of(clip, worse)
    assert (lines["light"].code, lines["blur"].code) == ("dark", "blurred")


def test_a_rolled_camera_is_told_so(clips_dir: Path) -> None:
    assert lines_of(ClipFeed(clips_dir, "yaw10_tilt3_right"))["roll"].code == "clockwise"


def empty(index: int) -> tuple[Frame, Pose, GaitState]:
    frame = plain_frame(index)
    pose = Pose(
        frame_index=index,
        time_s=frame.time_s,
        size_px=(64, 48),
        skeleton=BLAZEPOSE33,
        xy_px=np.full((BLAZEPOSE33.count, 2), nan),
        visibility=np.full(BLAZEPOSE33.count, nan),
        depth_px=np.full(BLAZEPOSE33.count, nan),
        presence=0.0,
    )
    state = GaitState(
        frame_index=index,
        time_s=frame.time_s,
        activity=Activity.ABSENT,
        facing=None,
        near_side=None,
        left_phase=Phase.UNKNOWN,
        right_phase=Phase.UNKNOWN,
        cadence_spm=nan,
        belt_speed_px_s=nan,
    )
    return frame, pose, state


def test_an_empty_belt_is_no_fault_of_the_camera() -> None:
    check = SetUpCheck()
    for index in range(round(LASTS_S * 60) + 1):
        check.update(*empty(index))
    check.conclude()
    results = {line.name: line.result for line in check.lines}
    assert results.pop("frame_rate") is Result.PASS
    assert set(results.values()) == {Result.UNKNOWN}


def test_a_clip_that_begins_again_goes_on_with_the_check() -> None:
    check = SetUpCheck()
    rounds = 0
    while not check.full:
        rounds += 1
        # Two seconds, again and again; the jump back counts for nothing.
        for index in range(120):
            frame, pose, state = empty(index)
            check.update(replace(frame, breaks=index == 0), pose, state)
    assert rounds == 4
    check.conclude()
    assert {line.name: line.code for line in check.lines}["frame_rate"] == "well"
