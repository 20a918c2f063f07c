"""All messages between the station and its clients, and their encoding.

Text messages are JSON objects tagged by ``type``. A binary message is a four-byte magic number
ending in the version, the header length as u32 little-endian, the JSON header, then a JPEG, which
may be empty. Absent numbers are null.
"""

from contextlib import suppress
from typing import Final

import msgspec

from edge.messages.gait import Activity, EventKind, Phase
from edge.messages.legs import LegClarity, LegFlaw, LegSource
from edge.messages.reading import BeltNotice, BeltSource
from edge.messages.side import Side
from edge.messages.verdict import Fault, VerdictState
from edge.serve.wire.commands import Command
from edge.serve.wire.feedback_messages import Feedback
from edge.serve.wire.greeting import Hello
from edge.serve.wire.health_messages import Health, Notices
from edge.serve.wire.session_messages import Runner, Session
from edge.serve.wire.status_messages import (
    Answer,
    Display,
    Exercise,
    Heartbeat,
    Limits,
    Mark,
    Neutral,
    Pairing,
    Points,
    SetUp,
    You,
)
from edge.serve.wire.stride_message import Curves, Stride
from edge.serve.wire.visit_messages import Visit, VisitTemplates
from edge.serve.wire.wire_types import (
    HeartbeatNumber,
    Number,
    OrderId,
    Params,
    ToClient,
    ToStation,
)

PROTOCOL: Final = 1
MAX_CLIENT_BYTES: Final = 64 * 1024

# What a decoder raises: a message nested thousands deep ends in the last one.
UNREADABLE: Final = (msgspec.DecodeError, UnicodeError, RecursionError)


class WireError(ValueError):
    """A message that violates the wire format; the text may be shown to its sender."""


class CommandError(WireError):
    """An invalid command; ``id`` is its number, for the answer."""

    def __init__(self, id_: int, text: str) -> None:
        super().__init__(text)
        self.id = id_


class Event(ToClient, frozen=True, kw_only=True, tag="event"):
    """One instant of one leg's stance."""

    kind: EventKind
    side: Side
    near: bool
    time_s: Number
    decided_at_s: Number
    confidence: Number
    confirmed: bool


class Bands(ToClient, frozen=True, kw_only=True, tag="bands"):
    """The limits in force for one fault of one leg, until the next message for the same pair.

    Sent to every new client, and when the limits change with belt speed or by an operator.
    ``metric`` names the field of ``stride`` that is judged; a value is beyond a limit when it is
    strictly on the worse side: above if ``worse`` is 1, below if it is -1. ``speed_source`` is
    ``none`` when the speed is unknown and a default is assumed.
    """

    side: Side
    fault: Fault
    metric: str
    amber: float
    red: float
    inside: float
    worse: int
    speed_mps: float
    speed_source: BeltSource
    decided_at_s: Number


class Verdict(ToClient, frozen=True, kw_only=True, tag="verdict"):
    """The traffic light of one fault of one leg, judged by the last ``bands`` for the same pair.

    ``reason`` is in English; ``reason_code`` and ``reason_params`` are its language-independent
    form, see ``edge/messages/reason.py``. Both are empty for recordings that predate the codes.
    ``ci95`` holds the scatter of strides and the model's error; ``error95`` is half the interval of
    the latter, null if none is known.
    """

    side: Side
    fault: Fault
    state: VerdictState
    reason: str
    reason_code: str
    reason_params: Params
    cue: str | None
    decided_at_s: Number
    mean: Number
    ci95: tuple[Number, Number]
    error95: Number
    strides: int


class Cue(ToClient, frozen=True, kw_only=True, tag="cue"):
    """One sentence for the runner."""

    kind: str
    wording: str
    issued_at_s: Number


