"""What a video file is, found from its first pictures before it is played."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile
from math import isnan, nan
from pathlib import Path
from statistics import median
from typing import Final

import cv2
import numpy as np

from edge.capture.container import Layout
from edge.capture.interlaced import says_interlaced
from edge.capture.opencv import VideoCapture, is_picture
from edge.capture.picture_rate import PictureRate
from edge.capture.pixel_shape import PixelShape, shape_of_file
from edge.capture.port import Shot, SourceInfo, low_rate_notices
from edge.messages.arrays import Image
from edge.messages.errors import CaptureError
from edge.messages.notice import Notice
from edge.settings.capture_settings import CaptureSettings

PROBE_FRAMES: Final = 12
DAMAGE_PATIENCE: Final = 2000
"""Consecutive failed reads that mean the end: OpenCV fails once per packet it cannot decode."""

# Enough to see whether pictures are repeated; read only if the first ones look like it.
_RATE_S: Final = 2.0
# A rate given as 30 for a file of 29.97 changes nothing.
_SAME_RATE: Final = 0.002
# Codecs whose bare streams carry no times at all. FFmpeg makes up 25 pictures a second for them.
_TIMELESS: Final = frozenset({b"h264", b"hevc", b"vvc1", b"mjpg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """How to play a file.

    Attributes
    ----------
    info
        Its description.
    counted
        Whether its frames are counted at the nominal rate instead of taking their own times.
    shape
        The shape of its pixels.
    blank
        Whether none of its pictures may be shown: they never change, so at best it is a still, and
        at worst memory that no decoder wrote.
    interlaced
        Whether it may hold interlaced pictures among others, which the decoder does not write.
    rate
        What is known of repeated pictures.
    """

    info: SourceInfo
    counted: bool
    shape: PixelShape
    blank: bool
    interlaced: bool
    rate: PictureRate


def next_shot(capture: VideoCapture) -> tuple[Shot | None, int]:
    """Return the next frame and the number of failed reads before it."""
    for failed_reads in range(DAMAGE_PATIENCE):
        if not capture.grab():
            continue
        position_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        good, image = capture.retrieve()
        if good and is_picture(image):
            return Shot(np.ascontiguousarray(image), position_s), failed_reads
    return None, DAMAGE_PATIENCE


def probe(capture: VideoCapture, path: Path, layout: Layout, settings: CaptureSettings) -> Probed:
    """Inspect a file through a capture of its own, so that no frame is lost.

    Raises
    ------
    CaptureError
        If the file cannot be played rightly; the sentence says what to do, where anything helps.
    """
    seen = _look(capture)
    if seen is None:
        raise CaptureError(f"{path} is a video, but none of its frames can be decoded")
    if len(seen.positions_s) == 1 and not layout.cut_short:
        raise CaptureError(f"{path} holds a single picture, not a video")
    codec = _codec(capture)
    interlaced = says_interlaced(path, codec)
    if seen.blank and interlaced:
        raise CaptureError(
            f"{path} is interlaced, which cannot be analysed: make it progressive first, as "
            f"`ffmpeg -i {path.name} -vf bwdif progressive.mp4` does"
        )
    timeless = _timeless(seen.positions_s, layout, codec)
    if timeless and not settings.file_rate_hz:
        raise CaptureError(
            f"{path} gives its frames no times: say with --rate how many were filmed per second, "
            f"such as --rate 30"
        )
    height, width = seen.first.shape[:2]
    shape = shape_of_file(capture, (width, height), settings.pixel_aspect)
    stated_hz = nan if layout.elementary else capture.get(cv2.CAP_PROP_FPS)
    own_hz = nan if timeless else _rate_hz(stated_hz, seen.positions_s)
    rate_hz = settings.file_rate_hz or own_hz
    height, width = shape.square(seen.first).shape[:2]
    given = bool(settings.file_rate_hz)
    info = SourceInfo(
        name=path.name,
        live=False,
        frame_rate_hz=rate_hz,
        size_px=(width, height),
        frame_count=_count(capture.get(cv2.CAP_PROP_FRAME_COUNT), stated_hz, own_hz),
        timestamps="frames counted at the given rate" if given else "the file's own times",
        notices=tuple(
            filter(
                None,
                (
                    *low_rate_notices(rate_hz),
                    Notice("cut_short") if layout.cut_short else Notice(),
                    Notice("pictures_never_change") if seen.blank else Notice(),
                    shape.notice,
                    _overridden(own_hz, settings.file_rate_hz),
                ),
            )
        ),
    )
    return Probed(
        info=info,
        counted=given,
        shape=shape,
        blank=seen.blank,
        interlaced=interlaced,
        rate=seen.rate,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Look:
    """The first pictures of a file; only the first is kept, a dozen may fill a small memory."""

    first: Image
    positions_s: list[float]
    blank: bool
    rate: PictureRate


def _look(capture: VideoCapture) -> _Look | None:
    """Read the first pictures, and more where they look repeated or do not change."""
    shots = _shots(capture)
    first = next(shots, None)
    if first is None:
        return None
    positions_s, changes, rate = [first.stamp_s], False, PictureRate()
    for shot in islice(shots, PROBE_FRAMES):
        positions_s.append(shot.stamp_s)
        changes = changes or not np.array_equal(shot.image, first.image)
        rate.update(shot.stamp_s, shot.image)
    if rate.suspicious:
        for shot in takewhile(lambda shot: shot.stamp_s - first.stamp_s < _RATE_S, shots):
            rate.update(shot.stamp_s, shot.image)
    blank = len(positions_s) > 1 and not changes and not _changes_later(shots, first.image)
    return _Look(first=first.image, positions_s=positions_s, blank=blank, rate=rate)


def _shots(capture: VideoCapture) -> Iterator[Shot]:
    while (shot := next_shot(capture)[0]) is not None:
        yield shot


def _changes_later(shots: Iterable[Shot], first: Image) -> bool:
    return any(not np.array_equal(shot.image, first) for shot in shots)


def _codec(capture: VideoCapture) -> bytes:
    return int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True)


def _timeless(positions_s: list[float], layout: Layout, codec: bytes) -> bool:
    """Return whether the file says nothing of when its frames were taken."""
    if layout.elementary and codec.lower() in _TIMELESS:
        return True
    return len(positions_s) > 1 and len(set(positions_s)) == 1


def _overridden(own_hz: float, given_hz: float) -> Notice:
    """Return the notice that the file's own times are not used."""
    if isnan(own_hz) or not given_hz or abs(given_hz / own_hz - 1) < _SAME_RATE:
        return Notice()
    return Notice("times_overridden", rate_hz=round(given_hz, 2), own_hz=round(own_hz, 2))


def _rate_hz(stated_hz: float, positions_s: list[float]) -> float:
    """Return the stated rate, or the measured one where the container states its clock rate."""
    gaps_s = [after - before for before, after in pairwise(positions_s)]
    interval_s = median(gaps_s) if gaps_s else 0.0
    seen_hz = 1 / interval_s if interval_s > 0 else nan
    clock_rate = not 1 <= stated_hz <= 1000 or stated_hz > 2 * seen_hz
    return seen_hz if clock_rate else stated_hz


def _count(stated: float, stated_hz: float, rate_hz: float) -> int | None:
    """Return the expected frame count; OpenCV may compute its own as duration times stated rate."""
    if not 0 < stated < 1e9 or isnan(rate_hz) or not stated_hz > 0:
        return None
    return round(stated * rate_hz / stated_hz)
