"""Every message between the station and its clients, and how each is written.

Text messages are JSON objects tagged by ``type``. A binary message is a four-byte mark that ends
in the version, the header's length as u32 little-endian, the JSON header, then a JPEG that may be
empty. A number that is absent is null.
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
from edge.serve.wire.commands import Order
from edge.serve.wire.status_messages import (
    Answer,
    Display,
    Exercise,
    Limits,
    Mark,
    Neutral,
    Pairing,
    SetUp,
    You,
)
from edge.serve.wire.stride_message import Stride
from edge.serve.wire.wire_types import Number, OrderId, Params, Point, ToClient, ToStation

PROTOCOL: Final = 1
MAGIC: Final = b"TOE" + bytes([PROTOCOL])
MAX_CLIENT_BYTES: Final = 64 * 1024
MAX_HEADER_BYTES: Final = 64 * 1024

_LENGTH: Final = Layout("<I")
_PREFIX: Final = len(MAGIC) + _LENGTH.size


class WireError(ValueError):
    """A message that does not keep to the wire format; the text may be shown to its sender."""


class OrderError(WireError):
    """An order that cannot be taken as it is; ``id`` is its number, for the answer."""

    def __init__(self, id_: int, text: str) -> None:
        super().__init__(text)
        self.id = id_


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """Where one fault's bar begins and ends; its limits come with ``bands``."""

    low: float
    high: float
    unit: str


class SidePoints(msgspec.Struct, frozen=True, kw_only=True):
    """Which keypoints one side of the body is; null for one that the pose model lacks."""

    shoulder: int | None
    hip: int | None
    knee: int | None
    ankle: int | None
    heel: int | None
    toe: int | None


class MetricFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How to show one metric: ``name`` is its field in a stride.

    ``unit`` and ``positive`` (what a positive value means) are English; ``words`` is the key of the
    metric's label, unit and explanation in each language.
    """

    name: str
    unit: str
    decimals: int
    signed: bool
    positive: str
    words: str


class Hello(ToClient, frozen=True, kw_only=True, tag="hello"):
    """The first message: how to read and draw all others.

    ``keypoints`` names the points of ``skeleton``, in the order of all ``xy_px``; ``bones`` are
    pairs of them to draw; ``left`` and ``right`` are those that are measured. ``provider`` is what
    runs the pose model: the processor, or what does it faster.
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


class Session(ToClient, frozen=True, kw_only=True, tag="session"):
    """The session in progress; without one ``name`` is empty.

    ``started_at`` is a wall-clock label (ISO 8601), ``started_s`` capture time. ``recording`` is
    false where the disk refuses, and ``notice`` then says so. ``runner`` is a pseudonym, empty for
    a session that began by itself. A belt speed of 0 is not known: the station estimates it.
    """

    name: str
    started_at: str
    recording: bool
    runner: str = ""
    started_s: Number = None
    belt_speed_mps: Number = None
    incline_pct: Number = None
    notice: str = ""


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
    """The limits by which one fault of one leg is judged, until the next message of the same.

    Sent whenever they change, and to every newcomer: as belt speed does, or when an operator
    changes them. ``metric`` names the field of ``stride`` that decides; a value is beyond a limit
    when it is strictly on its worse side: above if ``worse`` is 1, below if it is -1.
    ``speed_source`` is ``none`` where the speed is unknown and one is assumed.
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
    """The traffic light of one fault of one leg, judged by the last ``bands`` of the same.

    ``reason`` is English; ``reason_code`` and ``reason_params`` say the same in no language, see
    ``edge/messages/reason.py``. They are empty in a message of a record of before there were codes.
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
    """How long one stage takes: quantiles over the last frames, count and sum over all."""

    stage: str
    p50_ms: Number
    p95_ms: Number
    p99_ms: Number
    count: int
    total_ms: Number