class State(ToClient, frozen=True, kw_only=True, tag="state"):
    """The current state of the runner; sent on change, for clients that take no pictures.

    ``activity`` is null while somebody is in view who has not been seen to stand, walk or run yet.
    ``legs_score``, 0 to 1, tells how far the points of the legs can be trusted, null while they do
    not move; ``legs_clarity`` is the same in words, ``legs_flaw`` what takes most from it, and
    ``legs_source`` whose points are followed: the leg reader's, the pose model's, tracked beside a
    reader, or those of a model without one.
    """

    frame: int
    time_s: Number
    activity: Activity | None
    facing: Side | None
    near_side: Side | None
    left_phase: Phase
    right_phase: Phase
    cadence_spm: Number
    legs_source: LegSource | None = None
    legs_score: Number = None
    legs_clarity: LegClarity = LegClarity.UNKNOWN
    legs_flaw: LegFlaw = LegFlaw.NONE
    runner_key: str = ""


class Belt(ToClient, frozen=True, kw_only=True, tag="belt"):
    """Belt speed and incline in use from ``time_s`` on, and the value from each source.

    ``source`` is where ``speed_mps`` comes from; ``none``, with a null speed, while it is unknown.
    ``seen_mps`` is estimated from the pictures. ``notice`` names two sources that disagree, empty
    if none do: ``speed_unit_suspect`` (the entered number fits in ``likely_unit``),
    ``speed_entered_not_treadmill``, ``speed_entered_not_seen``, ``speed_treadmill_not_seen``. A
    notice changes no result.
    """

    time_s: Number
    speed_mps: Number
    source: BeltSource
    incline_pct: Number
    incline_source: BeltSource
    entered_mps: Number
    treadmill_mps: Number
    seen_mps: Number
    notice: BeltNotice
    likely_unit: str


class Ack(ToStation, frozen=True, kw_only=True, tag="ack"):
    """The client has painted the frame with this ``seq``.

    With ``received_ms`` and ``painted_ms``, read from the client's monotonic clock, the station
    can measure display latency.
    """

    seq: int
    received_ms: Number = None
    painted_ms: Number = None


class HeartbeatReply(ToStation, frozen=True, kw_only=True, tag="heartbeat"):
    """The reply to a heartbeat, with its number; number 0 asks the station to begin.

    A client that has asked for heartbeats must reply to them, or it is disconnected.
    """

    number: HeartbeatNumber


Text = (
    Hello
    | You
    | Runner
    | Session
    | Display
    | Limits
    | Neutral
    | Points
    | SetUp
    | Exercise
    | Mark
    | Event
    | Stride
    | Curves
    | Bands
    | Verdict
    | Cue
    | Feedback
    | Health
    | Notices
    | State
    | Belt
    | Answer
    | Pairing
    | Heartbeat
    | Visit
    | VisitTemplates
)
FromClient = Ack | HeartbeatReply | Command


class _AnyCommand(msgspec.Struct, frozen=True):
    """The part of a command that is needed to answer it."""

    type: str
    id: OrderId


_encoder = msgspec.json.Encoder()
_text_decoder = msgspec.json.Decoder(Text)
_client_decoder = msgspec.json.Decoder(FromClient)
_command_decoder = msgspec.json.Decoder(_AnyCommand)


def encode_text(message: Text | FromClient) -> str:
    """Return a text message as JSON."""
    return _encoder.encode(message).decode()


def decode_text(data: str | bytes) -> Text:
    """Decode a text message from the station.

    Raises
    ------
    WireError
        If the data is not a valid message.
    """
    try:
        message: Text = _text_decoder.decode(data)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise WireError(f"not a message of the station: {error}") from error
    return message


def decode_client(data: str | bytes) -> FromClient:
    """Decode a message from a client.

    Raises
    ------
    CommandError
        If it has the ``id`` of a command but is not a valid one.
    WireError
        If it is too long or not a valid client message.
    """
    if len(data) > MAX_CLIENT_BYTES:
        raise WireError(f"message of {len(data)} bytes, at most {MAX_CLIENT_BYTES} are allowed")
    try:
        message: FromClient = _client_decoder.decode(data)
    except UNREADABLE as error:
        sentence = f"not a message for the station: {error}"
        with suppress(*UNREADABLE):
            raise CommandError(_command_decoder.decode(data).id, sentence) from error
        raise WireError(sentence) from error
    return message
