"""The option that counts a file's frames at another rate."""

from typing import Annotated

import typer

from edge.cli.output import USAGE, fail
from edge.settings.capture_settings import LEAST_FILE_HZ, MOST_FILE_HZ
from edge.settings.changed_settings import with_capture
from edge.settings.settings import Settings

RateOption = Annotated[
    float | None,
    typer.Option(
        "--rate",
        metavar="HZ",
        help="Frames per second at which the file was filmed, in place of its own times.",
    ),
]


def at_rate(settings: Settings, rate_hz: float | None) -> Settings:
    """Return settings that count a file's frames at this rate; None keeps them."""
    if rate_hz is None:
        return settings
    if not LEAST_FILE_HZ <= rate_hz <= MOST_FILE_HZ:
        fail(f"--rate must be from {LEAST_FILE_HZ:g} to {MOST_FILE_HZ:g}, got {rate_hz:g}", USAGE)
    return with_capture(settings, file_rate_hz=rate_hz)
