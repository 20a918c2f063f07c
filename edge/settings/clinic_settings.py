"""Settings of the clinic that gives out patient sheets and letters."""

from dataclasses import dataclass
from typing import Final

from edge.settings.setting import CHOICE, text, word

SPEED_UNITS: Final = ("km/h", "mph", "min/km")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicSettings:
    """The clinic as patient sheets and letters name it; what is empty is left out."""

    name: str = text("", "one line", CHOICE, "Name at the head of patient sheets and letters.")
    address: str = text("", "one line", CHOICE, "Address below the name.")
    logo: str = text("", "PNG or JPEG file", CHOICE, "Logo beside the name.")
    time_zone: str = text(
        "",
        "name such as Europe/Berlin",
        CHOICE,
        "Time zone of dates in sheets and letters; empty: that of this machine.",
    )
    speed_unit: str = word(
        "km/h", SPEED_UNITS, CHOICE, "Unit of belt speed in patient sheets and letters."
    )
    exercises: str = text(
        "",
        "TOML file",
        CHOICE,
        "The clinic's own exercises and advice for patient sheets.",
    )
