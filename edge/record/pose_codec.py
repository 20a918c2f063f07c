"""Lossless binary encoding of poses.

Numbers take four bytes if that is exact, as for everything from the pose room, else eight. A
separate layout record before them gives the number of points and the skeleton.
"""

import json
import struct
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

import numpy as np

from edge.i18n.reasons import english
from edge.messages.arrays import Floats
from edge.messages.errors import ModelError
from edge.messages.frame import MAIN_CAMERA
from edge.messages.gait import Activity, GaitState
from edge.messages.notice import Notice
from edge.messages.points_by_hand import PointsByHand
from edge.messages.pose import Pose
from edge.messages.reading import Belt, Reading
from edge.messages.reason import Reason
from edge.messages.seen import Seen, Stance
from edge.messages.side import Side
from edge.messages.skeleton import SIDE_POINTS, Skeleton
from edge.pose.skeletons.loader import BLAZEPOSE, skeleton
from edge.record.points_json import points_json, points_of
from edge.record.segments import SegmentError

SEEN: Final = 1
SETTLED: Final = 2
CONDITIONS: Final = 3
LAYOUT: Final = 4

FIRST_FORMAT: Final = 1
"""Format of logs that predate other skeletons: no layout, activity and sides in one byte."""

FORMAT: Final = 2

