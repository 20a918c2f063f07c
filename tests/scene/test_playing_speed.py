"""Film in slow and in fast motion, told by running strides of an impossible duration."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filmed import truth_of
from recordings import EXACT, Flaws, record
from stored import gait_rooms
from synthetic import BENT_PUSH_OFF, GOOD, KNEES_FORWARD, WALK, Form, Runner

from edge.messages.arrays import Floats
from edge.messages.message import Message
from edge.messages.notice import Notice, NoticeChange
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.verdict import Verdict, VerdictState
from edge.messages.withholding import withheld
from edge.offline.evaluate.side_camera import poses_of
from edge.scene.playing_speed import PlayingSpeed
from edge.settings.settings import Settings

LEG_PX = 200.0


def played(poses: Sequence[Pose], times: float) -> list[Pose]:
    """Return poses as they come if the film plays so many times slower."""
    return [replace(pose, time_s=times * pose.time_s) for pose in poses]


def told(poses: Sequence[Pose], facing: Side | None = Side.RIGHT) -> list[str]:
    """Return the codes, one entry a change."""
    speed = PlayingSpeed()
    codes = [""]
    for pose in poses:
        speed.update(pose, facing, LEG_PX)
        if speed.notice.code != codes[-1]:
            codes.append(speed.notice.code)
    return codes


def a_run(form: Form = GOOD, seconds: float = 6.0, fps: float = 60.0) -> list[Pose]:
    return record(Runner(form), seconds, fps).poses


@pytest.mark.parametrize("form", [GOOD, KNEES_FORWARD, BENT_PUSH_OFF])
@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_a_runner_in_slow_and_fast_motion_is_noticed(form: Form, fps: float) -> None:
    poses = a_run(form, fps=fps)
    assert told(poses) == [""]
    for times in (1.6, 2, 4, 8):
        assert told(played(poses, times)) == ["", "slow_motion"]
    assert told(played(poses, 0.5)) == ["", "fast_motion"]


def test_a_noisy_runner_is_noticed() -> None:
    poses = record(Runner(), 6.0, flaws=Flaws(noise_px=2.0, dropped=0.05)).poses
    assert told(poses) == [""]
    assert told(played(poses, 2)) == ["", "slow_motion"]


@pytest.mark.parametrize("bounce_m", [0.0, 0.004])
@pytest.mark.parametrize("times", [2, 4])
def test_a_runner_who_hardly_bounces_is_noticed(bounce_m: float, times: float) -> None:
    form = replace(BENT_PUSH_OFF, bounce_m=bounce_m)
    poses = record(Runner(form), 8.0, flaws=Flaws(noise_px=3.0)).poses
    assert told(poses) == [""]
    assert told(played(poses, times)) == ["", "slow_motion"]


def test_legs_mixed_up_for_a_moment_do_not_hide_it() -> None:
    """They cut a stride in two, so that there are seldom two whole ones in a row."""
    spans = [(0.3 + 1.44 * k, 0.36 + 1.44 * k) for k in range(8)]
    poses = record(Runner(), 11.0, flaws=Flaws(exchanged_spans=spans)).poses
    assert told(played(poses, 2)) == ["", "slow_motion"]
    assert told(poses) == [""]


@pytest.mark.parametrize("times", [1, 1.5, 2, 4])
def test_a_walker_may_be_as_slow_as_they_like(times: float) -> None:
    assert told(played(a_run(WALK), times)) == [""]


def test_it_ends_with_strides_that_a_runner_can_take() -> None:
    slow = played(a_run(seconds=3.0), 2)
    after = [replace(pose, time_s=pose.time_s + 6.0) for pose in a_run(seconds=4.0)]
    assert told([*slow, *after]) == ["", "slow_motion", ""]


def test_without_a_known_facing_nothing_is_told() -> None:
    assert told(played(a_run(), 2), facing=None) == [""]


def test_the_pipeline_tells_the_stride_time_and_judges_nothing() -> None:
    rooms = gait_rooms(Settings(gait=EXACT))
    messages: list[Message] = []
    for pose in played(a_run(KNEES_FORWARD, 10.0), 1.6):
        messages += rooms.follow(pose).messages
    (change,) = [m for m in messages if isinstance(m, NoticeChange)]
    assert change.notice.code == "slow_motion"
    stride_s = dict(change.notice.params)["stride_s"]
    assert stride_s == pytest.approx(1.6 * 0.72, abs=0.1)
    verdicts = [m for m in messages if isinstance(m, Verdict)]
    assert {verdict.state for verdict in verdicts} == {VerdictState.UNKNOWN}
    assert verdicts[-1].reason.code == "slow_motion"
    # With each stride, not at every frame.
    assert len(verdicts) < 100


def posed_run(points: Floats) -> list[Pose]:
    count = len(points)
    return poses_of(points, np.arange(count) / 60, np.arange(count), (960, 540))


@pytest.mark.parametrize(
    "name", ["mocap_s003_35_right", "mocap_s014_45_right", "mocap_s019_25_left"]
)
def test_a_body_that_falls_too_slowly_is_asked_about(name: str, clips_dir: Path) -> None:
    """Bodies of motion capture move by physics; at 1.4 times slower all have believable strides."""
    poses = posed_run(truth_of(clips_dir / f"{name}.mp4", 480))
    side = Side(name.rpartition("_")[2])
    assert told(poses, side) == [""]
    assert told(played(poses, 1.4), side)[:2] == ["", "slow_motion_suspect"]


def test_slow_motion_is_a_question_at_a_rare_cadence_alone() -> None:
    low = replace(GOOD, bounce_m=0.02)
    assert told(played(a_run(low, 8.0), 1.3)) == ["", "slow_motion_suspect"]
    # So low a bounce may be somebody's, at a usual cadence.
    assert told(a_run(low, 8.0)) == [""]


def test_a_slow_runner_who_bounces_as_gravity_has_it_is_not_asked(clips_dir: Path) -> None:
    """The whole body is lifted further, as it would be in steps that take longer."""
    times = 1.3
    points = truth_of(clips_dir / "mocap_s014_45_right.mp4", 480)
    hips = points[:, [2, 7], 1].mean(axis=1)
    points[:, :, 1] += ((times**2 - 1) * (hips - hips.mean()))[:, None]
    assert told(played(posed_run(points), times)) == [""]


def test_slow_motion_that_is_only_suspected_withholds_nothing() -> None:
    assert not withheld([Notice("slow_motion_suspect", cadence_spm=128)])
