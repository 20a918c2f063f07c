"""A live camera, read continuously and reconnected after a loss."""

import logging
import time
from collections.abc import Callable, Iterator
from math import inf, isnan, nan
from threading import Event, Lock
from types import TracebackType
from typing import Protocol, Self

from edge.capture.camera_info import Picture, camera_info
from edge.capture.picture_rate import PictureRate
from edge.capture.pixel_shape import PixelShape, shape_of_camera
from edge.capture.port import Clock, Shot, Sleep, SourceInfo
from edge.capture.watch import PictureWatch, Trouble
from edge.i18n.notices import english_notice
from edge.messages.errors import CaptureError
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.settings.capture_settings import CaptureSettings

log = logging.getLogger(__name__)

FIRST_PICTURE_S = 5.0
RETRY_S = 0.02
BACKOFF_S = (0.25, 0.5, 1.0, 2.0)
"""Short enough to pick up a returning camera within five seconds, opening included."""

TROUBLED_BACKOFF_S = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Waits before reopening a camera whose pictures are bad; each reopening loses a few frames."""

ASLEEP_S = 0.5
SLICE_S = 0.1
"""Longest single sleep, so that ``close`` takes effect soon."""

LEAST_GAP_S = 1e-6

STAMP_WINDOW_S = 1.0
"""A timestamp further than this from the host's monotonic clock comes from another clock."""


class Device(Protocol):
    """An opened camera."""

    @property
    def frame_rate_hz(self) -> float:
        """Nominal; NaN if unknown."""
        ...

    @property
    def exposure_s(self) -> float:
        """Exposure time of a picture; NaN if unknown."""
        ...

    def read(self) -> Shot | None:
        """Return the next picture; None after a failed read."""
        ...

    def close(self) -> None:
        """Release the device."""
        ...