# Frame number, time, picture size, flags, activity, facing, near side, presence.
_HEAD: Final = struct.Struct("<qdHHHBBBd")
# The same with activity and sides in one byte, of which the activity had two bits.
_FIRST_HEAD: Final = struct.Struct("<qdHHBBd")
_POINTS, _BREAKS, _FRESH, _ANOTHER, _LEGS, _WIDE, _SWAPPED = (1 << bit for bit in range(7))
_LEG_POINTS: Final = 2 * len(SIDE_POINTS)
_ACTIVITIES: Final = tuple(Activity)
_SIDES: Final = (None, Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gait:
    """The runner's activity, facing and near side at a frame."""

    activity: Activity
    facing: Side | None
    near_side: Side | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The layout of the poses until the next layout record.

    Attributes
    ----------
    format
        Version of the records.
    skeleton
        The skeleton of the poses.
    camera
        The camera of the poses.
    """

    format: int
    skeleton: Skeleton
    camera: str


def first_layout() -> Layout:
    """Return the layout of logs without a layout record."""
    return Layout(format=FIRST_FORMAT, skeleton=skeleton(BLAZEPOSE), camera=MAIN_CAMERA)


def encode_layout(pose: Pose) -> bytes:
    """Return the payload of a pose's layout."""
    layout = {
        "format": FORMAT,
        "skeleton": pose.skeleton.name,
        "points": pose.skeleton.count,
        "camera": pose.camera,
    }
    return json.dumps(layout, separators=(",", ":")).encode()


def decode_layout(payload: bytes) -> Layout:
    """Return what ``encode_layout`` was given; raises ``SegmentError`` if it is none."""
    try:
        told = json.loads(payload)
        layout = Layout(
            format=int(told["format"]),
            skeleton=skeleton(str(told["skeleton"])),
            camera=str(told["camera"]),
        )
        points = int(told["points"])
    except ModelError as error:
        raise SegmentError(str(error)) from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise SegmentError("a record of the layout cannot be read") from error
    if layout.format != FORMAT:
        raise SegmentError(f"poses are in format {layout.format}; this program reads {FORMAT}")
    if points != layout.skeleton.count:
        raise SegmentError(
            f"poses have {points} points, and skeleton {layout.skeleton.name} has "
            f"{layout.skeleton.count}"
        )
    return layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The conditions of all frames until the next conditions record."""

    stand_in: Reason = field(default_factory=Reason)
    belt: Belt = field(default_factory=Belt)
    neutral: Stance | None = None
    readings: tuple[Reading, ...] = ()
    notices: tuple[Notice, ...] = ()
    points: PointsByHand | None = None


def encode_conditions(seen: Seen) -> bytes:
    """Return the payload of a frame's conditions."""
    holds = {
        "stand_in": english(seen.stand_in),
        "belt_speed_mps": seen.belt.speed_mps,
        "incline_pct": seen.belt.incline_pct,
        "neutral": None if seen.neutral is None else asdict(seen.neutral),
    }
    if seen.stand_in.code:
        holds["stand_in_code"] = seen.stand_in.code
        holds["stand_in_params"] = dict(seen.stand_in.params)
    if seen.readings:
        holds["readings"] = [asdict(reading) for reading in seen.readings]
    if seen.notices:
        holds["notices"] = [[n.code, dict(n.params), n.said] for n in seen.notices]
    if seen.points is not None:
        holds["points"] = points_json(seen.points)
    return json.dumps(holds, separators=(",", ":")).encode()


def decode_conditions(payload: bytes) -> Conditions:
    """Return what ``encode_conditions`` was given; raises ``SegmentError`` if it is none."""
    try:
        holds = json.loads(payload)
        belt = Belt(
            speed_mps=float(holds["belt_speed_mps"]), incline_pct=float(holds["incline_pct"])
        )
        # Records that predate the neutral stance do not have it.
        neutral = holds.get("neutral")
        return Conditions(
            # Records that predate reason codes hold the text only.
            stand_in=Reason.recorded(
                str(holds.get("stand_in_code", "")),
                dict(holds.get("stand_in_params", {})),
                str(holds["stand_in"]),
            ),
            belt=belt,
            neutral=None if neutral is None else _stance(neutral),
            readings=tuple(_reading(told) for told in holds.get("readings", ())),
            notices=tuple(
                Notice.recorded(str(code), dict(params), str(said))
                for code, params, said in holds.get("notices", ())
            ),
            points=points_of(holds["points"]) if "points" in holds else None,
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


def _reading(told: dict[str, Any]) -> Reading:
    return Reading(
        name=str(told["name"]),
        value=float(told["value"]),
        unit=str(told["unit"]),
        time_s=float(told["time_s"]),
        source=str(told["source"]),
        quality=float(told["quality"]),
    )


def encode_seen(seen: Seen, state: GaitState) -> bytes:
    """Return the payload of one frame as seen by the pose room, with the runner's gait."""
    pose = seen.pose
    arrays = [pose.xy_px, pose.visibility, pose.depth_px]
    flags = _FRESH * seen.fresh | _ANOTHER * seen.another_person
    if pose.legs_px is not None and pose.legs_error_px is not None:
        arrays += [pose.legs_px, pose.legs_error_px]
        flags |= _LEGS
    gait = Gait(activity=state.activity, facing=state.facing, near_side=state.near_side)
    return _encode(pose, flags, gait, arrays)


def decode_seen(payload: bytes, conditions: Conditions, layout: Layout) -> tuple[Seen, Gait]:
    """Return what ``encode_seen`` was given; raises ``SegmentError`` if it is none."""
    head, numbers = _decode(payload, layout)
    legs: dict[str, Floats] = {}
    if head.flags & _LEGS:
        legs["legs_error_px"] = numbers[-_LEG_POINTS:].reshape(2, -1)
        legs["legs_px"] = numbers[-3 * _LEG_POINTS : -_LEG_POINTS].reshape(2, -1, 2)
    count = layout.skeleton.count
    pose = head.pose(numbers, layout, depth_px=numbers[3 * count : 4 * count], **legs)
    seen = Seen(
        pose=pose,
        fresh=bool(head.flags & _FRESH),
        another_person=bool(head.flags & _ANOTHER),
        stand_in=conditions.stand_in,
        belt=conditions.belt,
        neutral=conditions.neutral,
        readings=conditions.readings,
        notices=conditions.notices,
        points=conditions.points,
    )
    return seen, head.gait()


def encode_settled(pose: Pose) -> bytes:
    """Return the payload of one settled pose, whose leg identity is final."""
    nothing = Gait(activity=Activity.ABSENT, facing=None, near_side=None)
    return _encode(pose, 0, nothing, [pose.xy_px, pose.visibility])


def decode_settled(payload: bytes, layout: Layout) -> Pose:
    """Return the pose that ``encode_settled`` was given, but for depth, which is NaN.

    Raises
    ------
    SegmentError
        If it is none.
    """
    head, numbers = _decode(payload, layout, depth=False)
    return head.pose(numbers, layout, depth_px=np.full(layout.skeleton.count, np.nan))


@dataclass(frozen=True, slots=True)
class _Head:
    frame_index: int
    time_s: float
    width_px: int
    height_px: int
    flags: int
    activity: int
    facing: int
    near_side: int
    presence: float

    def pose(self, numbers: Floats, layout: Layout, **more: Any) -> Pose:
        count = layout.skeleton.count
        return Pose(
            frame_index=self.frame_index,
            time_s=self.time_s,
            size_px=(self.width_px, self.height_px),
            skeleton=layout.skeleton,
            xy_px=numbers[: 2 * count].reshape(-1, 2),
            visibility=numbers[2 * count : 3 * count],
            presence=self.presence,
            swapped=bool(self.flags & _SWAPPED),
            breaks=bool(self.flags & _BREAKS),
            camera=layout.camera,
            **more,
        )

    def gait(self) -> Gait:
        try:
            return Gait(
                activity=_ACTIVITIES[self.activity],
                facing=_SIDES[self.facing],
                near_side=_SIDES[self.near_side],
            )
        except IndexError as error:
            raise SegmentError(
                "a pose record names an activity or a side that there is not"
            ) from error


def _encode(pose: Pose, flags: int, gait: Gait, arrays: list[Floats]) -> bytes:
    numbers = np.concatenate([array.ravel() for array in arrays])
    flags |= _BREAKS * pose.breaks | _SWAPPED * pose.swapped
    body = b""
    # For an empty belt only the head is stored.
    if not np.isnan(numbers).all():
        flags |= _POINTS
        small = numbers.astype("<f4")
        if not np.array_equal(small.astype(float), numbers, equal_nan=True):
            flags |= _WIDE
        body = (numbers.astype("<f8") if flags & _WIDE else small).tobytes()
    doing = _ACTIVITIES.index(gait.activity)
    sides = _SIDES.index(gait.facing), _SIDES.index(gait.near_side)
    head = (pose.frame_index, pose.time_s, *pose.size_px, flags, doing, *sides, pose.presence)
    return _HEAD.pack(*head) + body


def _decode(payload: bytes, layout: Layout, *, depth: bool = True) -> tuple[_Head, Floats]:
    head, body = _split(payload, layout)
    count = layout.skeleton.count * (4 if depth else 3)
    count += 3 * _LEG_POINTS if head.flags & _LEGS else 0
    width = 8 if head.flags & _WIDE else 4
    want = count * width if head.flags & _POINTS else 0
    if len(body) != want:
        raise SegmentError(f"a pose record should hold {want} bytes of points, got {len(body)}")
    if not want:
        return head, np.full(count, np.nan)
    # A signalling NaN, which nothing here writes, would raise a warning in the conversion.
    with np.errstate(invalid="ignore"):
        return head, np.frombuffer(body, "<f8" if head.flags & _WIDE else "<f4").astype(float)


def _split(payload: bytes, layout: Layout) -> tuple[_Head, bytes]:
    """Return the head and the remaining bytes."""
    try:
        if layout.format == FIRST_FORMAT:
            index, time_s, width, height, flags, doing, presence = _FIRST_HEAD.unpack_from(payload)
            gait = doing & 3, doing >> 2 & 3, doing >> 4
            head = _Head(index, time_s, width, height, flags, *gait, presence)
            return head, payload[_FIRST_HEAD.size :]
        return _Head(*_HEAD.unpack_from(payload)), payload[_HEAD.size :]
    except struct.error as error:
        raise SegmentError("a pose record is too short") from error
