"""Length fields and headers of a video file, read so that errors can name the cause."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

HEAD_BYTES = 1 << 16
INDEX_BYTES = 1 << 26
CODEC_BYTES = 1 << 21
"""Codecs describe themselves before their first picture."""

START = b"\x00\x00\x01"
PACK = START + b"\xba"
"""Start of a programme stream, which has times."""


EBML = b"\x1a\x45\xdf\xa3"
SEGMENT = b"\x18\x53\x80\x67"
AUDIO_HEADS = (b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9", b"FORM")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One file as its container describes it.

    Attributes
    ----------
    cut_short
        The file is shorter than its length fields say. False where a container has none.
    unfinished
        An MP4 or QuickTime file without its index, and therefore unreadable.
    audio_only
        The headers list sound but no video.
    elementary
        Bare coded pictures without a container.
    index
        The ``moov`` box of an MP4 or QuickTime file; empty for others.
    """

    cut_short: bool = False
    unfinished: bool = False
    audio_only: bool = False
    elementary: bool = False
    index: bytes = field(default=b"", repr=False)


def read_layout(path: Path) -> Layout:
    """Return what the headers of ``path`` say; all False for an unknown container.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if _is_iso(head):
            return _iso(file, size)
        if head.startswith(EBML):
            return _matroska(head, size)
        if head.startswith(b"RIFF"):
            return _riff(file, head, size)
    if head.startswith(b"OggS"):
        return Layout(audio_only=not any(word in head for word in (b"theora", b"video", b"VP8")))
    return Layout(audio_only=head.startswith(AUDIO_HEADS), elementary=_is_elementary(head))


def codec_bytes(path: Path) -> bytes:
    """Return the parts of a file in which its codec describes itself.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        data = file.read(CODEC_BYTES)
        if _is_iso(data):
            index = _iso_index(file, size)[0] or b""
            data = index[:CODEC_BYTES] + data
    return data


def _is_elementary(head: bytes) -> bool:
    """Return whether the file is a bare H.26x or MPEG stream, or a row of JPEGs."""
    coded = head.startswith((START, b"\x00" + START)) and not head.startswith(PACK)
    return coded or head.startswith((b"\xff\xd8\xff", b"--"))


def _is_iso(head: bytes) -> bool:
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


def _iso(file: BinaryIO, size: int) -> Layout:
    index, end = _iso_index(file, size)
    if index is None:
        return Layout(cut_short=end > size, unfinished=True)
    audio_only = b"soun" in index and b"vide" not in index
    return Layout(cut_short=end > size, audio_only=audio_only, index=index)


def _iso_index(file: BinaryIO, size: int) -> tuple[bytes | None, int]:
    """Walk the top-level boxes of an MP4 or QuickTime file; return its index and stated end."""
    start = 0
    index = None
    while start + 8 <= size:
        file.seek(start)
        header = file.read(16)
        length = int.from_bytes(header[:4])
        kind = header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16])
        elif length == 0:
            length = size - start
        if length < 8:
            break
        if kind == b"moov":
            file.seek(start)
            index = file.read(min(length, INDEX_BYTES))
        start += length
    return index, start


def _matroska(head: bytes, size: int) -> Layout:
    """Read the length of the single segment that holds the whole file."""
    audio_only = b"A_" in head and b"V_" not in head
    at = head.find(SEGMENT)
    first = head[at + 4] if 0 <= at < len(head) - 12 else 0
    if not first:
        return Layout(audio_only=audio_only)
    # The leading zeros give the number of bytes; all ones mean "unknown".
    width = 9 - first.bit_length()
    number = int.from_bytes(head[at + 4 : at + 4 + width]) & ((1 << 7 * width) - 1)
    known = number != (1 << 7 * width) - 1
    return Layout(cut_short=known and at + 4 + width + number > size, audio_only=audio_only)


def _riff(file: BinaryIO, head: bytes, size: int) -> Layout:
    """Walk the RIFF chunks of an AVI: a large file has several, a recorder may leave length 0."""
    start = 0
    while start + 8 <= size:
        file.seek(start)
        header = file.read(8)
        length = int.from_bytes(header[4:8], "little")
        if header[:4] != b"RIFF" or not length:
            break
        start += 8 + length + length % 2
    # The last chunk may lack the padding byte after an odd length.
    return Layout(cut_short=start > size + 1, audio_only=head[8:12] == b"WAVE")
