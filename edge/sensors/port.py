"""The interface of a sensor, and of a kind of sensor with its scheme."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.messages.reading import Reading


class Sensor(Protocol):
    """A sensor other than the camera, read while frames come.

    It is started once, polled at every frame from one thread, and closed at the end; closing twice
    is harmless. ``poll`` never waits: a sensor does slow work in its own thread.
    """

    @property
    def name(self) -> str:
        """Name shown to users and recorded; never contains a secret."""
        ...

    @property
    def trouble(self) -> str:
        """One sentence on what is wrong; empty if nothing is."""
        ...

    def start(self) -> None:
        """Start the sensor; raises ``SensorError`` if it can never answer."""
        ...

    def poll(self, time_s: float) -> Sequence[Reading]:
        """Return the readings since the last poll, up to capture time ``time_s``.

        Times strictly increase for each quantity. If ``time_s`` is before the last one, a new
        recording has begun.
        """
        ...

    def close(self) -> None:
        """Release the device; no readings follow."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorKind:
    """One kind of sensor, written in settings as ``csv:PATH``.

    Attributes
    ----------
    scheme
        Prefix before the colon; ``off`` has no colon.
    form
        How users write it.
    open
        Opens the sensor from the text after the colon; None for no sensor.
    """

    scheme: str
    form: str
    open: Callable[[str], Sensor | None]
