"""Settings for overload."""

from dataclasses import dataclass

from edge.settings.setting import CHOICE, number, switch


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """Behaviour under overload.

    With ``shed`` the station reduces, in this order, pictures per second (down to ``preview_hz``),
    picture size (down to ``preview_rows``), model size and poses per second, and says so.
    """

    late_ms: float = number(
        100.0,
        "ms",
        (5, 10_000),
        CHOICE,
        "Pose time beyond which a frame is late; light to screen should take 80 to 160 ms.",
    )
    shed: bool = switch(True, CHOICE, "Whether the station does less when frames are late.")
    preview_hz: float = number(
        15.0, "pictures/s", (1, 1000), CHOICE, "Least pictures per second for each page."
    )
    preview_rows: int = number(
        360, "px", (120, 2160), CHOICE, "Least height of the pictures for the pages."
    )
