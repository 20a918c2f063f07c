"""Settings of the camera."""

from dataclasses import dataclass
from typing import Final

from edge.settings.setting import CHOICE, number, text

LEAST_FILE_HZ: Final = 1.0
MOST_FILE_HZ: Final = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSettings:
    """The camera."""

    width: int = number(0, "px", (0, 8192), CHOICE, "Width requested; 0: the camera's default.")
    height: int = number(0, "px", (0, 8192), CHOICE, "Height requested; 0: the camera's default.")
    fps: float = number(
        0.0, "frames/s", (0, 1000), CHOICE, "Frame rate requested; 0: the camera's default."
    )
    stall_s: float = number(
        2.0, "s", (0.2, 60), CHOICE, "Time without a picture after which the camera is reopened."
    )
    half_scale_rows: int = number(
        1000,
        "px",
        (0, 8192),
        CHOICE,
        "Least height at which JPEG pictures are decoded at half size; 0: never.",
    )
    decode_threads: int = number(
        1,
        "threads",
        (1, 64),
        "CHANGELOG.md",
        "Threads that decode a stream or file; each extra one delays a stream by one picture.",
    )
    credentials: str = text(
        "", "file", CHOICE, "File with USER:PASSWORD of a network camera, mode 600; empty: none."
    )
    file_rate_hz: float = number(
        0.0,
        "frames/s",
        (0, MOST_FILE_HZ),
        CHOICE,
        "Frames a second at which a file was filmed, in place of its own times; 0: its own.",
    )
    pixel_aspect: float = number(
        0.0,
        "ratio",
        (0, 10),
        CHOICE,
        "Width of a pixel divided by its height; 0: as the file states, else 1.",
    )
