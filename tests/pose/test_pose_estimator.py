"""One person is followed while found and searched for when lost, by script."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pose_samples import NO_PLACE, FakePeople, a_frame, a_region, seen
from skeletons import BLAZEPOSE33

from edge.messages.arrays import Image
from edge.messages.pose import Pose
from edge.pose.estimator import PoseEstimator
from edge.pose.models.port import Landmarks
from edge.pose.region import Region

A, B, C = a_region(x=100), a_region(x=200), a_region(x=300)
LOST = seen(presence=0.49)


def an_estimator(
    found: Iterable[list[Region]], looks: Iterable[Landmarks]
) -> tuple[PoseEstimator, FakePeople]:
    people = FakePeople(found, looks)
    return PoseEstimator(people, people, BLAZEPOSE33, 0.5), people


def searches(people: FakePeople) -> int:
    return people.calls.count("search")


def same(one: Pose, other: Pose) -> bool:
    arrays = ("xy_px", "visibility", "depth_px")
    scalars = ("frame_index", "time_s", "size_px", "presence", "breaks", "swapped")
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in arrays
    ) and all(getattr(one, name) == getattr(other, name) for name in scalars)


def test_it_searches_once_and_then_follows() -> None:
    estimator, people = an_estimator([[A]], [seen(then=B), seen(then=C), seen(then=A)])
    for index in range(3):
        assert estimator.update(a_frame(index / 60, index=index)).found
    assert people.calls == ["search", A, B, C]


def test_a_pose_tells_what_was_seen_and_in_which_frame() -> None:
    estimator, _ = an_estimator([[A]], [seen(presence=0.8, at=12.5)])
    pose = estimator.update(
        a_frame(3.25, index=17, breaks=True, image=np.zeros((36, 64, 3), np.uint8))
    )
    assert (pose.frame_index, pose.time_s, pose.breaks) == (17, 3.25, True)
    assert pose.size_px == (64, 36)
    assert pose.presence == 0.8
    assert (pose.xy_px == 12.5).all()
    assert (pose.depth_px == -12.5).all()
    assert (pose.visibility == 0.75).all()


def test_a_lost_person_is_searched_for_in_the_same_frame() -> None:
    estimator, people = an_estimator([[A], [C]], [seen(then=B), LOST, seen(at=7)])
    estimator.update(a_frame(0.0))
    pose = estimator.update(a_frame(1 / 60))
    assert people.calls == ["search", A, B, "search", C]
    assert (pose.xy_px == 7).all()


@pytest.mark.parametrize(("presence", "followed"), [(0.5, True), (0.4999, False), (np.nan, False)])
def test_a_track_goes_on_from_the_least_presence(presence: float, followed: bool) -> None:
    estimator, people = an_estimator([[A]], [seen(then=B), seen(presence=presence), seen()])
    estimator.update(a_frame(0.0))
    assert estimator.update(a_frame(1 / 60)).found
    assert searches(people) == (1 if followed else 2)


def test_the_first_person_who_is_really_there_is_followed() -> None:
    estimator, people = an_estimator([[A, B, C]], [LOST, seen(at=5), seen(at=6)])
    pose = estimator.update(a_frame())
    assert people.calls == ["search", A, B]
    assert (pose.xy_px == 5).all()


@pytest.mark.parametrize("found", [[], [A], [A, B]], ids=["none", "one absent", "two absent"])
def test_nobody_is_a_pose_of_nan(found: list[Region]) -> None:
    estimator, _ = an_estimator([found], [LOST])
    pose = estimator.update(a_frame(0.5, index=4))
    assert not pose.found
    assert np.isnan(pose.xy_px).all()
    assert np.isnan(pose.visibility).all()
    assert np.isnan(pose.depth_px).all()
    assert pose.presence == 0
    assert (pose.frame_index, pose.time_s, pose.size_px) == (4, 0.5, (64, 48))


@pytest.mark.parametrize(("fps", "expected"), [(60, 10), (30, 10), (120, 10), (5, 5)])
def test_an_empty_belt_is_searched_ten_times_a_second_at_most(fps: int, expected: int) -> None:
    estimator, people = an_estimator([[]], [LOST])
    for index in range(fps):
        estimator.update(a_frame(index / fps, index=index))
    # Times are not exact in binary: a search may fall one frame later than a tenth.
    assert expected - 2 <= searches(people) <= expected


@given(st.lists(st.floats(0.001, 0.3), min_size=1, max_size=60))
def test_searches_that_find_nobody_are_a_tenth_of_a_second_apart(gaps: list[float]) -> None:
    estimator, people = an_estimator([[A]], [LOST])
    searched_s = []
    for time_s in np.cumsum(gaps):
        before = searches(people)
        estimator.update(a_frame(float(time_s)))
        if searches(people) > before:
            searched_s.append(time_s)
    assert searched_s[0] == gaps[0]
    assert (np.diff(searched_s) >= 0.1).all()


def test_a_false_alarm_of_the_detector_counts_as_a_search() -> None:
    estimator, people = an_estimator([[A]], [LOST])
    for time_s in (0.0, 0.05, 0.099, 0.1, 0.15):
        estimator.update(a_frame(time_s))
    assert searches(people) == 2


def test_who_comes_back_is_found_at_the_next_search() -> None:
    estimator, people = an_estimator([[A], [], [B]], [seen(), LOST, seen(at=3)])
    found = [estimator.update(a_frame(t)).found for t in (0.0, 0.02, 0.04, 0.1, 0.13, 0.14)]
    assert found == [True, False, False, False, True, True]
    assert searches(people) == 3


def test_a_find_lets_the_next_loss_be_searched_for_at_once() -> None:
    looks = [seen(), LOST, seen(), LOST, seen(), seen()]
    estimator, people = an_estimator([[A]], looks)
    for index in range(4):
        assert estimator.update(a_frame(index / 60)).found
    assert searches(people) == 3


@pytest.mark.parametrize("place", [NO_PLACE, a_region(side=0), a_region(side=1.5)])
def test_without_a_usable_next_region_it_searches_again(place: Region) -> None:
    estimator, people = an_estimator([[A], [B]], [seen(then=place), seen(then=C)])
    assert estimator.update(a_frame(0.0)).found
    assert estimator.update(a_frame(1 / 60)).found
    assert people.calls == ["search", A, "search", B]


def test_nothing_is_carried_across_a_break() -> None:
    estimator, people = an_estimator([[A], [C]], [seen(then=B)])
    estimator.update(a_frame(5.0))
    before = len(people.calls)
    estimator.update(a_frame(5.01, breaks=True))
    assert people.calls_since(before) == ["search", C]


def test_a_break_does_not_wait_for_the_next_search() -> None:
    estimator, people = an_estimator([[]], [LOST])
    estimator.update(a_frame(5.0))
    estimator.update(a_frame(5.01))
    assert searches(people) == 1
    estimator.update(a_frame(5.02, breaks=True))
    assert searches(people) == 2
    estimator.update(a_frame(5.03))
    assert searches(people) == 2


steps = st.lists(
    st.tuples(st.floats(0.001, 0.2), st.booleans(), st.sampled_from([0.0, 0.4, 0.5, 1.0])),
    max_size=30,
)


class ByPicture:
    """A person as present as the picture is bright, in the region that its colour names."""

    def find(self, image: Image) -> list[Region]:
        return [a_region(x=float(image[0, 0, 1])), a_region(x=7)]

    def look(self, image: Image, region: Region) -> Landmarks:
        presence = image[0, 0, 0] / 255 if region.center_x_px != 7 else 0.45
        return seen(presence, a_region(x=region.center_x_px + 1), at=region.center_x_px)


@given(steps)
def test_a_replay_after_reset_gives_identical_poses(
    steps: list[tuple[float, bool, float]],
) -> None:
    frames, time_s = [], 0.0
    for index, (gap, breaks, presence) in enumerate(steps):
        time_s += gap
        image = np.full((4, 4, 3), (round(presence * 255), index % 251, 0), np.uint8)
        frames.append(a_frame(time_s, index=index, breaks=breaks, image=image))
    estimator = PoseEstimator(ByPicture(), ByPicture(), BLAZEPOSE33, 0.45)
    first = [estimator.update(frame) for frame in frames]
    estimator.reset()
    again = [estimator.update(frame) for frame in frames]
    assert all(same(one, other) for one, other in zip(first, again, strict=True))


@given(steps, st.sampled_from([0.5, 16.0, 4096.0]))
def test_a_later_start_shifts_times_only(
    steps: list[tuple[float, bool, float]], shift: float
) -> None:
    # Times in 1/64 s, so that the shifted ones are exact too.
    ticks = np.cumsum([round(gap * 64) + 1 for gap, *_ in steps]) / 64
    poses = []
    for offset in (0.0, shift):
        estimator = PoseEstimator(ByPicture(), ByPicture(), BLAZEPOSE33, 0.45)
        poses.append(
            [
                estimator.update(
                    a_frame(
                        float(tick) + offset,
                        breaks=breaks,
                        image=np.full((4, 4, 3), (round(presence * 255), 9, 0), np.uint8),
                    )
                )
                for tick, (_, breaks, presence) in zip(ticks, steps, strict=True)
            ]
        )
    for one, other in zip(*poses, strict=True):
        assert other.time_s == one.time_s + shift
        np.testing.assert_array_equal(one.xy_px, other.xy_px)


FAR_AWAY = a_region(x=500)
NEAR_BY = a_region(x=210)


@pytest.mark.parametrize(("then", "another"), [(FAR_AWAY, True), (NEAR_BY, False), (A, False)])
@pytest.mark.parametrize("absent_s", [0.0, 3.0])
def test_who_is_found_elsewhere_is_somebody_else(
    then: Region, another: bool, absent_s: float
) -> None:
    estimator, _ = an_estimator([[A], [], [then]], [seen(then=A), LOST, seen(then=then)])
    estimator.update(a_frame(0.0))
    lost = estimator.update(a_frame(0.02, index=1))
    found = estimator.update(a_frame(0.2 + absent_s, index=2))
    after = estimator.update(a_frame(0.22 + absent_s, index=3))
    assert (lost.found, found.found) == (False, True)
    assert (lost.breaks, found.breaks, after.breaks) == (False, another, False)


def test_a_track_that_leaps_to_another_body_breaks() -> None:
    estimator, _ = an_estimator([[A]], [seen(then=A), seen(then=FAR_AWAY), seen(then=FAR_AWAY)])
    breaks = [estimator.update(a_frame(t / 60, index=t)).breaks for t in range(3)]
    assert breaks == [False, True, False]


def test_after_a_reset_nobody_is_somebody_else() -> None:
    estimator, _ = an_estimator([[A], [FAR_AWAY]], [seen(then=A), seen(then=FAR_AWAY)])
    estimator.update(a_frame())
    estimator.reset()
    assert not estimator.update(a_frame()).breaks


def turned(breadth_px: float, then: Region) -> Landmarks:
    """Return a person with a trunk of 100 px and shoulders so broad."""
    xy = np.zeros((33, 2))
    xy[11], xy[12] = (breadth_px / 2, -100), (-breadth_px / 2, -100)
    return replace(seen(then=then), xy_px=xy)


def test_who_stays_turned_to_the_camera_is_left_for_one_seen_from_the_side() -> None:
    estimator, people = an_estimator(
        [[A], [A, FAR_AWAY]],
        [turned(70, A)] * 50 + [turned(70, A), turned(15, FAR_AWAY)] + [turned(15, FAR_AWAY)],
    )
    poses = [estimator.update(a_frame(t / 50, index=t)) for t in range(45)]
    assert searches(people) > 1
    changes = [p.frame_index for p in poses if p.breaks]
    assert len(changes) <= 1


def test_a_lone_runner_seen_obliquely_is_nobody_else() -> None:
    breadths = [43 + 12 * np.sin(t / 5) for t in range(400)]
    estimator, people = an_estimator([[A]], [turned(b, A) for b in breadths])
    poses = [estimator.update(a_frame(t / 50, index=t)) for t in range(300)]
    assert searches(people) > 2
    assert not any(p.breaks for p in poses)
