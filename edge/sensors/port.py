"""What every sensor is, and the scheme that a kind of sensor goes by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.messages.reading import Reading


class Sensor(Protocol):
    """Something beside the camera that is read while frames come.

    Started once, polled at every frame from one thread, closed at the end, more than once without
    harm. ``poll`` never waits: what takes time runs in a thread of the sensor's own.
    """

    @property
    def name(self) -> str:
        """Which one it is, for people and for the record; never holds a secret."""
        ...

    @property
    def trouble(self) -> str:
        """What is wrong with it, in a sentence; empty if nothing is."""
        ...

    def start(self) -> None:
        """Begin to listen; raises ``SensorError`` if it can never answer."""
        ...

    def poll(self, time_s: float) -> Sequence[Reading]:
        """Return what came since the last poll, up to ``time_s`` of capture time.

        Times strictly increase for each quantity. Where ``time_s`` is below the last one, a new
        recording began.
        """
        ...

    def close(self) -> None:
        """Let go of the device; afterwards there are no readings."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorKind:
    """One kind of sensor, as a setting names it: ``csv:PATH``.

    Attributes
    ----------
    scheme
        What stands before the colon; ``off`` stands alone.
    form
        How to write it, for people.
    open
        Takes what follows the colon and returns the sensor; None where there is none.
    """

    scheme: str
    form: str
    open: Callable[[str], Sensor | None]
