"""The description of a live camera."""

from math import isnan
from typing import NamedTuple

from edge.capture.pixel_shape import PixelShape
from edge.capture.port import SourceInfo, low_rate_notices
from edge.messages.arrays import Image
from edge.messages.notice import Notice
from edge.settings.capture_settings import CaptureSettings


class Picture(NamedTuple):
    """A device's picture with its times; ``stamp_s`` is NaN where the timestamp is unusable."""

    image: Image
    arrived_s: float
    stamp_s: float
    jpeg: bytes | None
    scale: int


def camera_info(
    name: str,
    settings: CaptureSettings,
    picture: Picture | None,
    shape: PixelShape,
    rate_hz: float,
    exposure_s: float,
) -> SourceInfo:
    """Return the description of a camera.

    Parameters
    ----------
    name
        Shown to users.
    settings
        What was asked of it.
    picture
        One of its pictures; None before the first.
    shape
        The shape of its pixels.
    rate_hz, exposure_s
        As it reports them; NaN if it does not.
    """
    size_px = (0, 0)
    notices = (*low_rate_notices(rate_hz), shape.notice)
    if picture is not None:
        height, width = shape.square(picture.image).shape[:2]
        size_px = (width, height)
        notices += (_another_size(name, settings, picture),)
    arrival = picture is None or isnan(picture.stamp_s)
    return SourceInfo(
        name=name,
        live=True,
        frame_rate_hz=rate_hz,
        size_px=size_px,
        frame_count=None,
        timestamps="arrival at this machine" if arrival else "the camera's own clock",
        notices=tuple(filter(None, notices)),
        exposure_s=exposure_s,
    )


def _another_size(name: str, settings: CaptureSettings, picture: Picture) -> Notice:
    """Return the notice that the camera gives another size than asked for; else an empty one."""
    height, width = picture.image.shape[:2]
    given = (width * picture.scale, height * picture.scale)
    wanted = (settings.width, settings.height)
    if not all(wanted) or wanted == given:
        return Notice()
    return Notice(
        "camera_size",
        camera=name,
        given=f"{given[0]}x{given[1]}",
        wanted=f"{wanted[0]}x{wanted[1]}",
    )
