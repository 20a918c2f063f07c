"""Commands from operators' pages; each gets one ``answer`` with the same ``id``.

A null field leaves the current value unchanged. A client without the operator role gets an answer
with ``ok`` false and the code ``viewer``, and the command is not executed.
"""

from concurrent.futures import Future
from enum import StrEnum
from typing import Annotated, NamedTuple, Protocol

import msgspec

from edge.messages.gait import EventKind
from edge.messages.raises import ENOUGH_RAISES
from edge.messages.side import Side
from edge.serve.access.roles import Role
from edge.serve.wire.visit_commands import VisitCommand
from edge.serve.wire.wire_types import (
    Cadence,
    CommandBase,
    Degrees,
    Incline,
    Mass,
    Note,
    OrderId,
    Percent,
    Place,
    RaiseCount,
    RunnerId,
    Seconds,
    Speed,
    Stature,
    Word,
)


class Mode(StrEnum):
    """The display modes of the station; see docs/glossary.md, mode."""

    COACH = "coach"
    MIRROR = "mirror"
    METRONOME = "metronome"
    BLANK = "blank"
    REPLAY = "replay"


class Shown(StrEnum):
    """What leaves the station: pictures, or only the skeleton."""

    PICTURE = "picture"
    SKELETON = "skeleton"


class Panel(StrEnum):
    """The parts of the station display that can be hidden."""

    KNEES_FORWARD = "knees_forward"
    BENT_PUSH_OFF = "bent_push_off"
    CADENCE = "cadence"
    STILLS = "stills"
    STRIDES = "strides"
    RIBBON = "ribbon"
    CUE = "cue"


class StartSession(CommandBase, frozen=True, kw_only=True, tag="start_session"):
    """Start a new recording; one already in progress is ended first and kept.

    ``runner`` is a pseudonym of letters, digits, ``_``, ``.`` and ``-``. Belt speed and incline
    mean the same as in ``set_belt``.
    """

    runner: RunnerId
    belt_speed_mps: Speed | None = None
    incline_pct: Incline | None = None


class StopSession(CommandBase, frozen=True, kw_only=True, tag="stop_session"):
    """End the current recording; the live view continues."""


class SetBelt(CommandBase, frozen=True, kw_only=True, tag="set_belt"):
    """Enter what the treadmill shows; 0 m/s means unknown, and the station estimates it."""

    speed_mps: Speed | None = None
    incline_pct: Incline | None = None


class CaptureNeutral(CommandBase, frozen=True, kw_only=True, tag="capture_neutral"):
    """Measure the runner standing still for three seconds; ``neutral`` reports progress."""


class ClearNeutral(CommandBase, frozen=True, kw_only=True, tag="clear_neutral"):
    """Clear the neutral stance, or cancel its measurement."""


class SetDisplay(CommandBase, frozen=True, kw_only=True, tag="set_display"):
    """Choose what the station display shows; ``panels`` lists all visible panels."""

    mode: Mode | None = None
    shown: Shown | None = None
    panels: Annotated[tuple[Panel, ...], msgspec.Meta(max_length=7)] | None = None


class SetMute(CommandBase, frozen=True, kw_only=True, tag="set_mute"):
    """Mute or unmute the station display, cues and metronome alike."""

    muted: bool


class SetMetronome(CommandBase, frozen=True, kw_only=True, tag="set_metronome"):
    """Start, stop or change the metronome.

    The tempo ramps from ``from_spm`` to the target in ``ramp_s``; without ``from_spm`` it starts
    at the target.
    """

    on: bool
    target_spm: Cadence | None = None
    from_spm: Cadence | None = None
    ramp_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0.0


class SetThresholds(CommandBase, frozen=True, kw_only=True, tag="set_thresholds"):
    """Change the limits of the two faults; each red limit must lie beyond its amber one.

    The push-off limits apply at 2.5 m/s; the station scales them with belt speed.
    """

    knee_toe_amber_pct: Percent | None = None
    knee_toe_red_pct: Percent | None = None
    push_off_amber_deg: Degrees | None = None
    push_off_red_deg: Degrees | None = None


class SetMark(CommandBase, frozen=True, kw_only=True, tag="set_mark"):
    """Mark this moment of the session, such as ``pain_now``."""

    kind: Word
    note: Note = ""


class GiveCue(CommandBase, frozen=True, kw_only=True, tag="give_cue"):
    """Give the runner one of the station's cues now, such as ``sit_back`` or ``cadence``."""

    kind: Word


class SetPoints(CommandBase, frozen=True, kw_only=True, tag="set_points"):
    """Set four points of the near leg by hand on one still, which measures all later strides.

    ``kind``, ``side`` and ``time_s`` are those of the still; ``toe`` is the tip of the shoe. Places
    are in pixels of the original picture. ``points`` reports what is in force.
    """

    kind: EventKind
    side: Side
    time_s: Seconds
    knee: Place
    ankle: Place
    heel: Place
    toe: Place


class ClearPoints(CommandBase, frozen=True, kw_only=True, tag="clear_points"):
    """Measure by the pose model's own points again."""


class CheckSetUp(CommandBase, frozen=True, kw_only=True, tag="check_set_up"):
    """Repeat the check of camera, light and position; ``set_up`` reports progress."""


class StartExercise(CommandBase, frozen=True, kw_only=True, tag="start_exercise"):
    """Start an exercise by name, or restart it; ``exercise`` reports progress.

    For ``calf_raise``: the leg to test (by default the one nearer to the camera), the person's
    stature and mass if known, and the full raises that end the set, 0 for no end.
    """

    kind: Word
    side: Side | None = None
    stature_m: Stature | None = None
    mass_kg: Mass | None = None
    target: RaiseCount = ENOUGH_RAISES


class StopExercise(CommandBase, frozen=True, kw_only=True, tag="stop_exercise"):
    """Stop an exercise if it is in progress; raises counted so far are its result."""

    kind: Word


class AskOutcome(CommandBase, frozen=True, kw_only=True, tag="ask_outcome"):
    """Ask what became of a command whose answer was lost with the connection.

    The answer is that of the command ``command``. If the station never had that command, the answer
    has the code ``not_received``, and the command is refused should it still arrive.
    """

    command: OrderId


class ShowPairing(CommandBase, frozen=True, kw_only=True, tag="show_pairing"):
    """Show a pairing code for one more tablet, only on the station's own screen."""

    role: Role


Command = (
    StartSession
    | StopSession
    | SetBelt
    | CaptureNeutral
    | ClearNeutral
    | SetDisplay
    | SetMute
    | SetMetronome
    | SetThresholds
    | SetMark
    | GiveCue
    | SetPoints
    | ClearPoints
    | CheckSetUp
    | StartExercise
    | StopExercise
    | AskOutcome
    | ShowPairing
    | VisitCommand
)


class Done(NamedTuple):
    """The result of a command: ``ok`` or an error code, and the error as one sentence."""

    code: str = "ok"
    text: str = ""


class Control(Protocol):
    """The part of the station that executes commands."""

    def take(self, command: Command) -> "Future[Done]":
        """Start executing a command; may be called from any thread."""
        ...
