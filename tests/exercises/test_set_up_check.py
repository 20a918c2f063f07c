from collections.abc import Callable, Iterable
from dataclasses import replace
from math import nan
from pathlib import Path

import cv2
import numpy as np
import pytest
from feed import ClipFeed, plain_frame
from findings import LINES
from skeletons import BLAZEPOSE33

from edge.exercises.base import Sight
from edge.exercises.set_up_check.check import LASTS_S, PATIENCE_S, SetUpCheck
from edge.i18n.word_catalogue import load
from edge.messages.arrays import Image
from edge.messages.exercise import ExerciseState, ExerciseUpdate, Finding, Result
from edge.messages.gait import Activity, GaitState, Phase
from edge.messages.notice import Notice
from edge.messages.pose import Pose


@pytest.mark.parametrize(("line", "result", "code"), LINES)
def test_each_measurement_says_pass_or_what_to_change(
    line: Finding, result: Result, code: str
) -> None:
    assert (line.result, line.code) == (result, code)
    assert line.text(load("en")).endswith(".")


def lines_of(
    feed: ClipFeed, change: Callable[[Image], Image] = lambda image: image
) -> dict[str, Finding]:
    return found_in(
        Sight(
            frame=replace(moment.frame, image=change(moment.frame.image)),
            pose=moment.pose,
            state=moment.state,
        )
        for moment in feed.moments()
    )


def found_in(sights: Iterable[Sight]) -> dict[str, Finding]:
    """Return the lines of a check that sees this, and then its last again until it is done."""
    check = SetUpCheck()
    told: list[ExerciseUpdate] = []
    seen = None
    for seen in sights:
        told += check.update(seen)
    assert seen is not None
    while not told[-1].over:
        told += check.update(seen)
    last = told.pop()
    assert last.state is ExerciseState.DONE
    assert [update.progress for update in told] == sorted(update.progress for update in told)
    assert check.update(seen) == [], "it is over"
    return {finding.name: finding for finding in last.findings}


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


def empty(index: int, *, breaks: bool = False) -> Sight:
    frame = replace(plain_frame(index), breaks=breaks)
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
    return Sight(frame=frame, pose=pose, state=state)


def test_an_empty_belt_is_no_fault_of_the_camera() -> None:
    lines = found_in(empty(index) for index in range(round(LASTS_S * 60) + 1))
    results = {line.name: line.result for line in lines.values()}
    assert results.pop("frame_rate") is Result.PASS
    assert set(results.values()) == {Result.UNKNOWN}


def test_a_clip_that_begins_again_goes_on_with_the_check() -> None:
    check = SetUpCheck()
    told: list[ExerciseUpdate] = []
    rounds = 0
    while check.progress < 1:
        rounds += 1
        # Two seconds, again and again; the jump back counts for nothing.
        for index in range(120):
            told += check.update(empty(index, breaks=index == 0))
    assert rounds == 4
    # Four times two seconds, with nothing between them.
    lines = {line.name: line.code for update in told for line in update.findings}
    assert lines["frame_rate"] == "well"


def test_without_pictures_nothing_is_checked() -> None:
    assert SetUpCheck().update(replace(empty(0), frame=None)) == []


@pytest.mark.parametrize(("code", "found"), [("feet_hidden", "hidden"), ("feet_cut", "cut")])
def test_feet_that_cannot_be_seen_are_told(clip: ClipFeed, code: str, found: str) -> None:
    lines = found_in(
        Sight(frame=moment.frame, pose=moment.pose, state=moment.state, notices=(Notice(code),))
        for moment in clip.moments()
    )
    assert (lines["feet"].result, lines["feet"].code) == (Result.FIX, found)


def slow(gap_s: float, frames: int) -> list[Sight]:
    """Return frames this far apart."""
    sights = []
    for index in range(frames):
        seen = empty(index)
        assert seen.frame is not None
        time_s = index * gap_s
        frame, pose = replace(seen.frame, time_s=time_s), replace(seen.pose, time_s=time_s)
        sights.append(Sight(frame=frame, pose=pose, state=replace(seen.state, time_s=time_s)))
    return sights


@pytest.mark.parametrize("gap_s", [1.0, 1.7, 5.0])
def test_a_camera_of_a_frame_a_second_is_told_to_be_too_slow(
    gap_s: float,
) -> None:
    check = SetUpCheck()
    told: list[ExerciseUpdate] = []
    for seen in slow(gap_s, 60):
        told += check.update(seen)
        if told and told[-1].over:
            break
    assert told[-1].time_s == pytest.approx(PATIENCE_S, abs=2 * gap_s)
    rate = next(finding for finding in told[-1].findings if finding.name == "frame_rate")
    assert (rate.result, rate.code) == (Result.FIX, "slow")
    assert rate.value == pytest.approx(1 / gap_s)


def test_a_camera_that_comes_and_goes_keeps_few_pictures() -> None:
    check = SetUpCheck()
    # Each is the first after an interruption, and would be kept.
    for index in range(2000):
        seen = empty(index, breaks=True)
        assert seen.frame is not None
        frame = replace(seen.frame, time_s=0.01 * index)
        check.update(Sight(frame=frame, pose=seen.pose, state=seen.state))
    assert len(check._background._kept) <= 24
