"""The interface of a frame source, and the description that every source gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import nan
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from edge.messages.arrays import Image
from edge.messages.frame import LEAST_RATE_HZ, Frame
from edge.messages.notice import Notice

Clock = Callable[[], float]
"""Monotonic host time, seconds."""

Sleep = Callable[[float], None]
"""Sleep for a number of seconds."""


class Shot(NamedTuple):
    """One picture from a device.

    ``image`` is (h, w, 3) uint8 BGR and belongs to the receiver. ``stamp_s`` is the device's
    timestamp, NaN if it gives none. ``decode_s`` is the time it took to decode the device's data.
    ``jpeg`` is that data if it is a JPEG that any program can show, and ``scale`` is its width
    divided by that of the image.
    """

    image: Image
    stamp_s: float
    decode_s: float = 0.0
    jpeg: bytes | None = None
    scale: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """Description of a source.

    Attributes
    ----------
    name
        Shown to users; never contains a password.
    live
        Whether frames come in real time, so that a late consumer must skip some.
    frame_rate_hz
        Nominal; NaN if unknown. The real rate has to be measured.
    size_px
        Width and height of the pictures as delivered, after any rotation.
    frame_count
        Estimate for one round; None if unknown.
    timestamps
        Where the frames' times come from, in words.
    notices
        What is wrong with the pictures from the start.
    exposure_s
        Exposure time of a picture; NaN if the device does not report it.
    """

    name: str
    live: bool
    frame_rate_hz: float
    size_px: tuple[int, int]
    frame_count: int | None
    timestamps: str
    notices: tuple[Notice, ...]
    exposure_s: float = nan


class FrameSource(Protocol):
    """An iterable of frames that holds a device or a file until it is closed.

    Iterate once, from one thread; ``close`` may be called from any thread, repeatedly. Frame times
    strictly increase; indices count from 0 without a gap.
    """

    @property
    def info(self) -> SourceInfo:
        """Description of this source."""
        ...

    @property
    def ended_early(self) -> str:
        """Why the frames ended before the end of the source; empty if they did not."""
        ...

    @property
    def camera_lost(self) -> bool:
        """Whether the source is waiting for a camera; always False for a file."""
        ...

    @property
    def trouble(self) -> Notice:
        """What is wrong with a camera; empty if nothing is, and for a file."""
        ...

    @property
    def answered_s(self) -> float:
        """Host time of a camera's last answer, even a failure; NaN for a file."""
        ...

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames; a second iteration yields none."""
        ...

    def __enter__(self) -> Self:
        """Return the source itself."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the source."""
        ...

    def close(self) -> None:
        """End the iteration after the current read, and release the device or file."""
        ...


def low_rate_notices(frame_rate_hz: float) -> tuple[Notice, ...]:
    """Return the notice for a rate too low for verdicts; empty for NaN.

    Examples
    --------
    >>> low_rate_notices(29.97)
    ()
    >>> low_rate_notices(5.0)[0].params
    (('rate_hz', 5.0),)
    """
    if not frame_rate_hz < LEAST_RATE_HZ:
        return ()
    return (Notice("frame_rate_low", rate_hz=round(frame_rate_hz, 1)),)
