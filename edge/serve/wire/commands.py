"""What an operator's page may ask for; each order is answered by one ``answer`` with its ``id``.

A field that may be null leaves what it stands for as it is. Whoever is no operator gets an answer
with ``ok`` false and the code ``viewer``, and nothing is done.
"""

from concurrent.futures import Future
from enum import StrEnum
from typing import Annotated, NamedTuple, Protocol

import msgspec

from edge.serve.access.roles import Role
from edge.serve.wire.wire_types import (
    Cadence,
    Degrees,
    Incline,
    Note,
    OrderId,
    Percent,
    RunnerId,
    Speed,
    ToStation,
    Word,
)


class Mode(StrEnum):
    """What the station display is used for; see docs/glossary.md, mode."""

    COACH = "coach"
    MIRROR = "mirror"
    METRONOME = "metronome"
    BLANK = "blank"
    REPLAY = "replay"


class Shown(StrEnum):
    """Whether pictures leave the station at all, or only the skeleton."""

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


class StartSession(ToStation, frozen=True, kw_only=True, tag="start_session"):
    """Begin a new recording; one that is running is ended first and kept.

    ``runner`` is a pseudonym of letters, digits, ``_``, ``.`` and ``-``. Belt speed and incline
    are those of ``set_belt``.
    """

    id: OrderId
    runner: RunnerId
    belt_speed_mps: Speed | None = None
    incline_pct: Incline | None = None


class StopSession(ToStation, frozen=True, kw_only=True, tag="stop_session"):
    """End the recording that is running; the live view goes on."""

    id: OrderId


class SetBelt(ToStation, frozen=True, kw_only=True, tag="set_belt"):
    """Say what the treadmill shows; 0 m/s means not known, and the station estimates it."""

    id: OrderId
    speed_mps: Speed | None = None
    incline_pct: Incline | None = None


class CaptureNeutral(ToStation, frozen=True, kw_only=True, tag="capture_neutral"):
    """Measure the runner standing still for three seconds; ``neutral`` tells how it goes."""

    id: OrderId


class ClearNeutral(ToStation, frozen=True, kw_only=True, tag="clear_neutral"):
    """Forget the neutral stance, or give its measurement up."""

    id: OrderId


class SetDisplay(ToStation, frozen=True, kw_only=True, tag="set_display"):
    """Choose what the station display shows; ``panels`` are all that are to be seen."""

    id: OrderId
    mode: Mode | None = None
    shown: Shown | None = None
    panels: Annotated[tuple[Panel, ...], msgspec.Meta(max_length=7)] | None = None


class SetMute(ToStation, frozen=True, kw_only=True, tag="set_mute"):
    """Silence every sound of the station display, cues and metronome; or let it sound again."""

    id: OrderId
    muted: bool


class SetMetronome(ToStation, frozen=True, kw_only=True, tag="set_metronome"):
    """Start, stop or change the metronome.

    ``from_spm`` is where its ramp begins and ``ramp_s`` how long that takes; without ``from_spm``
    it begins at the target.
    """

    id: OrderId
    on: bool
    target_spm: Cadence | None = None
    from_spm: Cadence | None = None
    ramp_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0.0


class SetThresholds(ToStation, frozen=True, kw_only=True, tag="set_thresholds"):
    """Change the limits of the two faults; each red limit must lie beyond its amber one.

    Those of push-off hold at 2.5 m/s; the station goes on scaling them with belt speed.
    """

    id: OrderId
    knee_toe_amber_pct: Percent | None = None
    knee_toe_red_pct: Percent | None = None
    push_off_amber_deg: Degrees | None = None
    push_off_red_deg: Degrees | None = None


class SetMark(ToStation, frozen=True, kw_only=True, tag="set_mark"):
    """Mark this moment of the session, such as ``pain_now``."""

    id: OrderId
    kind: Word
    note: Note = ""


class GiveCue(ToStation, frozen=True, kw_only=True, tag="give_cue"):
    """Give the runner one of the station's own cues now: ``sit_back``, ``cadence`` ..."""

    id: OrderId
    kind: Word


class CheckSetUp(ToStation, frozen=True, kw_only=True, tag="check_set_up"):
    """Measure camera, light and place anew; ``set_up`` tells how it goes."""

    id: OrderId


class StartExercise(ToStation, frozen=True, kw_only=True, tag="start_exercise"):
    """Begin an exercise by its name, anew if it goes on; ``exercise`` tells how it goes."""

    id: OrderId
    kind: Word


class StopExercise(ToStation, frozen=True, kw_only=True, tag="stop_exercise"):
    """Give an exercise up, if it goes on."""

    id: OrderId
    kind: Word


class ShowPairing(ToStation, frozen=True, kw_only=True, tag="show_pairing"):
    """Show a code for one more tablet on the station's own screen, and nowhere else."""

    id: OrderId
    role: Role


Order = (
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
    | CheckSetUp
    | StartExercise
    | StopExercise
    | ShowPairing
)


class Done(NamedTuple):
    """What became of an order: the code is ``ok``, or says why not, and the text in a sentence."""

    code: str = "ok"
    text: str = ""


class Steering(Protocol):
    """What carries orders out in the station."""

    def take(self, order: Order) -> "Future[Done]":
        """Begin to carry an order out; may be called from any thread."""
        ...