class Health(ToClient, frozen=True, kw_only=True, tag="health"):
    """How the station is running.

    ``late`` counts frames whose pose took longer than the budget; ``shed`` names what is given up
    because the machine is too slow, and is empty when nothing is; ``model`` is the one in use.
    ``temperature_c`` is the board's hottest place; ``board`` names what slows the board down:
    ``under_voltage``, ``capped``, ``throttled``, ``soft_limit``. ``video`` says that pictures of
    the runner are being kept.
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
    late: int
    shed: str
    provider: str
    times: tuple[StageTime, ...]
    temperature_c: Number = None
    board: tuple[str, ...] = ()
    video: bool = False


class State(ToClient, frozen=True, kw_only=True, tag="state"):
    """What is known of the runner now; sent when it changes, for clients that take no pictures."""

    frame: int
    time_s: Number
    activity: Activity
    facing: Side | None
    near_side: Side | None
    left_phase: Phase
    right_phase: Phase
    cadence_spm: Number


class Belt(ToClient, frozen=True, kw_only=True, tag="belt"):
    """Belt speed and incline in use from ``time_s`` on, and what each source says.

    ``source`` says where ``speed_mps`` comes from; null and ``none`` while it is unknown.
    ``seen_mps`` is the picture's estimate. ``notice`` names two sources that contradict each other,
    empty when none do: ``speed_unit_suspect`` (the number entered fits in ``likely_unit``),
    ``speed_entered_not_treadmill``, ``speed_entered_not_seen``, ``speed_treadmill_not_seen``. It
    changes no number.
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
    """Goes before one live picture.

    ``seq`` is what the client acknowledges. ``xy_px`` are pixels of the original picture, whose
    width and height are ``size_px``; it is empty where no pose was made, and null where a keypoint
    is absent. Where ``visibility`` is 0 the keypoint was not made out in this picture: it is drawn
    where the strides before say that it should be.
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


class StillHeader(ToClient, frozen=True, kw_only=True, tag="still"):
    """Goes before the frozen picture of one stride's peak knee bend or toe-off.

    ``size_px`` is null, and the picture empty, where the frame was already gone.
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


class Ack(ToStation, frozen=True, kw_only=True, tag="ack"):
    """The client has painted the frame with this ``seq``.

    A client that tells when it received and painted it, in milliseconds of a clock of its own that
    never goes back, helps the station to know how late its pictures are.
    """

    seq: int
    received_ms: Number = None
    painted_ms: Number = None


Text = (
    Hello
    | You
    | Session
    | Display
    | Limits
    | Neutral
    | SetUp
    | Exercise
    | Mark
    | Event
    | Stride
    | Bands
    | Verdict
    | Cue
    | Health
    | State
    | Belt
    | Answer
    | Pairing
)
Header = FrameHeader | StillHeader
FromClient = Ack | Order


class _AnyOrder(msgspec.Struct, frozen=True):
    """As much of a message as is needed to answer it."""

    type: str
    id: OrderId


_encoder = msgspec.json.Encoder()
_text_decoder = msgspec.json.Decoder(Text)
_header_decoder = msgspec.json.Decoder(Header)
_client_decoder = msgspec.json.Decoder(FromClient)
_order_decoder = msgspec.json.Decoder(_AnyOrder)


def encode_text(message: Text | FromClient) -> str:
    """Return a text message as JSON."""
    return _encoder.encode(message).decode()


def decode_text(data: str | bytes) -> Text:
    """Read a text message of the station.

    Raises
    ------
    WireError
        If it is not one.
    """
    try:
        message: Text = _text_decoder.decode(data)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise WireError(f"not a message of the station: {error}") from error
    return message


def decode_client(data: str | bytes) -> FromClient:
    """Read a message of a client.

    Raises
    ------
    OrderError
        If it has the number of an order, but is not one of them.
    WireError
        If it is too long, or not one of the messages that a client may send.
    """
    if len(data) > MAX_CLIENT_BYTES:
        raise WireError(f"message of {len(data)} bytes, at most {MAX_CLIENT_BYTES} are allowed")
    try:
        message: FromClient = _client_decoder.decode(data)
    except (msgspec.DecodeError, UnicodeError) as error:
        sentence = f"not a message for the station: {error}"
        with suppress(msgspec.DecodeError, UnicodeError):
            raise OrderError(_order_decoder.decode(data).id, sentence) from error
        raise WireError(sentence) from error
    return message


def pack(header: Header, jpeg: bytes) -> bytes:
    """Return a binary message: mark, header length, header, picture."""
    text = _encoder.encode(header)
    return b"".join((MAGIC, _LENGTH.pack(len(text)), text, jpeg))


def unpack(data: bytes) -> tuple[Header, bytes]:
    """Read a binary message.

    Returns
    -------
    The header, and the JPEG, which may be empty.

    Raises
    ------
    WireError
        If the mark, the version, the length or the header is wrong.
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
    except (msgspec.DecodeError, UnicodeError) as error:
        raise WireError(f"not a header: {error}") from error
    return header, data[_PREFIX + length :]
