"""Settings for a machine that is too slow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """What a machine that is too slow does about it.

    A frame whose pose takes longer than ``late_ms`` is late: of the 80 to 160 ms from light to
    screen the pose may take no more. With ``shed`` the station gives up, in this order, pictures a
    second (down to ``preview_hz``), picture size (down to ``preview_rows``), model size and poses a
    second, and says so.
    """

    late_ms: float = 100.0
    shed: bool = True
    preview_hz: float = 15.0
    preview_rows: int = 360
