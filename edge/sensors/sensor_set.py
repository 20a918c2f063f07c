"""All sensors of a station as one; a failing sensor affects neither the others nor the frames."""

import logging
from collections.abc import Iterable

from edge.messages.errors import SensorError
from edge.messages.notice import Notice
from edge.messages.reading import Reading
from edge.sensors.port import Sensor
from edge.sensors.registry import open_sensor
from edge.settings.sensor_settings import SensorSettings

_log = logging.getLogger(__name__)


class SensorSet:
    """Several sensors, started, polled and closed together."""

    def __init__(self, sensors: Iterable[Sensor] = ()) -> None:
        self._sensors = list(sensors)
        self._failed: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all sensors."""
        return tuple(sensor.name for sensor in self._sensors)

    @property
    def trouble(self) -> Notice:
        """The notice about the first sensor in trouble; empty if none is."""
        for sensor in self._sensors:
            if error := self._failed.get(sensor.name, "") or sensor.trouble:
                return Notice("sensor_failed", sensor=sensor.name, error=error)
        return Notice()

    def start(self) -> None:
        """Start all; raises the ``SensorError`` of the first that can never answer."""
        for sensor in self._sensors:
            sensor.start()

    def poll(self, time_s: float) -> list[Reading]:
        """Return the readings of all sensors since the last poll."""
        readings: list[Reading] = []
        for sensor in self._sensors:
            if sensor.name not in self._failed:
                readings += self._poll(sensor, time_s)
        return readings

    def close(self) -> None:
        """Close all sensors."""
        for sensor in self._sensors:
            sensor.close()

    def _poll(self, sensor: Sensor, time_s: float) -> Iterable[Reading]:
        try:
            return sensor.poll(time_s)
        except SensorError as error:
            self._failed[sensor.name] = str(error)
            _log.error("sensor %s failed and is no longer read: %s", sensor.name, error)
            return ()


def new_sensors(settings: SensorSettings) -> SensorSet:
    """Return the sensors named in the settings, not started.

    Raises
    ------
    SensorError
        If one is of an unknown kind.
    """
    named = (open_sensor(text) for text in (settings.treadmill,))
    return SensorSet(sensor for sensor in named if sensor is not None)
