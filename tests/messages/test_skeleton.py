import pytest
from skeletons import BLAZEPOSE33

from edge.messages import skeleton
from edge.messages.skeleton import (
    BODY_BONES,
    BODY_COUNT,
    BODY_POINTS,
    LEFT_LEG,
    LEG_POINTS,
    RIGHT_LEG,
    SIDE_LEG,
    SIDE_POINTS,
    Skeleton,
)


def test_legs_run_from_the_hip_to_the_toe() -> None:
    assert [BODY_POINTS[i] for i in LEFT_LEG] == [f"left_{p}" for p in LEG_POINTS]
    assert [BODY_POINTS[i] for i in RIGHT_LEG] == [f"right_{p}" for p in LEG_POINTS]
    assert [SIDE_POINTS[i] for i in SIDE_LEG] == [*LEG_POINTS[:-1], "shoe_tip"]
    places = skeleton.HIP, skeleton.KNEE, skeleton.ANKLE, skeleton.HEEL, skeleton.TOE
    assert places == tuple(range(len(LEG_POINTS)))


def test_named_places_are_where_they_say() -> None:
    for place in ("LEFT_SHOULDER", "RIGHT_SHOULDER", "LEFT_HIP", "RIGHT_HIP"):
        assert BODY_POINTS[getattr(skeleton, place)] == place.lower()
    assert len(set(BODY_POINTS)) == BODY_COUNT == 12


def test_bones_are_the_same_on_both_sides() -> None:
    names = {frozenset(BODY_POINTS[i] for i in bone) for bone in BODY_BONES}
    assert len(names) == len(BODY_BONES)
    turned = {
        frozenset(
            n.replace("left", "?").replace("right", "left").replace("?", "right") for n in bone
        )
        for bone in names
    }
    assert turned == names


def test_a_side_that_points_beyond_the_model_is_refused() -> None:
    with pytest.raises(ValueError, match="skeleton odd must place 7 points a side"):
        Skeleton(
            name="odd",
            points=BLAZEPOSE33.points,
            bones=(),
            left=(33, *BLAZEPOSE33.left[1:]),
            right=BLAZEPOSE33.right,
            pairs=(),
            markers=(),
        )
