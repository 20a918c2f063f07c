"""What one frame gave the rooms: enough to run them again."""

from dataclasses import dataclass, field

from edge.messages.pose import Pose
from edge.messages.reading import Belt, Reading
from edge.messages.side import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """A runner's near leg in quiet standing, the zero of what is measured relative to it.

    Angles are signed as everywhere; ``captured_at_s`` is capture time of the last frame.
    """

    side: Side
    knee_flexion_deg: float
    shank_angle_deg: float
    foot_angle_deg: float
    captured_at_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """All that one frame gave the rooms after the pose room: enough to run them again.

    Attributes
    ----------
    pose
        As the pose room saw it, before identity repair.
    fresh
        Whether everything about the runner before was forgotten at this frame.
    another_person
        Whether the picture goes on here and the person is another one.
    stand_in
        Why the pose is not for measuring; empty if it is.
    belt
        What was entered about the belt.
    neutral
        The runner's neutral stance; None where none was captured.
    readings
        The last reading of each quantity that a sensor gave.
    """

    pose: Pose
    fresh: bool = False
    another_person: bool = False
    stand_in: str = ""
    belt: Belt = field(default_factory=Belt)
    neutral: Stance | None = None
    readings: tuple[Reading, ...] = ()
