"""Registry of all kinds of sensor, and the opening of one named in settings."""

from importlib import import_module
from pkgutil import iter_modules

from edge.messages.errors import SensorError
from edge.sensors import devices
from edge.sensors.port import Sensor, SensorKind


def sensor_kinds() -> list[SensorKind]:
    """Return every kind of sensor; to add one, add a module to ``edge/sensors/devices``."""
    names = sorted(module.name for module in iter_modules(devices.__path__))
    return [import_module(f"{devices.__name__}.{name}").KIND for name in names]


def open_sensor(text: str) -> Sensor | None:
    """Return the sensor named in a setting, not started; None for ``off``.

    Raises
    ------
    SensorError
        If there is no such kind, or the text after the colon is invalid.
    """
    scheme, _, rest = text.strip().partition(":")
    for kind in sensor_kinds():
        if kind.scheme == scheme:
            return kind.open(rest.strip())
    forms = ", ".join(kind.form for kind in sensor_kinds())
    raise SensorError(f"unknown sensor {text!r}; known: {forms}")
