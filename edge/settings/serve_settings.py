"""Settings of the web server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """The web server; loopback unless told otherwise.

    Beyond this machine whoever looks on must be paired. ``name`` is a further host name by which
    tablets reach the station; ``certificate`` and ``key`` are files in PEM for TLS.
    ``pictures_hz`` is how many pictures a second may go out over all clients together: ten get
    every one of 60 a second, fifty get 12 a second each, and measuring has the processor.
    """

    listen: str = "127.0.0.1"
    port: int = 8765
    jpeg_quality: int = 80
    preview_height: int = 540
    max_clients: int = 64
    pictures_hz: float = 600.0
    name: str = ""
    certificate: str = ""
    key: str = ""
