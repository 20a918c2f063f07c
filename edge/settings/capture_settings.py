"""Settings of the camera."""

from dataclasses import dataclass

from edge.settings.setting import CHOICE, number


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSettings:
    """The camera."""

    width: int = number(0, "px", (0, 8192), CHOICE, "Width asked of the camera; 0: its own.")
    height: int = number(0, "px", (0, 8192), CHOICE, "Height asked of the camera; 0: its own.")
    fps: float = number(
        0.0, "frames/s", (0, 1000), CHOICE, "Frame rate asked of the camera; 0: its own."
    )
    stall_s: float = number(
        2.0, "s", (0.2, 60), CHOICE, "Without a picture for so long, the camera is opened again."
    )
    half_scale_rows: int = number(
        1000,
        "px",
        (0, 8192),
        CHOICE,
        "JPEG pictures of this height or more are decoded at half size; 0: never.",
    )
    decode_threads: int = number(
        1,
        "threads",
        (1, 64),
        "CHANGELOG.md",
        "Threads that decode a stream or file; each beyond the first delays a stream by a picture.",
    )
