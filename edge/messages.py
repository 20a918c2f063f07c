"""Every record that flows between the rooms.

Times are seconds of capture time (``_s``), positions image pixels (x right, y down). Absent is NaN,
never 0. Records are frozen; their arrays are read-only.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge.skeleton import KEYPOINT_COUNT, READER_POINTS

Floats = NDArray[np.float64]
Image = NDArray[np.uint8]

# A curve over a stride has a point every 2 % of it.
CURVE_POINTS: Final = 51


class Side(StrEnum):
    """The subject's own left or right."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


class EventKind(StrEnum):
    """The three instants of stance."""

    INITIAL_CONTACT = "initial_contact"
    PEAK_KNEE_FLEXION = "peak_knee_flexion"
    TOE_OFF = "toe_off"


class Activity(StrEnum):
    """What the person on the belt is doing."""

    ABSENT = "absent"
    STANDING = "standing"
    WALKING = "walking"
    RUNNING = "running"


class Phase(StrEnum):
    """Where a leg is in its stride."""

    STANCE = "stance"
    SWING = "swing"
    UNKNOWN = "unknown"


class Fault(StrEnum):
    """The two errors this product looks for."""

    KNEES_FORWARD = "knees_forward"
    BENT_PUSH_OFF = "bent_push_off"


