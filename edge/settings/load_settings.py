"""Settings for a machine that is too slow."""

from dataclasses import dataclass

from edge.settings.setting import CHOICE, number, switch


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """What a machine that is too slow does about it.

    With ``shed`` the station gives up, in this order, pictures a second (down to ``preview_hz``),
    picture size (down to ``preview_rows``), model size and poses a second, and says so.
    """

    late_ms: float = number(
        100.0,
        "ms",
        (5, 10_000),
        CHOICE,
        "A frame whose pose takes longer is late; light to screen should take 80 to 160 ms.",
    )
    shed: bool = switch(True, CHOICE, "Whether the station does less where frames are late.")
    preview_hz: float = number(
        15.0, "pictures/s", (1, 1000), CHOICE, "Least pictures a second for each page."
    )
    preview_rows: int = number(
        360, "px", (120, 2160), CHOICE, "Least height of the pictures for the pages."
    )
