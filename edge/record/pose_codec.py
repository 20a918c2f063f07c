"""Poses as bytes and back, without losing a bit.

Numbers are kept in four bytes where that loses nothing, as with all that the pose room gives, else
in eight.
"""

import json
import struct
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.gait import Activity, GaitState
from edge.messages.pose import Pose
from edge.messages.reading import Belt
from edge.messages.seen import Seen, Stance
from edge.messages.side import Side
from edge.messages.skeleton import KEYPOINT_COUNT, READER_POINTS
from edge.record.segments import SegmentError

SEEN: Final = 1
SETTLED: Final = 2
CONDITIONS: Final = 3

# Frame number, time, picture size, flags, activity and sides, presence.
_HEAD: Final = struct.Struct("<qdHHBBd")
_POINTS, _BREAKS, _FRESH, _ANOTHER, _LEGS, _WIDE, _SWAPPED = (1 << bit for bit in range(7))
_LEG_POINTS: Final = 2 * len(READER_POINTS)
_ACTIVITIES: Final = tuple(Activity)
_SIDES: Final = (None, Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gait:
    """What the runner was found to be doing at a frame."""

    activity: Activity
    facing: Side | None
    near_side: Side | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What holds for all frames until the next of these."""

    stand_in: str = ""
    belt: Belt = field(default_factory=Belt)
    neutral: Stance | None = None


def encode_conditions(seen: Seen) -> bytes:
    """Return the payload of what holds at a frame."""
    holds = {
        "stand_in": seen.stand_in,
        "belt_speed_mps": seen.belt.speed_mps,
        "incline_pct": seen.belt.incline_pct,
        "neutral": None if seen.neutral is None else asdict(seen.neutral),
    }
    return json.dumps(holds, separators=(",", ":")).encode()


def decode_conditions(payload: bytes) -> Conditions:
    """Return what ``encode_conditions`` was given; raises ``SegmentError`` if it is none."""
    try:
        holds = json.loads(payload)
        belt = Belt(
            speed_mps=float(holds["belt_speed_mps"]), incline_pct=float(holds["incline_pct"])
        )
        # Records of before there was a neutral stance do not name it.
        neutral = holds.get("neutral")
        return Conditions(
            stand_in=str(holds["stand_in"]),
            belt=belt,
            neutral=None if neutral is None else _stance(neutral),
        )
    except (
        AttributeError,
        ValueError,
        KeyError,
        TypeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise SegmentError("a record of conditions cannot be read") from error


def _stance(told: dict[str, Any]) -> Stance:
    numbers = {f.name: float(told[f.name]) for f in fields(Stance) if f.name != "side"}
    return Stance(side=Side(told["side"]), **numbers)


def encode_seen(seen: Seen, state: GaitState) -> bytes:
    """Return the payload of one frame as the pose room saw it, and what the runner was doing."""
    pose = seen.pose
    arrays = [pose.xy_px, pose.visibility, pose.depth_px]
    flags = _FRESH * seen.fresh | _ANOTHER * seen.another_person
    if pose.legs_px is not None and pose.legs_error_px is not None:
        arrays += [pose.legs_px, pose.legs_error_px]
        flags |= _LEGS
    doing = _ACTIVITIES.index(state.activity)
    sides = _SIDES.index(state.facing), _SIDES.index(state.near_side)
    return _encode(pose, flags, doing | sides[0] << 2 | sides[1] << 4, arrays)


def decode_seen(payload: bytes, conditions: Conditions) -> tuple[Seen, Gait]:
    """Return what ``encode_seen`` was given; raises ``SegmentError`` if it is none."""
    head, numbers = _decode(payload)
    legs: dict[str, Floats] = {}
    if head.flags & _LEGS:
        legs["legs_error_px"] = numbers[-_LEG_POINTS:].reshape(2, -1)
        legs["legs_px"] = numbers[-3 * _LEG_POINTS : -_LEG_POINTS].reshape(2, -1, 2)
    pose = head.pose(numbers, depth_px=numbers[3 * KEYPOINT_COUNT : 4 * KEYPOINT_COUNT], **legs)
    seen = Seen(
        pose=pose,
        fresh=bool(head.flags & _FRESH),
        another_person=bool(head.flags & _ANOTHER),
        stand_in=conditions.stand_in,
        belt=conditions.belt,
        neutral=conditions.neutral,
    )
    doing, facing, near = head.doing & 3, head.doing >> 2 & 3, head.doing >> 4
    if not (doing < len(_ACTIVITIES) and facing < len(_SIDES) and near < len(_SIDES)):
        raise SegmentError("a pose record names an activity or a side that there is not")
    gait = Gait(activity=_ACTIVITIES[doing], facing=_SIDES[facing], near_side=_SIDES[near])
    return seen, gait


def encode_settled(pose: Pose) -> bytes:
    """Return the payload of one pose whose legs can no longer change hands."""
    return _encode(pose, 0, 0, [pose.xy_px, pose.visibility])


def decode_settled(payload: bytes) -> Pose:
    """Return the pose that ``encode_settled`` was given, but for depth, which is NaN.

    Raises
    ------
    SegmentError
        If it is none.
    """
    head, numbers = _decode(payload, depth=False)
    return head.pose(numbers, depth_px=np.full(KEYPOINT_COUNT, np.nan))


@dataclass(frozen=True, slots=True)
class _Head:
    frame_index: int
    time_s: float
    width_px: int
    height_px: int
    flags: int
    doing: int
    presence: float

    def pose(self, numbers: Floats, **more: Any) -> Pose:
        points = 2 * KEYPOINT_COUNT
        return Pose(
            frame_index=self.frame_index,
            time_s=self.time_s,
            size_px=(self.width_px, self.height_px),
            xy_px=numbers[:points].reshape(-1, 2),
            visibility=numbers[points : points + KEYPOINT_COUNT],
            presence=self.presence,
            swapped=bool(self.flags & _SWAPPED),
            breaks=bool(self.flags & _BREAKS),
            **more,
        )


def _encode(pose: Pose, flags: int, doing: int, arrays: list[Floats]) -> bytes:
    numbers = np.concatenate([array.ravel() for array in arrays])
    flags |= _BREAKS * pose.breaks | _SWAPPED * pose.swapped
    body = b""
    # Of an empty belt only the time is worth its room.
    if not np.isnan(numbers).all():
        flags |= _POINTS
        small = numbers.astype("<f4")
        if not np.array_equal(small.astype(float), numbers, equal_nan=True):
            flags |= _WIDE
        body = (numbers.astype("<f8") if flags & _WIDE else small).tobytes()
    head = _HEAD.pack(pose.frame_index, pose.time_s, *pose.size_px, flags, doing, pose.presence)
    return head + body


def _decode(payload: bytes, *, depth: bool = True) -> tuple[_Head, Floats]:
    try:
        head = _Head(*_HEAD.unpack_from(payload))
    except struct.error as error:
        raise SegmentError("a pose record is too short") from error
    count = KEYPOINT_COUNT * (4 if depth else 3)
    count += 3 * _LEG_POINTS if head.flags & _LEGS else 0
    body = payload[_HEAD.size :]
    width = 8 if head.flags & _WIDE else 4
    want = count * width if head.flags & _POINTS else 0
    if len(body) != want:
        raise SegmentError(f"a pose record should hold {want} bytes of points, got {len(body)}")
    if not want:
        return head, np.full(count, np.nan)
    # A signalling NaN, which nothing here writes, would warn in the change of width.
    with np.errstate(invalid="ignore"):
        return head, np.frombuffer(body, "<f8" if head.flags & _WIDE else "<f4").astype(float)
