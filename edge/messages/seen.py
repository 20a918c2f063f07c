"""The rooms' input from one frame, enough to rerun them."""

from dataclasses import dataclass, field

from edge.messages.notice import Notice
from edge.messages.points_by_hand import PointsByHand
from edge.messages.pose import Pose
from edge.messages.reading import Belt, Reading
from edge.messages.reason import Reason
from edge.messages.side import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """A runner's near leg in quiet standing, the zero for relative angles.

    Signs are the usual ones; ``captured_at_s`` is the capture time of the last frame.
    """

    side: Side
    knee_flexion_deg: float
    shank_angle_deg: float
    foot_angle_deg: float
    captured_at_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """Input from one frame to all rooms after the pose room, enough to rerun them.

    Attributes
    ----------
    pose
        Output of the pose room, before identity repair.
    fresh
        Whether all state about the previous runner was dropped at this frame.
    another_person
        Whether the person changed at this frame without a break in the video.
    stand_in
        Why the pose is not for measuring; no reason if it is.
    belt
        Belt speed and incline as entered.
    neutral
        The runner's neutral stance; None if not captured.
    readings
        The last sensor reading of each quantity.
    notices
        What is wrong with the pictures, as the source told.
    points
        The points of the near leg set by hand that are in force; None for the model's own.
    """

    pose: Pose
    fresh: bool = False
    another_person: bool = False
    stand_in: Reason = field(default_factory=Reason)
    belt: Belt = field(default_factory=Belt)
    neutral: Stance | None = None
    readings: tuple[Reading, ...] = ()
    notices: tuple[Notice, ...] = ()
    points: PointsByHand | None = None
