from edge.messages import skeleton
from edge.messages.skeleton import (
    BONES,
    KEYPOINT_COUNT,
    KEYPOINT_NAMES,
    LEFT_LEG,
    LEG_POINTS,
    RIGHT_LEG,
)


def test_the_names_are_those_of_the_pose_model() -> None:
    assert KEYPOINT_COUNT == 33
    assert len(set(KEYPOINT_NAMES)) == 33


def test_legs_run_from_the_hip_to_the_toe() -> None:
    assert [KEYPOINT_NAMES[i] for i in LEFT_LEG] == [f"left_{p}" for p in LEG_POINTS]
    assert [KEYPOINT_NAMES[i] for i in RIGHT_LEG] == [f"right_{p}" for p in LEG_POINTS]
    places = skeleton.HIP, skeleton.KNEE, skeleton.ANKLE, skeleton.HEEL, skeleton.TOE
    assert places == tuple(range(len(LEG_POINTS)))


def test_named_places_are_where_they_say() -> None:
    for place in ("LEFT_SHOULDER", "RIGHT_SHOULDER", "LEFT_HIP", "RIGHT_HIP"):
        assert KEYPOINT_NAMES[getattr(skeleton, place)] == place.lower()


def test_bones_are_the_same_on_both_sides() -> None:
    names = {frozenset(KEYPOINT_NAMES[i] for i in bone) for bone in BONES}
    assert len(names) == len(BONES)
    turned = {
        frozenset(
            n.replace("left", "?").replace("right", "left").replace("?", "right") for n in bone
        )
        for bone in names
    }
    assert turned == names
