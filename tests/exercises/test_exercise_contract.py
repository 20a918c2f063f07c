"""What every exercise keeps to, whichever it is."""

from collections.abc import Iterator
from dataclasses import replace
from math import isfinite

import numpy as np
import pytest
from fakes import still_frame
from recordings import poses_of, record
from stored import gait_rooms
from synthetic import Camera, Runner, standing_px

from edge.exercises.base import Sight
from edge.exercises.registry import EXERCISES
from edge.exercises.runner import ExerciseRunner
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.gait import Activity
from edge.messages.pose import Pose
from edge.messages.raises import ExercisePlan

each = pytest.mark.parametrize("kind", EXERCISES)


def sights() -> list[Sight]:
    """Return somebody who stands still for seven seconds, then runs."""
    times_s = np.arange(0, 7, 1 / 60)
    standing = list(poses_of(standing_px(Camera(), times_s), times_s))
    running = [later(pose, 7.0) for pose in record(Runner(), 7.0).poses]
    return list(_seen([*standing, *running]))


def later(pose: Pose, by_s: float) -> Pose:
    return replace(pose, time_s=pose.time_s + by_s, frame_index=pose.frame_index + round(60 * by_s))


def _seen(poses: list[Pose]) -> Iterator[Sight]:
    rooms = gait_rooms()
    for pose in poses:
        outcome = rooms.follow(pose)
        frame = replace(still_frame(pose.frame_index), time_s=pose.time_s)
        yield Sight(frame=frame, pose=outcome.pose, state=outcome.state)


@pytest.fixture(scope="module")
def seen() -> list[Sight]:
    return sights()


def told(kind: str, seen: list[Sight]) -> list[ExerciseUpdate]:
    exercise = EXERCISES[kind](ExercisePlan())
    return [update for sight in seen for update in exercise.update(sight)]


@each
def test_it_speaks_of_itself_and_of_the_frame_that_decided(kind: str, seen: list[Sight]) -> None:
    exercise = EXERCISES[kind](ExercisePlan())
    updates = 0
    for sight in seen:
        for update in exercise.update(sight):
            updates += 1
            assert update.kind == kind
            assert update.time_s == sight.pose.time_s
            assert 0 <= update.progress <= 1
            assert update.code
    # News, not a message a frame.
    assert 1 <= updates <= 60


@each
def test_its_end_is_its_last_word(kind: str, seen: list[Sight]) -> None:
    updates = told(kind, seen)
    assert not any(update.over for update in updates[:-1])
    ends = kind in ("neutral", "set_up")
    assert (updates[-1].state is ExerciseState.DONE) is ends
    if ends:
        assert updates[-1].progress == 1.0
        assert updates[-1].values or updates[-1].findings


@each
def test_results_name_their_unit_and_are_numbers(kind: str, seen: list[Sight]) -> None:
    for update in told(kind, seen):
        for name, value in update.values.items():
            assert name.rpartition("_")[2] in (
                "deg",
                "s",
                "ms",
                "px",
                "pct",
                "m",
                "cm",
                "spm",
                "count",
            )
            assert isfinite(value)


@each
def test_the_same_frames_give_the_same_news(kind: str, seen: list[Sight]) -> None:
    one, other = told(kind, seen), told(kind, seen)
    assert list(map(repr, one)) == list(map(repr, other))


@each
def test_it_bears_an_empty_belt_and_recorded_poses(kind: str, seen: list[Sight]) -> None:
    exercise = EXERCISES[kind](ExercisePlan())
    for sight in seen[:200]:
        nobody = replace(sight.pose, presence=0.0, xy_px=np.full_like(sight.pose.xy_px, np.nan))
        absent = replace(sight.state, activity=Activity.ABSENT)
        for update in exercise.update(Sight(pose=nobody, state=absent)):
            assert update.state is ExerciseState.MEASURING


def test_running_is_done_until_something_else_is_asked_for(seen: list[Sight]) -> None:
    runner = ExerciseRunner()
    updates = [update for sight in seen for update in runner.update(sight)]
    assert {update.kind for update in updates} == {"running"}
    assert [update.code for update in updates][:2] == ["waiting", "on"]


def test_exercises_go_on_side_by_side_and_end_by_themselves(seen: list[Sight]) -> None:
    runner = ExerciseRunner()
    runner.start("neutral")
    runner.start("set_up")
    updates = [update for sight in seen for update in runner.update(sight)]
    assert [update.kind for update in updates if update.over] == ["neutral", "set_up"]


def test_one_that_is_begun_again_begins_anew_and_one_that_is_stopped_is_silent(
    seen: list[Sight],
) -> None:
    runner = ExerciseRunner()
    runner.start("neutral")
    first = [update for sight in seen[:120] for update in runner.update(sight)]
    assert max(update.progress for update in first) > 0.5
    runner.start("neutral")
    again = [update for sight in seen[120:150] for update in runner.update(sight)]
    assert 0 < max(update.progress for update in again if update.kind == "neutral") < 0.3
    runner.stop("neutral")
    assert [u for sight in seen[150:] for u in runner.update(sight) if u.kind == "neutral"] == []


@each
def test_one_that_is_stopped_has_at_most_one_more_word(kind: str, seen: list[Sight]) -> None:
    exercise = EXERCISES[kind](ExercisePlan())
    for sight in seen[:90]:
        exercise.update(sight)
    last = exercise.finish()
    assert all(update.over and update.kind == kind for update in last)
    assert len(last) <= 1
    if last:
        assert exercise.update(seen[90]) == []
        assert exercise.finish() == []


def test_an_unknown_one_cannot_be_begun() -> None:
    with pytest.raises(KeyError):
        ExerciseRunner().start("juggling")


def test_a_reset_keeps_what_was_requested_for_the_same_frame(seen: list[Sight]) -> None:
    runner = ExerciseRunner()
    runner.start("neutral")
    runner.update(seen[0])
    # An operator begins a session, which resets the pipeline at the next frame, and a check.
    runner.start("set_up")
    runner.reset()
    kinds = {update.kind for sight in seen for update in runner.update(sight)}
    assert "set_up" in kinds
    assert "neutral" not in kinds
