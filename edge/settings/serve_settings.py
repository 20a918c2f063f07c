"""Settings of the web server."""

from dataclasses import dataclass

from edge.numerics.speed_units import SpeedUnit
from edge.settings.setting import CHOICE, DIMENSIONLESS, number, switch, text, word


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """The web server; clients on other machines must be paired.

    All clients share ``pictures_hz``, so that measuring gets enough processor time: ten clients get
    all 60 pictures per second, fifty get 12 each.
    """

    listen: str = text("127.0.0.1", "address", CHOICE, "Address to serve on; default: loopback.")
    port: int = number(8765, DIMENSIONLESS, (1, 65535), CHOICE, "Port to serve on.")
    jpeg_quality: int = number(80, DIMENSIONLESS, (20, 95), CHOICE, "Quality of the pictures.")
    preview_height: int = number(540, "px", (120, 2160), CHOICE, "Height of the pictures.")
    max_clients: int = number(64, "clients", (1, 1000), CHOICE, "Most simultaneous clients.")
    pictures_hz: float = number(
        600.0, "pictures/s", (1, 100_000), CHOICE, "Most pictures per second, all clients together."
    )
    speed_unit: str = word(
        SpeedUnit.KMH.value,
        tuple(SpeedUnit),
        CHOICE,
        "Unit of belt speed on tablets, which may choose another, and in reports.",
    )
    name: str = text("", "host name", CHOICE, "Further host name by which tablets reach it.")
    certificate: str = text("", "PEM file", CHOICE, "Certificate for TLS; empty: none.")
    key: str = text("", "PEM file", CHOICE, "Private key of the certificate.")
    trusted_proxies: str = text(
        "",
        "ADDRESS,NETWORK",
        CHOICE,
        "Reverse proxies that are believed who their clients are; empty: none.",
    )
    pair_local: bool = switch(
        False, CHOICE, "Whether browsers on the station itself must be paired, too."
    )
