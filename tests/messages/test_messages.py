from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skeletons import BLAZEPOSE33

from edge.messages.frame import Frame
from edge.messages.gait import EventKind
from edge.messages.pose import Pose
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT
from edge.messages.stride import KeyPose, Stride


def frame(**changes: Any) -> Frame:
    values: dict[str, Any] = {"index": 0, "time_s": 0.0, "image": np.zeros((4, 6, 3), np.uint8)}
    return Frame(**(values | changes))


def pose(**changes: Any) -> Pose:
    values: dict[str, Any] = {
        "frame_index": 0,
        "time_s": 0.0,
        "size_px": (6, 4),
        "skeleton": BLAZEPOSE33,
        "xy_px": np.zeros((33, 2)),
        "visibility": np.ones(33),
        "depth_px": np.zeros(33),
        "presence": 1.0,
    }
    return Pose(**(values | changes))


def stride(**changes: Any) -> Stride:
    values: dict[str, Any] = {
        "side": Side.LEFT,
        "near": True,
        "facing": Side.LEFT,
        "start_s": 0.0,
        "peak_knee_flexion_s": 0.1,
        "toe_off_s": 0.2,
        "end_s": 0.7,
        "decided_at_s": 0.8,
        "opposite_contact_s": 0.35,
        "valid": True,
        "reason": Reason(),
        "times_s": np.arange(4.0),
        "frame_indices": np.arange(4),
        "xy_px": np.zeros((4, BODY_COUNT, 2)),
        "belt_speed_px_s": 500.0,
    }
    return Stride(**(values | changes))


def key_pose(**changes: Any) -> KeyPose:
    values: dict[str, Any] = {
        "kind": EventKind.TOE_OFF,
        "side": Side.LEFT,
        "near": True,
        "time_s": 0.1,
        "frame_index": 6,
        "xy_px": np.zeros((BODY_COUNT, 2)),
        "value": 12.0,
    }
    return KeyPose(**(values | changes))


MAKERS: dict[str, Callable[..., Any]] = {
    "frame": frame,
    "pose": pose,
    "stride": stride,
    "key pose": key_pose,
}


@pytest.mark.parametrize(
    ("maker", "name", "array"),
    [
        ("frame", "image", np.zeros((4, 6), np.uint8)),
        ("frame", "image", np.zeros((4, 6, 4), np.uint8)),
        ("frame", "image", np.zeros((4, 6, 3))),
        ("pose", "xy_px", np.zeros((33, 3))),
        ("pose", "xy_px", np.zeros((17, 2))),
        ("pose", "visibility", np.zeros((33, 1))),
        ("pose", "depth_px", np.zeros(17)),
        ("pose", "expected_px", np.zeros((2, 33))),
        ("stride", "times_s", np.zeros((4, 1))),
        ("stride", "frame_indices", np.arange(3)),
        ("stride", "xy_px", np.zeros((3, BODY_COUNT, 2))),
        ("stride", "xy_px", np.zeros((4, 17, 2))),
        ("key pose", "xy_px", np.zeros((17, 2))),
    ],
)
def test_a_wrong_shape_is_refused_by_name(maker: str, name: str, array: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=name):
        MAKERS[maker](**{name: array})


@pytest.mark.parametrize("maker", list(MAKERS))
def test_arrays_are_read_only(maker: str) -> None:
    record = MAKERS[maker]()
    arrays = [
        getattr(record, name)
        for name in record.__dataclass_fields__
        if isinstance(getattr(record, name), np.ndarray)
    ]
    assert arrays
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_expected_points_are_read_only_too() -> None:
    expected = pose(expected_px=np.zeros((33, 2))).expected_px
    assert expected is not None
    with pytest.raises(ValueError, match="read-only"):
        expected[0] = 1.0


@pytest.mark.parametrize("maker", list(MAKERS))
def test_records_are_frozen_and_can_be_hashed(maker: str) -> None:
    record = MAKERS[maker]()
    with pytest.raises(FrozenInstanceError):
        setattr(record, next(iter(record.__dataclass_fields__)), 1)
    assert len({record, MAKERS[maker]()}) == 2


def test_replacing_checks_again() -> None:
    with pytest.raises(ValueError, match="xy_px"):
        replace(pose(), xy_px=np.zeros((17, 2)))


def test_a_pose_is_found_when_any_point_is() -> None:
    xy = np.full((33, 2), np.nan)
    assert not pose(xy_px=xy.copy()).found
    xy[5] = 1.0, 2.0
    assert pose(xy_px=xy).found


def test_the_other_side_of_the_other_side_is_the_side() -> None:
    for side in Side:
        assert side.other is not side
        assert side.other.other is side
