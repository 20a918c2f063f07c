"""Append-only files of checksummed records that stay readable after truncation.

A segment is eight bytes of magic, the last being its version, then records: length of the payload
(4 bytes), kind (1), payload, CRC-32 of all three (4), little-endian. Nothing is changed once it is
written.
"""

import struct
from dataclasses import dataclass
from typing import Final
from zlib import crc32

MAGIC: Final = b"TOELPOS2"
# Magic of segments with poses in the first format; the record framing is the same.
FIRST_MAGIC: Final = b"TOELPOS1"
MAX_PAYLOAD: Final = 1 << 20

_HEAD: Final = struct.Struct("<IB")
_CRC: Final = struct.Struct("<I")


class SegmentError(ValueError):
    """The bytes are not a segment, or a record does not match its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The readable part of a segment.

    Attributes
    ----------
    records
        Kind and payload of each complete record, in order.
    good_bytes
        Length of the part with valid checksums.
    whole
        Whether nothing follows that part.
    first_format
        Whether the segment has the first format's magic.
    """

    records: list[tuple[int, bytes]]
    good_bytes: int
    whole: bool
    first_format: bool = False


def framed(kind: int, payload: bytes) -> bytes:
    """Return one record, framed for a segment.

    Raises
    ------
    ValueError
        If the payload is longer than ``MAX_PAYLOAD``.
    """
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"a record holds at most {MAX_PAYLOAD} bytes, got {len(payload)}")
    body = _HEAD.pack(len(payload), kind) + payload
    return body + _CRC.pack(crc32(body))


def read_segment(data: bytes) -> Segment:
    """Return the records of a segment up to its end, truncation or first damage.

    Raises
    ------
    SegmentError
        If it does not begin with the magic. A segment truncated within its magic is empty.
    """
    if not data.startswith((MAGIC, FIRST_MAGIC)):
        if MAGIC.startswith(data) or FIRST_MAGIC.startswith(data):
            return Segment(records=[], good_bytes=0, whole=not data)
        raise SegmentError("this is no segment of poses")
    records: list[tuple[int, bytes]] = []
    at = len(MAGIC)
    view = memoryview(data)
    while len(data) - at >= _HEAD.size + _CRC.size:
        length, kind = _HEAD.unpack_from(data, at)
        end = at + _HEAD.size + length
        if length > MAX_PAYLOAD or end + _CRC.size > len(data):
            break
        if _CRC.unpack_from(data, end)[0] != crc32(view[at:end]):
            break
        records.append((kind, data[at + _HEAD.size : end]))
        at = end + _CRC.size
    return Segment(
        records=records,
        good_bytes=at,
        whole=at == len(data),
        first_format=data.startswith(FIRST_MAGIC),
    )
