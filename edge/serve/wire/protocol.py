"""All messages between the station and its clients, and their encoding.

Text messages are JSON objects tagged by ``type``. A binary message is a four-byte magic number
ending in the version, the header length as u32 little-endian, the JSON header, then a JPEG, which
may be empty. Absent numbers are null.
"""

from contextlib import suppress
from struct import Struct as Layout
from typing import Final

import msgspec

from edge.messages.gait import Activity, EventKind, Phase
from edge.messages.health import StationState
from edge.messages.reading import BeltNotice, BeltSource
from edge.messages.side import Side
from edge.messages.verdict import Fault, VerdictState
from edge.serve.wire.commands import Command
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
from edge.serve.wire.wire_types import (
    HeartbeatNumber,
    Number,
    OrderId,
    Params,
    Point,
    ToClient,
    ToStation,
)

PROTOCOL: Final = 1
MAGIC: Final = b"TOE" + bytes([PROTOCOL])
MAX_CLIENT_BYTES: Final = 64 * 1024
MAX_HEADER_BYTES: Final = 64 * 1024

# A message nested thousands deep ends in the last one.
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_LENGTH: Final = Layout("<I")
_PREFIX: Final = len(MAGIC) + _LENGTH.size


class WireError(ValueError):
    """A message that violates the wire format; the text may be shown to its sender."""


class CommandError(WireError):
    """An invalid command; ``id`` is its number, for the answer."""

    def __init__(self, id_: int, text: str) -> None:
        super().__init__(text)
        self.id = id_


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """The range of one fault's bar; its limits come with ``bands``."""

    low: float
    high: float
    unit: str


class SidePoints(msgspec.Struct, frozen=True, kw_only=True):
    """Keypoint indices of one side of the body; null where the pose model lacks the point."""

    shoulder: int | None
    hip: int | None
    knee: int | None
    ankle: int | None
    heel: int | None
    toe: int | None


class MetricFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How to show one metric; ``name`` is its field in a stride.

    ``unit`` and ``positive`` (what a positive value means) are in English; ``words`` is the
    translation key of the metric's label, unit and explanation.
    """

    name: str
    unit: str
    decimals: int
    signed: bool
    positive: str
    words: str


class Hello(ToClient, frozen=True, kw_only=True, tag="hello"):
    """The first message: how to read and draw all others.

    ``keypoints`` names the points of ``skeleton``, in the order of every ``xy_px``; ``bones`` are
    index pairs to draw; ``left`` and ``right`` are the points that are measured. ``provider`` is
    the execution provider of the pose model: the CPU or an accelerator.
    """

    protocol: int
    toeline: str
    skeleton: str
    keypoints: tuple[str, ...]
    bones: tuple[tuple[int, int], ...]
    left: SidePoints
    right: SidePoints
    knees_forward: Bar
    bent_push_off: Bar
    late_ms: float
    provider: str
    metrics: tuple[MetricFacts, ...]


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
    strides: int


class Cue(ToClient, frozen=True, kw_only=True, tag="cue"):
    """One sentence for the runner."""

    kind: str
    wording: str
    issued_at_s: Number


class StageTime(msgspec.Struct, frozen=True, kw_only=True):
    """Latency of one stage: quantiles over recent frames, count and sum over all frames."""

    stage: str
    p50_ms: Number
    p95_ms: Number
    p99_ms: Number
    count: int
    total_ms: Number


class Health(ToClient, frozen=True, kw_only=True, tag="health"):
    """The health of the station.

    ``late`` counts frames whose pose took longer than the budget; ``shed`` names what was
    switched off because the machine is too slow, empty if nothing; ``model`` is the pose model in
    use. ``temperature_c`` is the board's highest temperature; ``board`` lists what slows the board
    down: ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``. ``video`` is true while
    pictures of the runner are being recorded. ``notice`` is English, empty if all is well;
    ``notice_code`` and ``notice_params`` give the same without words, see
    ``edge/messages/notice.py``, and are empty for a notice that has only words.
    """

    state: StationState
    source: str
    model: str
    frame_rate_hz: Number
    captured: int
    processed: int
    dropped: int
    frame_age_s: Number
    capture_to_pose_p50_ms: Number
    capture_to_pose_p95_ms: Number
    notice: str
    notice_code: str
    notice_params: Params
    late: int
    shed: str
    provider: str
    times: tuple[StageTime, ...]
    temperature_c: Number = None
    board: tuple[str, ...] = ()
    video: bool = False


class NoticeEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One notice, with the fields that a notice has in ``health``."""

    notice: str
    notice_code: str
    notice_params: Params


