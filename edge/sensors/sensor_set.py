"""All sensors of a station as one; a failing one harms neither the others nor the frames."""

import logging
from collections.abc import Iterable

from edge.messages.errors import SensorError
from edge.messages.reading import Reading
from edge.sensors.port import Sensor
from edge.sensors.registry import open_sensor
from edge.settings.sensor_settings import SensorSettings

_log = logging.getLogger(__name__)


class SensorSet:
    """Start, poll and close several sensors."""

    def __init__(self, sensors: Iterable[Sensor] = ()) -> None:
        self._sensors = list(sensors)
        self._failed: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Which sensors there are."""
        return tuple(sensor.name for sensor in self._sensors)

    @property
    def trouble(self) -> str:
        """What is wrong with the first one in trouble, in a sentence; empty if nothing is."""
        said = (self._failed.get(s.name, "") or s.trouble for s in self._sensors)
        return next(filter(None, said), "")

    def start(self) -> None:
        """Start all; raises ``SensorError`` of the first that can never answer."""
        for sensor in self._sensors:
            sensor.start()

    def poll(self, time_s: float) -> list[Reading]:
        """Return what came from all of them since the last poll."""
        readings: list[Reading] = []
        for sensor in self._sensors:
            if sensor.name not in self._failed:
                readings += self._poll(sensor, time_s)
        return readings

    def close(self) -> None:
        """Let go of all."""
        for sensor in self._sensors:
            sensor.close()

    def _poll(self, sensor: Sensor, time_s: float) -> Iterable[Reading]:
        try:
            return sensor.poll(time_s)
        except SensorError as error:
            self._failed[sensor.name] = str(error)
            _log.error("sensor %s gives no more readings: %s", sensor.name, error)
            return ()


def new_sensors(settings: SensorSettings) -> SensorSet:
    """Return the sensors that the settings name, not started.

    Raises
    ------
    SensorError
        If one is of no known kind.
    """
    named = (open_sensor(text) for text in (settings.treadmill,))
    return SensorSet(sensor for sensor in named if sensor is not None)
