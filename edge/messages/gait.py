"""Gait events, phases and activity."""

from dataclasses import dataclass
from enum import StrEnum
from math import isnan

from edge.messages.legs import UNKNOWN_LEGS, LegQuality
from edge.messages.side import Side


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
    """Phase of a leg in its stride."""

    STANCE = "stance"
    SWING = "swing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class GaitEvent:
    """One instant of one leg's stance.

    ``decided_at_s`` is the ``time_s`` of the frame that decided it, so that the detection delay is
    known. A provisional event (``confirmed`` False) may drive a light; only confirmed ones are
    recorded.
    """

    kind: EventKind
    side: Side
    near: bool
    time_s: float
    decided_at_s: float
    confidence: float
    confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GaitState:
    """Gait state at one frame, for the overlay, the activity clock and the health line.

    ``legs`` tells how far the points of the legs can be trusted. ``undecided``: ``activity`` is
    standing only because nothing else has been seen yet; nobody has been seen to stand still.
    """

    frame_index: int
    time_s: float
    activity: Activity
    facing: Side | None
    near_side: Side | None
    left_phase: Phase
    right_phase: Phase
    cadence_spm: float
    belt_speed_px_s: float
    legs: LegQuality = UNKNOWN_LEGS
    undecided: bool = False

    @property
    def shown(self) -> Activity | None:
        """The activity as far as it has been seen; None while it cannot be told."""
        return None if self.undecided else self.activity

    @property
    def gist(self) -> tuple[object, ...]:
        """Parts whose change is worth sending; cadence in whole steps, None if unknown."""
        cadence = None if isnan(self.cadence_spm) else round(self.cadence_spm)
        legs = (self.legs.source, self.legs.clarity, self.legs.flaw)
        return (self.shown, self.facing, self.near_side, cadence, *legs)