class VerdictState(StrEnum):
    """A traffic light that may also say that it cannot tell."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    BORDERLINE = "borderline"
    UNKNOWN = "unknown"


def _freeze(array: NDArray[np.generic], name: str, shape: tuple[int | None, ...]) -> None:
    """Check ``array`` against ``shape`` (None = any length) and make it read-only."""
    ok = array.ndim == len(shape) and all(
        want is None or have == want for have, want in zip(array.shape, shape, strict=True)
    )
    if not ok:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    array.setflags(write=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One picture from a source.

    Attributes
    ----------
    index
        Counts from 0 in capture order; a gap means frames were dropped after capture.
    time_s
        Capture time since the first frame, never decreasing.
    image
        Shape (h, w, 3), uint8, BGR.
    arrived_s
        Monotonic host time at which the frame reached this process, before it was decoded where
        the source can tell; used for latency only.
    breaks
        True when this frame does not follow the one before it (a clip began again, a camera came
        back), so that nothing may be carried across.
    jpeg
        The camera's own compressed picture, perhaps larger than ``image``; None where it gives
        none. For showing only.
    """

    index: int
    time_s: float
    image: Image
    arrived_s: float = nan
    breaks: bool = False
    jpeg: bytes | None = None

    def __post_init__(self) -> None:
        """Check the picture's shape and make it read-only."""
        if self.image.dtype != np.uint8:
            raise ValueError(f"image must be uint8, got {self.image.dtype}")
        _freeze(self.image, "image", (None, None, 3))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pose:
    """The keypoints of one frame, or the statement that nobody was found in it.

    Attributes
    ----------
    frame_index, time_s, breaks
        Those of the frame.
    size_px
        Width and height of the picture.
    xy_px
        Shape (33, 2); NaN where a point is absent, all NaN when nobody is in view.
    visibility
        Shape (33,), 0 to 1; NaN when nobody is in view.
    depth_px
        Shape (33,), the model's guess of depth relative to the hips, smaller is nearer; image px.
    presence
        Score of a person being there, 0 to 1.
    swapped
        True where the model's left and right legs have been exchanged by identity repair.
    legs_px
        Shape (2, 7, 2), the leg reader's near and far leg, each shoulder, hip, knee, ankle, heel,
        big toe, shoe tip; None where no reader has looked.
    legs_error_px
        Shape (2, 7), the mean error the reader expects of each coordinate; None likewise.
    expected_px
        Shape (33, 2), where the strides before say the leg points should be, NaN where they say
        nothing; None before repair.
        For events and drawing only: what is measured is never taken from here.
    found
        Whether a person was found: any keypoint is there.
    """

    frame_index: int
    time_s: float
    size_px: tuple[int, int]
    xy_px: Floats
    visibility: Floats
    depth_px: Floats
    presence: float
    swapped: bool = False
    breaks: bool = False
    expected_px: Floats | None = None
    legs_px: Floats | None = None
    legs_error_px: Floats | None = None
    found: bool = field(init=False)

    def __post_init__(self) -> None:
        """Check shapes, make the arrays read-only, and see whether anybody was found."""
        _freeze(self.xy_px, "xy_px", (KEYPOINT_COUNT, 2))
        # Kept, since the rooms ask it of every pose of their windows at every frame.
        object.__setattr__(self, "found", bool(np.isfinite(self.xy_px).any()))
        if self.legs_px is not None:
            _freeze(self.legs_px, "legs_px", (2, len(READER_POINTS), 2))
        if self.legs_error_px is not None:
            _freeze(self.legs_error_px, "legs_error_px", (2, len(READER_POINTS)))
        if self.expected_px is not None:
            _freeze(self.expected_px, "expected_px", (KEYPOINT_COUNT, 2))
        _freeze(self.visibility, "visibility", (KEYPOINT_COUNT,))
        _freeze(self.depth_px, "depth_px", (KEYPOINT_COUNT,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Belt:
    """What the treadmill shows, as a person entered it; speed 0 means not entered."""

    speed_mps: float = 0.0
    incline_pct: float = 0.0


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
    """

    pose: Pose
    fresh: bool = False
    another_person: bool = False
    stand_in: str = ""
    belt: Belt = Belt()
    neutral: Stance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GaitEvent:
    """One instant of one leg's stance.

    ``decided_at_s`` is the ``time_s`` of the frame that settled it, so detection delay is data.
    A provisional event (``confirmed`` False) may drive a light; only confirmed ones are kept.
    """

    kind: EventKind
    side: Side
    near: bool
    time_s: float
    decided_at_s: float
    confidence: float
    confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stride:
    """Initial contact to the next initial contact of the same foot.

    Attributes
    ----------
    side, near
        Which leg, and whether it is the one nearer the camera.
    facing
        The side of the picture the runner runs towards.
    start_s, peak_knee_flexion_s, toe_off_s, end_s
        Event times; NaN where the event was not found.
    decided_at_s
        ``time_s`` of the frame that closed the stride.
    opposite_contact_s
        The other foot's initial contact inside the stride; NaN if none was seen.
    valid, reason
        Whether the stride may be measured and judged, and why not.
    times_s
        Shape (n,), frame times that cover the stride with a margin.
    frame_indices
        Shape (n,), the frames those times belong to.
    xy_px
        Shape (n, 33, 2), smoothed keypoints without phase lag; NaN where the data did not carry.
    belt_speed_px_s
        Speed of the planted foot in the picture, positive; NaN if unknown.
    roll_deg
        Camera roll still to be taken out, positive clockwise as seen in the picture.
    """

    side: Side
    near: bool
    facing: Side
    start_s: float
    peak_knee_flexion_s: float
    toe_off_s: float
    end_s: float
    decided_at_s: float
    opposite_contact_s: float
    valid: bool
    reason: str
    times_s: Floats
    frame_indices: NDArray[np.int64]
    xy_px: Floats
    belt_speed_px_s: float
    roll_deg: float

    def __post_init__(self) -> None:
        """Check shapes and make the arrays read-only."""
        _freeze(self.times_s, "times_s", (None,))
        _freeze(self.frame_indices, "frame_indices", (self.times_s.shape[0],))
        _freeze(self.xy_px, "xy_px", (self.times_s.shape[0], KEYPOINT_COUNT, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class StrideMetrics:
    """One row of ``strides.csv``; fields, units and signs are those of the result folder."""

    side: Side
    near: bool
    start_s: float
    peak_knee_flexion_s: float
    toe_off_s: float
    end_s: float
    valid: bool
    reason: str
    knee_toe_offset_pct: float = nan
    shank_angle_deg: float = nan
    hip_ankle_offset_pct: float = nan
    knee_flexion_peak_deg: float = nan
    knee_flexion_contact_deg: float = nan
    knee_flexion_push_off_deg: float = nan
    thigh_extension_deg: float = nan
    plantarflexion_deg: float = nan
    line_straightness_pct: float = nan
    trunk_lean_deg: float = nan
    overstride_pct: float = nan
    ground_contact_ms: float = nan
    flight_ms: float = nan
    stride_time_ms: float = nan
    cadence_spm: float = nan
    vertical_oscillation_pct: float = nan
    decided_at_s: float = nan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StrideCurves:
    """The joint angles of one valid stride at equal shares of it; signs as in ``metrics/curves``.

    Attributes
    ----------
    side, near, start_s
        Which stride.
    hip_deg, knee_deg, ankle_deg
        Shape (51,), at 0, 2, ... 100 % of the stride; NaN where keypoints were not seen.
    """

    side: Side
    near: bool
    start_s: float
    hip_deg: Floats
    knee_deg: Floats
    ankle_deg: Floats

    def __post_init__(self) -> None:
        """Check shapes and make the arrays read-only."""
        for name in ("hip_deg", "knee_deg", "ankle_deg"):
            _freeze(getattr(self, name), name, (CURVE_POINTS,))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyPose:
    """The instant a clinician would freeze: peak knee bend or toe-off of one stride.

    Attributes
    ----------
    kind, side, near, time_s
        Which instant of which leg.
    frame_index
        The processed frame nearest to ``time_s``, whose picture belongs to it.
    xy_px
        Shape (33, 2), smoothed keypoints at ``time_s``; the toe is the one the metrics used.
    value
        Knee-toe offset in % of shank at peak knee bend; knee flexion in degrees at toe-off.
    """

    kind: EventKind
    side: Side
    near: bool
    time_s: float
    frame_index: int
    xy_px: Floats
    value: float

    def __post_init__(self) -> None:
        """Check shapes and make the arrays read-only."""
        _freeze(self.xy_px, "xy_px", (KEYPOINT_COUNT, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class GaitState:
    """What is known at one frame: for the overlay, the activity clock and the health line."""

    frame_index: int
    time_s: float
    activity: Activity
    facing: Side | None
    near_side: Side | None
    left_phase: Phase
    right_phase: Phase
    cadence_spm: float
    belt_speed_px_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The traffic light of one fault of one leg.

    ``mean`` and ``ci95`` are of the deciding metric over the last valid strides, in that metric's
    unit; NaN without enough strides.
    """

    side: Side
    fault: Fault
    state: VerdictState
    reason: str
    cue: str | None
    decided_at_s: float
    mean: float = nan
    ci95: tuple[float, float] = (nan, nan)
    strides: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One sentence for the runner."""

    kind: str
    wording: str
    issued_at_s: float


Message = (
    Pose | GaitState | GaitEvent | Stride | StrideMetrics | StrideCurves | KeyPose | Verdict | Cue
)


class StationState(StrEnum):
    """What the whole station is doing.

    ``degraded``: it measures, but something is given up, too hot, too dark or not to be reached.
    ``storage_full``: it measures, but nothing can be recorded.
    """

    STARTING = "starting"
    LIVE = "live"
    DEGRADED = "degraded"
    NO_CAMERA = "no_camera"
    STORAGE_FULL = "storage_full"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """How long one stage takes: quantiles over the last frames, count and sum over all.

    Quantiles are NaN before the first frame. ``capture_to_pose``, ``capture_to_send`` and
    ``capture_to_paint`` run from the frame's arrival: to its last decision, to the end of its
    sending, and until a page has drawn it.
    """

    stage: str
    p50_ms: float
    p95_ms: float
    p99_ms: float
    count: int
    total_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the station is running; the page's health corner, ``/healthz`` and the health log line.

    ``frame_age_s`` is host time since the last frame arrived. Latencies are NaN before the first
    frames; ``notice`` is one sentence for people, empty when all is well. ``late`` counts frames
    whose pose took longer than the budget; ``shed`` says in a word or two what is left out because
    the machine is too slow, empty when nothing is; ``provider`` is what runs the networks.
    ``temperature_c`` is NaN where the board does not tell it; ``board`` names what slows it down:
    ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``. ``video`` says that pictures of
    the runner are being kept.
    """

    state: StationState
    source: str
    model: str
    frame_rate_hz: float
    captured: int
    processed: int
    dropped: int
    frame_age_s: float
    capture_to_pose_p50_ms: float
    capture_to_pose_p95_ms: float
    notice: str
    late: int = 0
    shed: str = ""
    provider: str = ""
    times: tuple[StageTime, ...] = ()
    temperature_c: float = nan
    board: tuple[str, ...] = ()
    video: bool = False
