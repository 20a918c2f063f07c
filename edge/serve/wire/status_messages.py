"""What the station tells of itself and of what operators chose; every page is told the same.

Each of these is sent at the beginning and whenever it changes. Sentences (``text``) are English and
ready to be shown; a page in another language translates the ``code`` beside them.
"""

from enum import StrEnum

import msgspec

from edge.serve.access.roles import Role
from edge.serve.wire.commands import Mode, Panel, Shown
from edge.serve.wire.wire_types import Number, ToClient


class Progress(StrEnum):
    """Where a measurement stands that an operator asked for."""

    NONE = "none"
    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"


class Finding(StrEnum):
    """What one check says: well, to be changed, or it could not be measured."""

    PASS = "pass"
    FIX = "fix"
    UNKNOWN = "unknown"


class You(ToClient, frozen=True, kw_only=True, tag="you"):
    """Who this client is to the station, told to it alone, right after ``hello``.

    ``local`` is true for a browser on the station itself, which needs no pairing; ``label`` names
    a paired device.
    """

    role: Role
    local: bool
    label: str


class Answer(ToClient, frozen=True, kw_only=True, tag="answer"):
    """What became of the order with this ``id``, told to whoever gave it.

    ``code`` is ``ok`` or the reason: ``viewer``, ``not_understood``, ``too_fast``, ``no_session``,
    ``no_recording``, ``disk``, ``ended``, ``limits``, ``unknown_cue``, ``unknown_exercise``,
    ``busy``, ``no_orders``, ``no_screen``, ``no_rate``.
    """

    id: int
    ok: bool
    code: str
    text: str


class Display(ToClient, frozen=True, kw_only=True, tag="display"):
    """What the station display shows, and how it sounds.

    With ``shown`` skeleton the pictures of frames, stills and replay are empty for every client.
    While ``metronome_on``, the beat goes from ``metronome_from_spm`` at the moment of this message
    to ``metronome_spm`` within ``metronome_ramp_s``; ``metronome_age_s`` is how long ago that began
    for a page that came later.
    """

    mode: Mode
    shown: Shown
    panels: tuple[Panel, ...]
    muted: bool
    metronome_on: bool
    metronome_spm: Number
    metronome_from_spm: Number
    metronome_ramp_s: float
    metronome_age_s: float


class Limits(ToClient, frozen=True, kw_only=True, tag="limits"):
    """The limits that ``set_thresholds`` changes; those in force, at belt speed, are ``bands``.

    The cadence figures are the runner's own before any cue, and the range to aim for; null until
    learnt.
    """

    knee_toe_amber_pct: float
    knee_toe_red_pct: float
    push_off_amber_deg: float
    push_off_red_deg: float
    baseline_spm: Number
    target_low_spm: Number
    target_high_spm: Number


class Mark(ToClient, frozen=True, kw_only=True, tag="mark"):
    """A moment of the session that an operator marked; those of this session are told to all."""

    kind: str
    note: str
    time_s: Number


class Exercise(ToClient, frozen=True, kw_only=True, tag="exercise"):
    """How an exercise goes, such as ``running``; ``start_exercise`` begins one.

    ``code`` says what holds it up, why it failed, or how it goes. ``values`` are results by name,
    with the unit in the name. The neutral stance and the set-up check have messages of their own.
    """

    kind: str
    state: Progress
    progress: float
    code: str
    time_s: Number
    values: dict[str, Number]


class Neutral(ToClient, frozen=True, kw_only=True, tag="neutral"):
    """The neutral stance: how its measurement goes, and what it found.

    ``progress`` runs from 0 to 1. ``kept`` says that a stance is in force, which may be the one
    before while another is measured or has failed. ``code`` is ``none``, ``done``, ``waiting``,
    ``still``, ``no_runner``, ``moving``, ``hidden``, ``unclear`` or ``bent``. Angles are of
    the near leg, signed as in ``strides.csv``; ``foot_angle_deg`` is positive with the toes up.
    """

    state: Progress
    progress: float
    code: str
    text: str
    kept: bool
    captured_at_s: Number
    knee_flexion_deg: Number
    shank_angle_deg: Number
    foot_angle_deg: Number


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the set-up check.

    ``name`` is ``frame_rate``, ``light``, ``blur``, ``runner_size``, ``centre``, ``squareness``,
    ``roll`` or ``lens_height``. ``code`` names what was found, see
    ``edge/exercises/set_up_check/findings.py``; ``text`` says it and, for ``fix``, what to change;
    ``value`` has the unit ``unit``.
    """

    name: str
    finding: Finding
    code: str
    text: str
    value: Number
    unit: str


class SetUp(ToClient, frozen=True, kw_only=True, tag="set_up"):
    """The set-up check: how it goes, and its lines so far."""

    state: Progress
    progress: float
    text: str
    checks: tuple[Check, ...]


class Pairing(ToClient, frozen=True, kw_only=True, tag="pairing"):
    """A code for one more device, told only to browsers on the station itself.

    ``qr`` has one string of 0 and 1 per row, 1 is dark, without the quiet zone. All fields but
    ``type`` are empty, and ``left_s`` is 0, once it is used or too old.
    """

    role: Role | None
    url: str
    code: str
    qr: tuple[str, ...]
    left_s: float
