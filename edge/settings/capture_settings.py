"""Settings of the camera."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSettings:
    """The camera. Zero means: as the camera gives it.

    Of a camera that gives JPEG, a picture of ``half_scale_rows`` rows or more is decoded at half
    its size, which costs a fraction; 0 means never. A stream or a file is decoded on
    ``decode_threads``: with each beyond the first a stream comes one picture later, for so many
    are decoded side by side.
    """

    width: int = 0
    height: int = 0
    fps: float = 0.0
    stall_s: float = 2.0
    half_scale_rows: int = 1000
    decode_threads: int = 1
