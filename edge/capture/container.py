"""Length fields and headers of a video file, read so that errors can name the cause."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEAD_BYTES = 1 << 16
INDEX_BYTES = 1 << 26

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
    """

    cut_short: bool = False
    unfinished: bool = False
    audio_only: bool = False


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
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
            return _iso(file, size)
        if head.startswith(EBML):
            return _matroska(head, size)
        if head.startswith(b"RIFF"):
            return _riff(file, head, size)
    if head.startswith(b"OggS"):
        return Layout(audio_only=not any(word in head for word in (b"theora", b"video", b"VP8")))
    return Layout(audio_only=head.startswith(AUDIO_HEADS))


def _iso(file: BinaryIO, size: int) -> Layout:
    """Walk the top-level boxes of an MP4 or QuickTime file."""
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
    if index is None:
        return Layout(cut_short=start > size, unfinished=True)
    return Layout(cut_short=start > size, audio_only=b"soun" in index and b"vide" not in index)


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
