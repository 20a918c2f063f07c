"""Skeletons: what every one of them must be, and what each says of itself."""

import numpy as np
import pytest
from skeletons import BLAZEPOSE33

from edge.export.markers import MARKERS
from edge.messages.errors import ModelError
from edge.messages.skeleton import ABSENT, BODY_POINTS, HEEL, LEFT_LEG, RIGHT_LEG, TOE, Skeleton
from edge.pose.skeletons.loader import read_skeleton, skeleton, skeleton_names

NAMES = skeleton_names()
each = pytest.mark.parametrize("body", [skeleton(name) for name in NAMES], ids=NAMES)
TEXT = """name = "two"
points = ["left_hip", "right_hip"]
bones = []
[side]
{side}
[markers]
"""


def test_all_that_the_plan_names_are_there() -> None:
    assert {"blazepose33", "halpe26", "coco_wholebody133", "body25", "coco17"} <= set(NAMES)
    counts = {name: skeleton(name).count for name in NAMES}
    assert counts == {
        "blazepose33": 33,
        "body12": 12,
        "body25": 25,
        "coco17": 17,
        "coco_wholebody133": 133,
        "halpe26": 26,
    }


@each
def test_points_are_named_once_and_bones_join_two_of_them(body: Skeleton) -> None:
    assert len(set(body.points)) == body.count
    assert all(a != b and min(a, b) >= 0 and max(a, b) < body.count for a, b in body.bones)
    assert len({frozenset(bone) for bone in body.bones}) == len(body.bones)


@each
def test_a_body_is_found_by_its_names(body: Skeleton) -> None:
    for point, at in zip(BODY_POINTS, body.body, strict=True):
        side, _, name = point.partition("_")
        if name == "toe":
            assert at == ABSENT or body.points[at] in {
                f"{side}_{toe}" for toe in ("toe", "foot_index", "big_toe")
            }
        elif at != ABSENT:
            assert body.points[at] == point
        assert at != ABSENT or name in ("heel", "toe")


@each
def test_exchanging_legs_twice_changes_nothing_and_once_all_of_them(body: Skeleton) -> None:
    twice = body.exchanged[body.exchanged]
    np.testing.assert_array_equal(twice, np.arange(body.count))
    left, right = body.body[list(LEFT_LEG)], body.body[list(RIGHT_LEG)]
    known = left != ABSENT
    np.testing.assert_array_equal(body.exchanged[left[known]], right[known])
    moved = {body.points[i] for i in np.flatnonzero(body.exchanged != np.arange(body.count))}
    parts = ("hip", "knee", "ankle", "heel", "toe", "foot_index")
    sided = [p for p in body.points if p.startswith(("left", "right"))]
    assert moved == {p for p in sided if p.endswith(parts)}


@each
def test_what_is_taken_out_goes_back_to_its_place(body: Skeleton) -> None:
    xy = np.arange(2.0 * body.count).reshape(-1, 2)
    points = body.body_of(xy)
    known = body.body != ABSENT
    assert np.isfinite(points[known]).all()
    assert np.isnan(points[~known]).all()
    back = body.spread(points)
    there = np.isfinite(back).all(axis=1)
    np.testing.assert_array_equal(back[there], xy[there])
    assert set(np.flatnonzero(there)) == set(body.body[known])
    over_time = body.body_of(np.stack([xy, xy + 1]), axis=1)
    np.testing.assert_array_equal(over_time, np.stack([points, points + 1]))


@each
def test_markers_are_those_of_the_exports(body: Skeleton) -> None:
    names = [name for name, _ in body.markers]
    assert set(names) <= set(MARKERS)
    for name, at in body.markers:
        side = {"R": "right_", "L": "left_"}.get(name[0], "")
        assert body.points[at].startswith(side)


def test_a_body_without_feet_says_so() -> None:
    feet = {name: skeleton(name).has_feet for name in NAMES}
    assert [name for name, has in feet.items() if not has] == ["coco17"]
    coco = skeleton("coco17")
    xy = coco.body_of(np.ones((17, 2)))
    for leg in (LEFT_LEG, RIGHT_LEG):
        assert np.isnan(xy[[leg[HEEL], leg[TOE]]]).all()
        assert np.isfinite(xy[list(leg[:HEEL])]).all()


def test_blazepose_has_its_legs_where_it_always_had_them() -> None:
    assert BLAZEPOSE33.body.tolist() == [11, 12, 23, 25, 27, 29, 31, 24, 26, 28, 30, 32]
    assert BLAZEPOSE33.legs.tolist() == list(range(23, 33))


def test_a_skeleton_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ModelError, match="no skeleton 'spider', only blazepose33, body12"):
        skeleton("spider")


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ('hip = "hip"', "its sides are wrong: .'ankle', 'knee', 'shoulder'."),
        ('hip = "hip"\nwing = "wing"', "'wing'"),
        ("= 3", "not valid TOML"),
    ],
)
def test_a_skeleton_that_is_not_whole_is_refused(side: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        read_skeleton(TEXT.format(side=side))
