"""Messages about whom the station measures: the runner and the session in progress."""

import msgspec

from edge.serve.wire.wire_types import Number, Params, ToClient


class Runner(ToClient, frozen=True, kw_only=True, tag="runner"):
    """Whom all later messages are about, by keys that mean nothing else.

    When ``session_key`` changes, discard all that is kept of the previous session: its strides,
    trends, marks and counts. When ``runner_key`` changes, discard what was measured: verdicts,
    strides, stills, cue and cadence. Sent before every other message of the new runner. Binary
    messages and ``state`` may overtake it: those with another ``runner_key`` are to be ignored.
    """

    session_key: str
    runner_key: str


class Session(ToClient, frozen=True, kw_only=True, tag="session"):
    """The session in progress; ``name`` is empty when there is none.

    ``started_at`` is a wall-clock label (ISO 8601); ``started_s`` is the capture time of its first
    frame, null until that has been recorded. ``recording`` is
    false when the disk cannot be written, and ``notice`` says why. ``runner`` is a pseudonym,
    empty for a session that started automatically. A belt speed of 0 means unknown: the station
    estimates it.
    """

    name: str
    started_at: str
    recording: bool
    runner: str = ""
    started_s: Number = None
    belt_speed_mps: Number = None
    incline_pct: Number = None
    notice: str = ""
    notice_code: str = ""
    notice_params: Params = msgspec.field(default_factory=dict)
