"""Status messages: the state of the station and of the operators' choices.

Each is sent on connection and on every change. ``text`` is in English and ready to be shown; a page
in another language translates ``code`` instead.
"""

from enum import StrEnum

import msgspec

from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.serve.access.roles import Role
from edge.serve.wire.commands import Mode, Panel, Shown
from edge.serve.wire.wire_types import Number, ToClient


class Progress(StrEnum):
    """The state of a measurement that an operator requested."""

    NONE = "none"
    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"


class Finding(StrEnum):
    """The result of one check: passed, to be fixed, or not measurable."""

    PASS = "pass"
    FIX = "fix"
    UNKNOWN = "unknown"


class You(ToClient, frozen=True, kw_only=True, tag="you"):
    """The client's own identity, sent only to that client right after ``hello``.

    ``local`` is true for a browser on the station itself, which needs no pairing; ``label`` names
    a paired device.
    """

    role: Role
    local: bool
    label: str


class Heartbeat(ToClient, frozen=True, kw_only=True, tag="heartbeat"):
    """A sign of life, twice a second, for a client that asked for it with ``heartbeat`` 0.

    The client replies with the same number. A client that has received nothing for three seconds
    has lost the station.
    """

    number: int


class Answer(ToClient, frozen=True, kw_only=True, tag="answer"):
    """The result of the command with this ``id``, sent only to its sender.

    ``code`` is ``ok`` or an error: ``viewer``, ``not_understood``, ``too_fast``, ``no_session``,
    ``no_recording``, ``disk``, ``ended``, ``limits``, ``unknown_cue``, ``unknown_exercise``,
    ``busy``, ``no_orders``, ``no_screen``, ``no_rate``, ``too_late``, ``not_received``,
    ``revoked``, ``still_gone``, ``other_leg``, ``points_missing``, ``points_far``,
    ``points_shank``, ``no_visit``, ``step_over``, ``unknown_step``, ``unknown_template``,
    ``template_broken``, ``no_feedback``, ``other_cue``.
    """

    id: int
    ok: bool
    code: str
    text: str


class Display(ToClient, frozen=True, kw_only=True, tag="display"):
    """What the station display shows and plays.

    When ``shown`` is ``skeleton``, frames, stills and replays carry no picture for any client.
    While ``metronome_on``, the tempo ramps from ``metronome_from_spm`` to ``metronome_spm`` in
    ``metronome_ramp_s``. The ramp started ``metronome_age_s`` before this message, which is above
    0 for a page that connected later.
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
    """The limits that ``set_thresholds`` changes; ``bands`` has those in force at belt speed.

    The cadences are the runner's baseline before any cue, and the target range of a cadence cue;
    null until they are known. ``cadence_is_cue`` is true while the runner's last cue was that for
    cadence: only then, or with the metronome, is the target to be shown to the runner.
    """

    knee_toe_amber_pct: float
    knee_toe_red_pct: float
    push_off_amber_deg: float
    push_off_red_deg: float
    baseline_spm: Number
    target_low_spm: Number
    target_high_spm: Number
    cadence_is_cue: bool

    def without_cadence(self) -> "Limits":
        """Return the limits alone, without what was learnt about a runner."""
        return msgspec.structs.replace(
            self,
            baseline_spm=None,
            target_low_spm=None,
            target_high_spm=None,
            cadence_is_cue=False,
        )


class Mark(ToClient, frozen=True, kw_only=True, tag="mark"):
    """A moment that an operator marked in ``session``, which is its name; sent to every client."""

    kind: str
    note: str
    time_s: Number
    session: str


class Exercise(ToClient, frozen=True, kw_only=True, tag="exercise"):
    """The progress of an exercise such as ``running``; ``start_exercise`` starts one.

    ``code`` is its status, what it waits for, or why it failed. ``values`` are results by name,
    with the unit in the name, and ``labels`` results that are words. The neutral stance and the
    set-up check have separate messages.

    ``calf_raise``: ``code`` is what it waits for (``no_runner``, ``hidden``, ``far_leg``,
    ``both_feet``, ``not_flat``, ``moving``, ``still``), ``counting``, ``prompt`` (no raise for four
    seconds), or why it ended (``target``, ``stopped``, ``left``, ``turned``, ``finished``; failed:
    ``no_standing``, ``no_raises`` or the obstacle). ``values``: ``full_count``, ``partial_count``,
    ``failed_count``, ``target_count`` (0: no end), ``height_now_pct`` of the full height,
    ``last_height_pct``, ``last_height_cm``, ``full_height_cm``. ``labels``: ``side``,
    ``last_kind`` (``full``, ``partial``, ``failed``) and ``fault`` of the last raise (empty,
    ``knee_bend``, ``sway``, ``tempo``, ``double_bounce``). The beat is the metronome's, 60 a
    minute.
    """

    kind: str
    state: Progress
    progress: float
    code: str
    time_s: Number
    values: dict[str, Number]
    labels: dict[str, str]


class Neutral(ToClient, frozen=True, kw_only=True, tag="neutral"):
    """The neutral stance: progress and result of its measurement.

    ``progress`` runs from 0 to 1. ``kept`` is true while a stance is in force, which may be the
    previous one if a new measurement is in progress or has failed. ``code`` is ``none``, ``done``,
    ``waiting``, ``still``, ``no_runner``, ``moving``, ``hidden``, ``unclear`` or ``bent``, or
    ``camera_moved`` if the stance was withdrawn because the camera moved or turned. Angles are of
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


class SetPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One point set by hand.

    ``name`` is ``knee``, ``ankle``, ``heel`` or ``toe``. The offset from the pose model's point is
    in % of leg, in the axes of the shank for knee and ankle and of the foot for heel and toe. The
    places are those on the still, in pixels of the original picture.
    """

    name: str
    forward_pct: float
    up_pct: float
    model_px: tuple[float, float]
    hand_px: tuple[float, float]


class Points(ToClient, frozen=True, kw_only=True, tag="points"):
    """The points of one leg set by hand that are in force.

    They were set on the still of ``kind`` at ``still_s``; ``set_at`` is a wall-clock label (ISO
    8601). While the pose model's own points hold, ``points`` is empty and the rest null or empty.
    """

    side: Side | None
    kind: EventKind | None
    still_s: Number
    set_at: str
    set_by: str
    points: tuple[SetPoint, ...]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the set-up check.

    ``name`` is ``frame_rate``, ``light``, ``blur``, ``runner_size``, ``centre``, ``squareness``,
    ``roll``, ``lens_height`` or ``feet``. ``code`` names the finding, see
    ``edge/exercises/set_up_check/findings.py``; ``text`` describes it and, for ``fix``, what to
    change; ``value`` is in ``unit``.
    """

    name: str
    finding: Finding
    code: str
    text: str
    value: Number
    unit: str


class SetUp(ToClient, frozen=True, kw_only=True, tag="set_up"):
    """The set-up check: its progress and its lines so far."""

    state: Progress
    progress: float
    text: str
    checks: tuple[Check, ...]


class Pairing(ToClient, frozen=True, kw_only=True, tag="pairing"):
    """A pairing code for one more device, sent only to browsers on the station itself.

    ``qr`` has one string of 0 and 1 per row, 1 is dark, without the quiet zone. Once the code is
    used or expired, all fields but ``type`` are empty and ``left_s`` is 0.
    """

    role: Role | None
    url: str
    code: str
    qr: tuple[str, ...]
    left_s: float
