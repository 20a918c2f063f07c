"""Whether a video file was coded as interlaced, read from its bytes.

OpenCV's FFmpeg hands out pictures that it could not convert: for a frame flagged as interlaced,
swscale refuses, and the buffer keeps what was in it before, at worst a picture of another file.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from edge.capture.container import codec_bytes

_START: Final = b"\x00\x00\x01"
# Profiles whose parameter set describes the chroma format first (ITU-T H.264, 7.3.2.1.1).
_CHROMA_PROFILES: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_SPS_TYPE: Final = 7
# An AVC configuration record: version, profile, compatibility, level, lengths, one parameter set.
_AVC_RECORD: Final = re.compile(rb"\x01(...)[\xfc-\xff]\xe1..[\x27\x47\x67]\1", re.DOTALL)
# The first sequence parameter set of HEVC: in a configuration record with its length, or in a
# stream; then profile and level (ITU-T H.265, 7.3.3).
_HEVC_SET: Final = re.compile(rb"(?:[\x21\xa1]\x00\x01..|\x00\x00\x01)\x42\x01(.{24})", re.DOTALL)
_DV: Final = frozenset({b"dvsd", b"dvcp", b"dvc ", b"dvpp", b"dv25", b"dv50", b"dvh1", b"dvhd"})
# Sequence extension of MPEG-2: the byte after the identifier holds profile and level.
_MPEG2_EXTENSION: Final = re.compile(rb"\x00\x00\x01\xb5([\x10-\x1f])(.)", re.DOTALL)
_VOL: Final = re.compile(rb"\x00\x00\x01[\x20-\x2f]")
_PRORES: Final = re.compile(rb"icpf.{12}(.)", re.DOTALL)
_FIELDS: Final = re.compile(rb"fiel\x02")
_LONGEST_SET: Final = 256


def says_interlaced(path: Path, codec: bytes) -> bool:
    """Return whether the file is coded in fields, or in frames made of two fields.

    Parameters
    ----------
    path
        The file.
    codec
        Its four-character code, as OpenCV gives it.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    data = codec_bytes(path)
    if codec.lower() in _DV or _FIELDS.search(data):
        return True
    readers = (reader for codecs, reader in _READERS if codec.lower() in codecs)
    return any(reader(data) for reader in readers)


def _avc(data: bytes) -> bool:
    return any(_sps_interlaced(found) for found in _parameter_sets(data))


def _parameter_sets(data: bytes) -> Iterator[bytes]:
    """Yield the first H.264 parameter set of a configuration record, or else of a stream."""
    if record := _AVC_RECORD.search(data):
        yield data[record.start() + 9 : record.start() + 9 + _LONGEST_SET]
        # Its pictures have lengths, not start codes: what looks like one is chance.
        return
    at = data.find(_START)
    while 0 <= at < len(data) - 4:
        if data[at + 3] & 0x9F == _SPS_TYPE:
            yield data[at + 4 : at + 4 + _LONGEST_SET]
            return
        at = data.find(_START, at + 3)


def _sps_interlaced(found: bytes) -> bool:
    """Return the negation of ``frame_mbs_only_flag`` (ITU-T H.264, 7.3.2.1.1)."""
    bits = _Bits(found.replace(b"\x00\x00\x03", b"\x00\x00"))
    try:
        profile = bits.take(8)
        bits.take(16)
        bits.golomb()
        if profile in _CHROMA_PROFILES:
            _skip_chroma(bits)
        bits.golomb()
        order = bits.golomb()
        if order == 0:
            bits.golomb()
        elif order == 1:
            bits.take(1)
            bits.golomb()
            bits.golomb()
            for _ in range(bits.golomb()):
                bits.golomb()
        bits.golomb()
        bits.take(1)
        bits.golomb()
        bits.golomb()
        return bits.take(1) == 0
    except IndexError:
        return False


def _skip_chroma(bits: "_Bits") -> None:
    if bits.golomb() == 3:
        bits.take(1)
    bits.golomb()
    bits.golomb()
    bits.take(1)
    if bits.take(1):
        # Scaling matrices; no camera writes them, and the flag after them is not read.
        raise IndexError


def _hevc(data: bytes) -> bool:
    """Return whether the pictures come from an interlaced source alone (ITU-T H.265, 7.4.4)."""
    found = _HEVC_SET.search(data)
    if found is None:
        return False
    bits = _Bits(found[1].replace(b"\x00\x00\x03", b"\x00\x00"))
    # Identifiers; profile and the profiles it is compatible with.
    bits.take(8 + 8 + 32)
    return bits.take(2) == 0b01


def _mpeg2(data: bytes) -> bool:
    """Return the negation of ``progressive_sequence`` (ISO 13818-2, 6.2.2.3)."""
    found = _MPEG2_EXTENSION.search(data)
    return found is not None and not found[2][0] & 0x08


def _mpeg4(data: bytes) -> bool:
    """Return the flag ``interlaced`` of the video object layer (ISO 14496-2, 6.2.3)."""
    found = _VOL.search(data)
    if found is None:
        return False
    bits = _Bits(data[found.end() : found.end() + _LONGEST_SET])
    try:
        return _vol_interlaced(bits)
    except IndexError:
        return False


def _vol_interlaced(bits: "_Bits") -> bool:
    bits.take(9)
    if bits.take(1):
        bits.take(7)
    if bits.take(4) == 15:
        bits.take(16)
    if bits.take(1):
        bits.take(3)
        if bits.take(1):
            bits.take(79)
    if bits.take(2) != 0:
        # Not a rectangle: only animations are.
        return False
    bits.take(1)
    resolution = bits.take(16)
    bits.take(1)
    if bits.take(1):
        bits.take(max(1, (resolution - 1).bit_length()))
    # Width and height, each between marker bits.
    bits.take(29)
    return bits.take(1) == 1


def _prores(data: bytes) -> bool:
    """Return whether the first frame's ``interlace_mode`` is set (SMPTE RDD 36, 5.1.1)."""
    found = _PRORES.search(data)
    return found is not None and found[1][0] >> 2 & 3 != 0


_READERS: Final[tuple[tuple[frozenset[bytes], Callable[[bytes], bool]], ...]] = (
    (frozenset({b"h264", b"avc1", b"x264"}), _avc),
    (frozenset({b"hevc", b"hev1", b"hvc1", b"h265", b"x265"}), _hevc),
    (frozenset({b"mpg2", b"mpg1", b"mpeg"}), _mpeg2),
    (frozenset({b"fmp4", b"mp4v", b"xvid", b"divx", b"dx50"}), _mpeg4),
    (frozenset({b"apch", b"apcn", b"apcs", b"apco", b"ap4h", b"ap4x"}), _prores),
)


class _Bits:
    """A reader of single bits; raises ``IndexError`` at the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> int:
        """Return the next bits as an unsigned number."""
        value = 0
        for _ in range(count):
            byte = self._data[self._at >> 3]
            value = value << 1 | byte >> (7 - (self._at & 7)) & 1
            self._at += 1
        return value

    def golomb(self) -> int:
        """Return an unsigned Exp-Golomb number (ITU-T H.264, 9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)
