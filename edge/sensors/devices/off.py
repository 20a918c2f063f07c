"""No sensor."""

from typing import Final

from edge.messages.errors import SensorError
from edge.sensors.port import SensorKind


def _open(rest: str) -> None:
    if rest:
        raise SensorError(f"off takes no argument, got off:{rest}")


KIND: Final = SensorKind(scheme="off", form="off", open=_open)