def asleep_s() -> float:
    """Return how long the machine has been suspended since boot."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()


class CameraSource:
    """Frames of a live camera until it is closed.

    A camera that delivers no new picture for ``settings.stall_s`` is released and reopened after
    0.25 to 2 s. One whose pictures are black, frozen or far too infrequent is reopened after 5 to
    60 s. Black and frozen pictures are dropped. ``breaks`` is set on the first frame after a loss,
    after the machine slept, or after a change of size. A picture's time is the device's timestamp
    if that is within a second of the host's monotonic clock, otherwise its arrival time.

    ``close`` never waits: the iterating thread ends after its current read, which every device
    bounds (V4L2 to 1 s, a network stream to the stall time), and releases the camera itself.
    """

    def __init__(
        self,
        connect: Callable[[], Device],
        *,
        name: str,
        settings: CaptureSettings,
        clock: Clock,
        sleep: Sleep,
        wait: bool = False,
        asleep: Clock = asleep_s,
    ) -> None:
        """Open the camera and wait for a first picture, which shows its true size.

        With ``wait``, iteration opens the camera, retrying as after a loss; until then its size
        and rate are unknown. ``asleep`` returns how long the machine has slept.

        Raises
        ------
        CaptureError
            If ``connect`` raises it, or no picture comes within 5 s or the stall time.
        """
        self._connect = connect
        self._name = name
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._closed = Event()
        self._reading = Lock()
        self._lost = False
        self._attempt = 0
        self._index = 0
        self._first_s = nan
        self._last_time_s = -inf
        self._last_stamp_s = -inf
        self._asleep = asleep
        self._slept_s = asleep()
        self._watch = PictureWatch()
        self._trouble = Trouble.NONE
        self._reopenings = 0
        self._reopened_s = nan
        self._answered_s = clock()
        self._device: Device | None = None
        self._rate_hz = nan
        self._given_px = (0, 0)
        self._shape = PixelShape()
        self._rate = PictureRate()
        self._info = self._describe(None)
        if wait:
            self._lost = True
            return
        self._device = connect()
        self._rate_hz = self._device.frame_rate_hz
        picture = self._read_for(max(FIRST_PICTURE_S, settings.stall_s))
        if picture is None:
            self._release()
            raise CaptureError(f"{name} can be opened but gives no picture")
        self._info = self._describe(picture)

    @property
    def info(self) -> SourceInfo:
        """Description of the camera; its size may change after a reconnection."""
        return self._info

    @property
    def ended_early(self) -> str:
        """Empty: a camera has no natural end."""
        return ""

    @property
    def camera_lost(self) -> bool:
        """True from the loss of the camera to the first frame after it."""
        return self._lost

    @property
    def trouble(self) -> Notice:
        """What is wrong with the camera; empty if nothing is."""
        match self._trouble:
            case Trouble.BLACK:
                return Notice("camera_black", camera=self._name)
            case Trouble.STILL:
                return Notice("camera_still", camera=self._name)
            case Trouble.SLOW:
                return Notice(
                    "camera_slow",
                    camera=self._name,
                    rate_hz=self._watch.rate_hz,
                    usual_hz=self._watch.usual_hz,
                )
        return Notice("camera_lost", camera=self._name) if self._lost else Notice()

    @property
    def answered_s(self) -> float:
        """Host time of the device's last answer, even if it was a failure."""
        return self._answered_s

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
        """Yield frames until the source is closed; failed reads are skipped."""
        try:
            while not self._closed.is_set():
                picture = self._read_for(self._settings.stall_s) if self._device else None
                if picture is None:
                    self._recover()
                elif self._is_usable(picture) and not self._repeats(picture):
                    yield self._frame(picture)
        finally:
            self._closed.set()
            self._release()

    def close(self) -> None:
        """End the iteration; release the camera at once unless a read is in progress."""
        self._closed.set()
        if self._reading.acquire(blocking=False):
            try:
                self._let_go()
            finally:
                self._reading.release()

    def _read_for(self, patience_s: float) -> Picture | None:
        """Return the next new picture; None if none came in time or the source was closed."""
        deadline_s = self._clock() + patience_s
        while not self._closed.is_set():
            with self._reading:
                shot = self._device.read() if self._device is not None else None
            self._answered_s = self._clock()
            if shot is not None and (picture := self._timed(shot)) is not None:
                return picture
            if self._clock() > deadline_s:
                return None
            # A dead camera may fail instantly, so pause here to avoid a busy loop.
            self._pause(RETRY_S)
        return None

    def _timed(self, shot: Shot) -> Picture | None:
        """Return the picture with its times; None for a repeat from a stuck driver."""
        # Decoding happens here, after the picture arrived.
        arrived_s = self._clock() - shot.decode_s
        if shot.stamp_s == self._last_stamp_s:
            return None
        stamp_s = nan
        if abs(arrived_s - shot.stamp_s) < STAMP_WINDOW_S:
            if shot.stamp_s < self._last_stamp_s:
                return None
            self._last_stamp_s = stamp_s = shot.stamp_s
        return Picture(shot.image, arrived_s, stamp_s, shot.jpeg, shot.scale)

    def _is_usable(self, picture: Picture) -> bool:
        """Return whether a picture is usable; reopen a camera whose pictures stay bad."""
        before, self._trouble = self._trouble, self._watch.update(picture.arrived_s, picture.image)
        if self._trouble is Trouble.NONE:
            self._reopenings = 0
            return True
        if self._trouble is not before:
            log.warning("%s", english_notice(self.trouble))
            self._reopened_s = picture.arrived_s
        self._lost = self._lost or self._trouble.blind
        wait_s = TROUBLED_BACKOFF_S[min(self._reopenings, len(TROUBLED_BACKOFF_S) - 1)]
        if picture.arrived_s - self._reopened_s >= wait_s:
            self._reopenings += 1
            self._reopened_s = picture.arrived_s
            self._release()
            self._open_again()
        return not self._trouble.blind

    def _repeats(self, picture: Picture) -> bool:
        """Return whether a picture only repeats the one before, as where rates are converted."""
        return self._rate.update(picture.arrived_s, picture.image)

    def _frame(self, picture: Picture) -> Frame:
        taken_s = picture.arrived_s if isnan(picture.stamp_s) else picture.stamp_s
        if isnan(self._first_s):
            self._first_s = taken_s
        time_s = max(taken_s - self._first_s, self._last_time_s + LEAST_GAP_S)
        height, width = picture.image.shape[:2]
        slept_s, self._slept_s = self._asleep() - self._slept_s, self._asleep()
        interrupted = (
            self._lost
            or time_s - self._last_time_s > self._settings.stall_s
            # The monotonic clock stopped during suspend; the runner did not.
            or slept_s > ASLEEP_S
            or (width, height) != self._given_px
        )
        if self._lost:
            self._lost = False
            self._attempt = 0
            log.warning("%s is back", self._name)
        if interrupted:
            self._info = self._describe(picture)
        square = self._shape.square(picture.image)
        frame = Frame(
            index=self._index,
            time_s=time_s,
            image=square,
            arrived_s=picture.arrived_s,
            breaks=interrupted and self._index > 0,
            # The camera's own picture is not square where this one had to be made so.
            jpeg=picture.jpeg if square is picture.image else None,
            notices=tuple(filter(None, (*self._info.notices, self._rate.notice))),
        )
        self._index += 1
        self._last_time_s = time_s
        return frame

    def _recover(self) -> None:
        """Release the camera and reopen it, waiting longer after each failure."""
        if self._closed.is_set():
            return
        if not self._lost:
            log.warning("%s is lost", self._name)
            self._lost = True
        self._trouble = Trouble.NONE
        self._release()
        while not self._closed.is_set():
            self._pause(BACKOFF_S[min(self._attempt, len(BACKOFF_S) - 1)])
            self._attempt += 1
            if not self._closed.is_set() and self._open_again():
                return

    def _open_again(self) -> bool:
        """Try to open the camera; return whether it worked."""
        try:
            device = self._connect()
        except CaptureError as error:
            log.debug("%s", error)
            return False
        finally:
            self._answered_s = self._clock()
        with self._reading:
            self._device = device
            self._rate_hz = device.frame_rate_hz
        self._watch.begin_again()
        self._rate.begin_again()
        return True

    def _pause(self, seconds: float) -> None:
        end_s = self._clock() + seconds
        while not self._closed.is_set() and (left_s := end_s - self._clock()) > 0:
            self._sleep(min(left_s, SLICE_S))

    def _release(self) -> None:
        with self._reading:
            self._let_go()

    def _let_go(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _describe(self, picture: Picture | None) -> SourceInfo:
        if picture is not None:
            height, width = picture.image.shape[:2]
            self._given_px = (width, height)
            self._shape = shape_of_camera(self._given_px, self._settings.pixel_aspect)
        exposure_s = nan if self._device is None else self._device.exposure_s
        return camera_info(
            self._name, self._settings, picture, self._shape, self._rate_hz, exposure_s
        )
