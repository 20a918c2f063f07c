"""Playback of a video file: in real time or as fast as possible, once or in a loop."""

from collections.abc import Iterator
from dataclasses import replace
from math import isnan, nan
from pathlib import Path
from threading import Event, Lock
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from edge.capture.container import Layout, read_layout
from edge.capture.mirroring import MirroredCapture, Mirroring, mirroring_of
from edge.capture.opencv import OpenCapture, VideoCapture, decoded_on, open_capture
from edge.capture.port import Clock, Shot, Sleep, SourceInfo
from edge.capture.probe import Probed, next_shot, probe
from edge.capture.timeline import Timeline
from edge.messages.arrays import Image
from edge.messages.errors import CaptureError
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.settings.capture_settings import CaptureSettings

SLICE_S = 0.1
"""Longest single sleep, so that ``close`` takes effect soon."""


class ReplaySource:
    """Frames of one file with their presentation times.

    Times start at 0 and are the same in every run and at any pace. A loop continues them: the first
    frame of a new round comes one median interval after the last, with ``breaks`` set. Rotation
    metadata is honoured, pixels are made square, and pictures that only repeat the one before are
    left out. A damaged file delivers every frame that can be decoded; ``ended_early``
    then says what is missing.

    OpenCV's position after a grab is the presentation time to a microsecond. This was checked
    against ffprobe with OpenCV 4.10, 4.14 and 5.0 for MP4, MOV, Matroska, WebM, MPEG-TS and AVI, at
    constant and variable rate, with B-frames and edit lists.
    """

    def __init__(
        self,
        path: Path,
        *,
        own_pace: bool,
        loop: bool,
        clock: Clock,
        sleep: Sleep,
        settings: CaptureSettings | None = None,
        open_capture: OpenCapture = open_capture,
    ) -> None:
        """Open the file and look at its first frames.

        Raises
        ------
        CaptureError
            If the file is not a playable video; names the file and the cause.
        """
        settings = settings or CaptureSettings()
        self._path = path
        self._own_pace = own_pace
        self._loop = loop
        self._clock = clock
        self._sleep = sleep
        self._parameters = decoded_on(settings.decode_threads)
        self._open_capture = open_capture
        self._closed = Event()
        self._reading = Lock()
        self._ended_early = ""
        self._failed_reads = 0
        self._delivered = 0
        self._start_s = nan
        layout = _checked_layout(path)
        self._mirroring = mirroring_of(layout.index)
        # An hour's index takes megabytes.
        self._layout = replace(layout, index=b"")
        probed = self._probe(settings)
        self._info, self._shape, self._blank = probed.info, probed.shape, probed.blank
        self._interlaced = probed.interlaced
        self._unwritten: Image | None = None
        self._rate = probed.rate
        self._rate.begin_again()
        rate_hz = self._info.frame_rate_hz
        self._timeline = Timeline(
            nominal_interval_s=1 / 30 if isnan(rate_hz) else 1 / rate_hz, counted=probed.counted
        )
        self._capture = self._open()

    @property
    def info(self) -> SourceInfo:
        """Description of the file."""
        return self._info

    @property
    def ended_early(self) -> str:
        """One sentence if the file is cut short or damaged; otherwise empty."""
        return self._ended_early

    @property
    def camera_lost(self) -> bool:
        """False: there is no camera."""
        return False

    @property
    def trouble(self) -> Notice:
        """Empty: there is no camera."""
        return Notice()

    @property
    def answered_s(self) -> float:
        """NaN: there is no camera."""
        return nan

    def __enter__(self) -> Self:
        """Return the source itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the source."""
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames, once, each in a separate array.

        Raises
        ------
        CaptureError
            If the file can no longer be read, for example because it was replaced.
        """
        try:
            while not self._closed.is_set():
                yield from self._round()
                if not self._loop:
                    return
                self._begin_again()
        finally:
            self._closed.set()
            with self._reading:
                self._capture.release()

    def close(self) -> None:
        """End the iteration; release the file at once unless a read is in progress."""
        self._closed.set()
        if self._reading.acquire(blocking=False):
            try:
                self._capture.release()
            finally:
                self._reading.release()

    def _round(self) -> Iterator[Frame]:
        """Yield the frames of one round; repeated pictures are left out."""
        first, read, breaks = self._delivered, 0, False
        while (shot := self._read()) is not None:
            time_s, begins = self._timeline.time(shot.stamp_s)
            breaks = breaks or begins
            if self._delivered == first:
                self._delay_round(time_s)
            self._await(time_s)
            if self._closed.is_set():
                return
            read += 1
            if read == 1 and self._interlaced:
                self._unwritten = shot.image
            if self._rate.update(time_s, shot.image):
                continue
            yield Frame(
                index=self._delivered,
                time_s=time_s,
                image=self._shown(shot.image),
                arrived_s=self._clock(),
                breaks=breaks,
                notices=self._notices(),
            )
            breaks = False
            self._delivered += 1
        if self._closed.is_set():
            return
        if read == 0:
            # Looping over such a file would spin.
            raise CaptureError(f"{self._path} can no longer be read")
        self._ended_early = self._judge(read)

    def _shown(self, image: Image) -> Image:
        """Return a picture with square pixels, or an empty one where none may be shown."""
        square = self._shape.square(image)
        return np.zeros_like(square) if self._blank or self._is_unwritten(image) else square

    def _is_unwritten(self, image: Image) -> bool:
        """Return whether a picture may be memory from before the first that was decoded."""
        if self._unwritten is None or np.array_equal(image, self._unwritten):
            return self._unwritten is not None
        self._unwritten = None
        return False

    def _notices(self) -> tuple[Notice, ...]:
        repeated = self._rate.notice
        return (*self._info.notices, repeated) if repeated else self._info.notices

    def _read(self) -> Shot | None:
        """Return the next frame that can be decoded; None at the end, or once closed."""
        with self._reading:
            if self._closed.is_set():
                return None
            shot, failed_reads = next_shot(self._capture)
            if shot is not None:
                self._failed_reads += failed_reads
            return shot

    def _await(self, time_s: float) -> None:
        """Wait until the frame is due, if playing in real time."""
        if not self._own_pace:
            return
        if isnan(self._start_s):
            self._start_s = self._clock()
        while not self._closed.is_set():
            left_s = self._start_s + time_s - self._clock()
            if left_s <= 0:
                return
            self._sleep(min(left_s, SLICE_S))

    def _delay_round(self, time_s: float) -> None:
        """Delay a round by the time it took to open the file, so that frames do not bunch up."""
        if not isnan(self._start_s):
            self._start_s = max(self._start_s, self._clock() - time_s)

    def _begin_again(self) -> None:
        with self._reading:
            self._capture.release()
            self._capture = self._open()
        self._failed_reads = 0
        self._rate.begin_again()
        self._timeline.begin_round()

    def _judge(self, delivered: int) -> str:
        if self._layout.cut_short:
            state = "file is cut short"
        elif self._failed_reads:
            state = "file is damaged"
        else:
            return ""
        expected = self._info.frame_count or 0
        share = f"{delivered} of about {expected}" if expected > delivered else f"{delivered}"
        return f"{state}: {share} frames could be read"

    def _open(self) -> VideoCapture:
        # Absolute, because FFmpeg would read anything before a colon as a protocol.
        target = str(self._path.absolute())
        capture = self._open_capture(target, cv2.CAP_FFMPEG, self._parameters)
        if not capture.isOpened():
            capture.release()
            raise CaptureError(f"{self._path} {_why_not_opened(self._layout)}")
        if self._mirroring is not Mirroring.NONE:
            return MirroredCapture(capture, self._mirroring)
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        return capture

    def _probe(self, settings: CaptureSettings) -> Probed:
        """Inspect the first frames through a separate capture, so that none is lost."""
        capture = self._open()
        try:
            return probe(capture, self._path, self._layout, settings)
        finally:
            capture.release()


def _checked_layout(path: Path) -> Layout:
    try:
        if path.is_dir():
            raise CaptureError(f"{path} is a folder, not a video file")
        if path.exists() and not path.is_file():
            raise CaptureError(f"{path} is not a regular file")
        if path.stat().st_size == 0:
            raise CaptureError(f"{path} is empty")
        return read_layout(path)
    except FileNotFoundError as error:
        raise CaptureError(f"{path} does not exist") from error
    except PermissionError as error:
        raise CaptureError(f"{path} cannot be read: permission denied") from error
    except OSError as error:
        raise CaptureError(f"{path} cannot be read: {error.strerror}") from error


def _why_not_opened(layout: Layout) -> str:
    if layout.audio_only:
        return "holds sound but no picture"
    if layout.unfinished:
        return "is cut short or was never finished: its index is missing"
    return "is not a video file that can be read"
