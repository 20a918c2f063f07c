"""Binary messages: a picture behind a JSON header; see ``protocol`` for the format."""

from struct import Struct as Layout
from typing import Final

import msgspec

from edge.messages.gait import Activity, EventKind, Phase
from edge.messages.legs import LegClarity, LegFlaw, LegSource
from edge.messages.side import Side
from edge.serve.wire.protocol import PROTOCOL, UNREADABLE, WireError
from edge.serve.wire.wire_types import Number, Point, ToClient

MAGIC: Final = b"TOE" + bytes([PROTOCOL])
MAX_HEADER_BYTES: Final = 64 * 1024

_LENGTH: Final = Layout("<I")
_PREFIX: Final = len(MAGIC) + _LENGTH.size


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
    legs_source: LegSource | None = None
    legs_score: Number = None
    legs_clarity: LegClarity = LegClarity.UNKNOWN
    legs_flaw: LegFlaw = LegFlaw.NONE
    runner_key: str = ""


class StillHeader(ToClient, frozen=True, kw_only=True, tag="still"):
    """The header of a still: one stride's peak knee flexion or toe-off.

    ``size_px`` is null, and the picture empty, if the frame was already discarded. ``leg_px`` has
    hip, knee, ankle, heel and toe in this very picture, which is up to half a frame away from
    ``time_s``; on these ``set_points`` corrects. Empty for a still from elsewhere.
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
    leg_px: tuple[Point, ...] = ()


Header = FrameHeader | StillHeader

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Header)


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
        header = _decoder.decode(data[_PREFIX : _PREFIX + length])
    except UNREADABLE as error:
        raise WireError(f"not a header: {error}") from error
    return header, data[_PREFIX + length :]