class Notices(ToClient, frozen=True, kw_only=True, tag="notices"):
    """All notices about the pictures that hold, such as slow motion, in place of the last list.

    Sent to every new client, and on every change.
    """

    notices: tuple[NoticeEntry, ...]


class State(ToClient, frozen=True, kw_only=True, tag="state"):
    """The current state of the runner; sent on change, for clients that take no pictures."""

    frame: int
    time_s: Number
    activity: Activity
    facing: Side | None
    near_side: Side | None
    left_phase: Phase
    right_phase: Phase
    cadence_spm: Number
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


class FrameHeader(ToClient, frozen=True, kw_only=True, tag="frame"):
    """The header of a live picture.

    The client acknowledges ``seq``. ``xy_px`` is in pixels of the original picture, whose width
    and height are ``size_px``; it is empty when there is no pose, and null where a keypoint is
    absent. A keypoint with ``visibility`` 0 was not detected in this picture: its position is
    predicted from earlier strides.
    """

    seq: int
    frame: int
    camera: str
    time_s: Number
    breaks: bool
    size_px: tuple[int, int]
    xy_px: tuple[Point, ...]
    visibility: tuple[Number, ...]
    activity: Activity | None
    facing: Side | None
    near_side: Side | None
    left_phase: Phase
    right_phase: Phase
    cadence_spm: Number
    runner_key: str = ""


class StillHeader(ToClient, frozen=True, kw_only=True, tag="still"):
    """The header of a still: one stride's peak knee flexion or toe-off.

    ``size_px`` is null, and the picture empty, if the frame was already discarded.
    """

    kind: EventKind
    side: Side
    near: bool
    time_s: Number
    frame: int
    facing: Side | None
    size_px: tuple[int, int] | None
    xy_px: tuple[Point, ...]
    value: Number
    runner_key: str = ""


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
    | Health
    | Notices
    | State
    | Belt
    | Answer
    | Pairing
    | Heartbeat
)
Header = FrameHeader | StillHeader
FromClient = Ack | HeartbeatReply | Command


class _AnyCommand(msgspec.Struct, frozen=True):
    """The part of a command that is needed to answer it."""

    type: str
    id: OrderId


_encoder = msgspec.json.Encoder()
_text_decoder = msgspec.json.Decoder(Text)
_header_decoder = msgspec.json.Decoder(Header)
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
    except _UNREADABLE as error:
        sentence = f"not a message for the station: {error}"
        with suppress(*_UNREADABLE):
            raise CommandError(_command_decoder.decode(data).id, sentence) from error
        raise WireError(sentence) from error
    return message


def pack(header: Header, jpeg: bytes) -> bytes:
    """Return a binary message: magic number, header length, header, picture."""
    text = _encoder.encode(header)
    return b"".join((MAGIC, _LENGTH.pack(len(text)), text, jpeg))


def without_picture(packet: bytes) -> bytes:
    """Return a packed message with its header alone."""
    (length,) = _LENGTH.unpack_from(packet, len(MAGIC))
    return packet[: _PREFIX + length]


def unpack(data: bytes) -> tuple[Header, bytes]:
    """Decode a binary message.

    Returns
    -------
    The header and the JPEG, which may be empty.

    Raises
    ------
    WireError
        If the magic number, version, length or header is invalid.
    """
    if len(data) < _PREFIX:
        raise WireError(f"binary message of {len(data)} bytes, at least {_PREFIX} are needed")
    if data[: len(MAGIC)] != MAGIC:
        raise WireError(f"binary message must begin with {MAGIC!r}, got {data[: len(MAGIC)]!r}")
    (length,) = _LENGTH.unpack_from(data, len(MAGIC))
    if length > MAX_HEADER_BYTES or _PREFIX + length > len(data):
        raise WireError(f"header of {length} bytes does not fit a message of {len(data)}")
    try:
        header = _header_decoder.decode(data[_PREFIX : _PREFIX + length])
    except _UNREADABLE as error:
        raise WireError(f"not a header: {error}") from error
    return header, data[_PREFIX + length :]
